"""How large what a JSONata expression makes on its way may become: an expression of a line can fill any memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from personalize_sfn.statemachine.json_text import LARGEST

__all__ = ["bounded_evaluation", "bounded_functions", "bounded_jsonata", "check"]

#: Characters of a text, items of a list, or both of all within a value.  A payload may have a sixteenth of it.
_MOST = 16 * LARGEST
#: So much of such values may be there at once; twice as much is kept before it is seen what is no longer used.
_AT_ONCE = 2 * _MOST
#: Shorter ones are not counted: as many as fit into the time of an evaluation do not fill the memory.
_SHORT = 128
#: References to what only the list of large values still knows.
_UNUSED = 2


def _refuse_above_most(size: float, most: int = _MOST) -> None:
    if size > most:
        raise ValueError(f"the expression makes a value of more than {most} characters and items")


def check(value: Any) -> None:
    """Refuse a value that is too large when it is written out, as often as a part of it may be in it.

    Raises:
        ValueError: it is.
        RecursionError: it is nested too deeply.
    """
    _refuse_above_most(_size(value, {}))


def _size(value: Any, known: dict[int, int]) -> int:
    """Characters and items; ``known`` is the size of lists and objects by their ids: one may be there many times."""
    if isinstance(value, str):
        return 1 + len(value)
    if not isinstance(value, dict | list):
        return 1
    size = known.get(id(value))
    if size is None:
        _refuse_above_most(len(value))
        items = value.values() if isinstance(value, dict) else value
        size = 1 + sum(_size(each, known) for each in items)
        if isinstance(value, dict):
            size += sum(map(len, value))
        known[id(value)] = size
    return size


def _pad(_text: Any, width: Any = 0, *_: Any) -> None:
    if isinstance(width, int | float):
        _refuse_above_most(abs(width))


def _join(texts: Any, separator: Any = "", *_: Any) -> None:
    if isinstance(texts, list) and isinstance(separator, str):
        _refuse_above_most(len(texts) * len(separator) + sum(len(text) for text in texts if isinstance(text, str)))


def _replace(text: Any, _pattern: Any = None, replacement: Any = "", *_: Any) -> None:
    if isinstance(text, str) and isinstance(replacement, str):  # at most one for each character, and one at the end
        _refuse_above_most((len(text) + 1) * len(replacement) / 16)


def _split(text: Any, separator: Any = None, limit: Any = None, *_: Any) -> None:
    if isinstance(text, str) and separator == "":  # the library takes microseconds for each, all in one step
        _refuse_above_most(min(len(text), limit) if isinstance(limit, int | float) else len(text), LARGEST)


#: What makes more, or takes longer, in one step than it is given, with a check of its arguments.
_GROWING: dict[str, Callable[..., None]] = {
    "join": _join,
    "pad": _pad,
    "replace": _replace,
    "split": _split,
    "string": lambda value=None, *_: check(value),
}


@cache
def bounded_functions(jsonata: Any) -> dict[str, Any]:
    """The functions of the library's class ``Jsonata`` in place of which these are to be seen, by their names."""

    class Bounded(jsonata.JFunction):  # type: ignore[misc]
        """A function of the library whose arguments are checked first."""

        def __init__(self, native: Any, checked: Callable[..., None]) -> None:
            super().__init__(None, None)
            self.native, self.checked = native, checked
            self.function_name, self.signature = native.function_name, native.signature

        def call(self, given: Any, arguments: Any) -> Any:
            self.checked(*(arguments or ()))
            return self.native.call(given, arguments)

        def get_number_of_args(self) -> Any:
            return self.native.get_number_of_args()

    return {name: Bounded(jsonata.static_frame.lookup(name), checked) for name, checked in _GROWING.items()}


@cache
def bounded_jsonata(jsonata: Any) -> Any:
    """The library's class ``Jsonata``, whose ``&`` makes no text that is too long."""

    class BoundedJsonata(jsonata):  # type: ignore[misc]
        def evaluate_string_concat(self, left: Any, right: Any) -> Any:
            check([left, right])
            return super().evaluate_string_concat(left, right)

    return BoundedJsonata


@contextmanager
def bounded_evaluation(environment: Any, milliseconds: int) -> Iterator[None]:
    """Limit the time of an evaluation, and the texts, lists and objects that its parts give and that are still used.

    Those that are used are told by their references, so that an expression may make as many as it likes in turn.
    """
    environment.set_runtime_bounds(milliseconds, None)
    ended = environment.lookup("__evaluate_exit")
    kept: dict[int, Any] = {}
    size = 0

    def checked(part: Any, given: Any, within: Any, result: Any) -> None:
        nonlocal size
        ended(part, given, within, result)
        if not isinstance(result, str | list | dict) or len(result) <= _SHORT or id(result) in kept:
            return
        _refuse_above_most(len(result))
        kept[id(result)] = result
        size += len(result)
        if size > 2 * _AT_ONCE:
            references = list(map(sys.getrefcount, kept.values()))
            for key, number in zip(list(kept), references, strict=True):
                if number <= _UNUSED:
                    del kept[key]
            size = sum(map(len, kept.values()))
            if size > _AT_ONCE:
                raise ValueError(f"the expression keeps values of more than {_AT_ONCE} characters and items")

    environment.set_evaluate_exit_callback(checked)
    try:
        yield
    finally:
        kept.clear()
