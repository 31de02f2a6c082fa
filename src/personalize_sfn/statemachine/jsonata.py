"""Expressions of JSONata states, ``{% $states.input.price * 2 %}``, by the package jsonata-python.

It is loaded when the first expression is parsed: a machine without one does not need it.  Two things depend on the
machine it runs on: an expression may take five seconds, which is time on the wall and checked between its parts only
(a regular expression that could take longer is refused); and ``$toMillis`` of a text without a date takes today's.
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random
from types import SimpleNamespace
from typing import Any

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.statemachine import jsonata_bounds, times
from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.intrinsics import drawn_uuid
from personalize_sfn.statemachine.json_text import compact, parse
from personalize_sfn.statemachine.jsonata_regexes import jsonata_regex

__all__ = ["ERROR", "Expressions", "expression", "syntax_error", "type_name", "variables"]

ERROR = "States.QueryEvaluationError"
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|/\*.*?\*/", re.DOTALL)
_NAME = re.compile(r"\$([^\W\d]\w*)")
#: What is given a value: ``$name := `` and the parameters of a function.
_BOUND = re.compile(r"(\$\w+)\s*:=|(?:function|λ)\s*\(([^)]*)\)")
_EXPRESSION = re.compile(r"\{%(.*)%\}", re.DOTALL)
#: What the package raises for expressions that it did not expect.
_PYTHON_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
#: How long an expression may take before it counts as endless.
_MILLISECONDS = 5_000


def expression(value: Any) -> str | None:
    """The expression within ``{% %}``; None if the value is none."""
    found = _EXPRESSION.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else found[1].strip()


@cache
def _library() -> SimpleNamespace:
    limit = sys.getrecursionlimit()
    try:
        from jsonata import jsonata
        from jsonata.jexception import JException
        from jsonata.utils import Utils
    except ImportError as error:
        raise PersonalizeSfnError(
            "a definition uses JSONata, which needs the package jsonata-python: install personalize-sfn[local], or "
            "pip install jsonata-python"
        ) from error
    finally:
        sys.setrecursionlimit(limit)  # the package raises it to 10,000 for the whole process
    return SimpleNamespace(Jsonata=jsonata.Jsonata, JException=JException, NULL=Utils.NULL_VALUE)


@lru_cache(maxsize=512)
def _parsed(text: str) -> Any:
    parsed = jsonata_bounds.bounded_jsonata(_library().Jsonata)(text, jsonata_regex)
    parsed.set_output_convert_nulls(False)
    return parsed


def syntax_error(text: str) -> str | None:
    """What is wrong with an expression; None if it can be parsed."""
    try:
        _parsed(text)
    except _library().JException as error:
        return f"{error.error}: {error}"
    except _PYTHON_ERRORS as error:
        return str(error)
    return None


def variables(text: str) -> set[str]:
    """The names of an expression that it gives no value itself, and that are no function's."""
    text = _QUOTED.sub("''", text)
    bound = {name for group in _BOUND.findall(text) for name in _NAME.findall("".join(group))}
    own = Expressions({}, {}, 0.0, Random)._functions()
    functions = _library().Jsonata.static_frame
    named = set(_NAME.findall(text)) - bound - own.keys() - {"states"}
    return {name for name in named if functions.lookup(name) is None}


def type_name(value: Any) -> str:
    """A value's type in AWS's messages."""
    if value is None:
        return "null"
    names = ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next(name for kind, name in names if isinstance(value, kind))


class _Unsupported(Exception):
    """A value that is no JSON, such as a function or infinity."""


def _given(value: Any) -> Any:
    """JSON for the library, which tells null from undefined by an object of its own."""
    if value is None:
        return _library().NULL
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items()}
    return [_given(item) for item in value] if isinstance(value, list) else value


def _taken(value: Any) -> Any:
    """A result of the library as JSON; what is undefined within lists and objects is left out."""
    if value is _library().NULL:
        return None
    if isinstance(value, dict):
        return {key: _taken(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_taken(item) for item in value if item is not None]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise _Unsupported


@dataclass(frozen=True, slots=True)
class Expressions:
    """What the expressions of a state can see.

    ``states`` is ``$states`` (input, context; result or errorOutput where there is one), ``now`` the time of
    ``$now()`` and ``$millis()``, ``random`` the next source of chance.
    """

    states: dict[str, Any]
    variables: dict[str, Any]
    now: float
    random: Callable[[], Random]

    def template(self, template: Any, field: str) -> Any:
        """A field's value: each text within ``{% %}`` is replaced by what it evaluates to.

        Raises:
            StateFailure: States.QueryEvaluationError, with the field as location.
        """
        if isinstance(template, dict):
            return {key: self.template(value, f"{field}/{key}") for key, value in template.items()}
        if isinstance(template, list):
            return [self.template(value, f"{field}[{index}]") for index, value in enumerate(template)]
        text = expression(template)
        return template if text is None else self.evaluate(text, field)

    def evaluate(self, text: str, field: str) -> Any:
        said = f"The JSONata expression '{text}' specified for the field '{field}'"
        library = _library()
        try:
            parsed = _parsed(text)
            seen = {**self._functions(), **_given(self.variables), "states": _given(self.states)}
            with jsonata_bounds.bounded_evaluation(parsed.environment, _MILLISECONDS):
                value = parsed.evaluate(None, seen)
            if value is not None:
                jsonata_bounds.check(value)
                return _taken(value)
        except library.JException as error:
            raise _failure(f"{said} threw an error during evaluation. {error.error}: {error}", field) from None
        except _Unsupported:
            raise _failure(f"{said} returned an unsupported result type.", field) from None
        except _PYTHON_ERRORS as error:
            raise _failure(f"{said} threw an error during evaluation. {error}", field) from None
        raise _failure(f"{said} returned nothing (undefined).", field)

    def _functions(self) -> dict[str, Any]:
        function = _library().Jsonata.JLambda
        return {
            **jsonata_bounds.bounded_functions(_library().Jsonata),
            "now": function(lambda: times.written(self.now)),
            "millis": function(lambda: int(self.now * 1000)),
            "random": function(self._random),
            "shuffle": function(self._shuffle),
            "uuid": function(lambda: drawn_uuid(self.random())),
            "hash": function(_hash),
            "parse": function(lambda text: _given(parse(text))),
            "partition": function(_partition),
            "range": function(_range),
            "eval": None,
        }

    def _random(self, seed: Any = None) -> float:
        return (self.random() if seed is None else Random(seed)).random()  # noqa: S311 - no secret

    def _shuffle(self, array: Any = None) -> Any:
        if not isinstance(array, list):
            return array
        shuffled = list(array)
        self.random().shuffle(shuffled)
        return shuffled


def _failure(cause: str, field: str) -> StateFailure:
    return StateFailure(ERROR, cause, in_state=True, location=field)


def _hash(value: Any, algorithm: str) -> str:
    text = value if isinstance(value, str) else compact(_taken(value))
    return hashlib.new(algorithm.replace("-", "", 1), text.encode(), usedforsecurity=False).hexdigest()


def _partition(array: Any, size: Any) -> list[Any]:
    if not isinstance(array, list) or not isinstance(size, int | float) or size < 1:
        raise ValueError("$partition takes an array and a size of at least 1")
    return [array[at : at + int(size)] for at in range(0, len(array), int(size))]


def _range(first: float, last: float, step: float) -> float | list[float]:
    """One number is no list, as JSONata has it."""
    count = int((last - first) // step) + 1
    if count > 1000:
        raise ValueError(f"$range gives at most 1000 numbers, not {count}")
    return first if count == 1 else [first + step * index for index in range(count)]
