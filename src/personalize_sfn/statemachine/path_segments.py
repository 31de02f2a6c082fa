"""The segments of a path: given a value, the values that each leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from personalize_sfn.statemachine.path_filters import Test
from personalize_sfn.statemachine.path_visits import Visit

__all__ = ["Match", "deep", "every", "filtered", "indices", "names", "sliced"]

Match = Callable[[Visit, Any], Iterator[Any]]
"""Given the visit and a value, the values that a segment leads to."""


def names(wanted: tuple[str, ...]) -> Match:
    def match(_visit: Visit, value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            yield from (value[name] for name in wanted if name in value)

    return match


def indices(wanted: tuple[int, ...]) -> Match:
    def match(_visit: Visit, value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from (value[index] for index in wanted if -len(value) <= index < len(value))

    return match


def sliced(bounds: slice) -> Match:
    def match(_visit: Visit, value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from value[bounds]

    return match


def every(_visit: Visit | None, value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _descendants(visit: Visit, value: Any) -> Iterator[Any]:
    visit.spend(1)
    yield value
    for inner in every(visit, value):
        yield from _descendants(visit, inner)


def deep(inner: Match) -> Match:
    def match(visit: Visit, value: Any) -> Iterator[Any]:
        for each in _descendants(visit, value):
            yield from inner(visit, each)

    return match


def filtered(test: Test) -> Match:
    def match(visit: Visit, value: Any) -> Iterator[Any]:
        candidates = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        for each in candidates:
            visit.spend(1)
            if test(visit, each):
                yield each

    return match
