"""The comparisons of a path's filters, such as ``[?(@.price < 10 && @.tags anyof ['new'])]``.

https://github.com/json-path/JsonPath#filter-operators
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from personalize_sfn.statemachine.path_visits import Visit

__all__ = ["COMPARISONS", "MISSING", "Operand", "Test", "comparison", "identity", "is_number", "same"]

Test = Callable[[Visit, Any], bool]
"""Given the visit and an item, whether the item passes."""
Operand = Callable[[Visit, Any], Any]
"""Given the visit and an item, a value or MISSING."""
MISSING = object()


def is_number(value: Any) -> bool:
    """Whether it is a number of JSON, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0, and neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def identity(value: Any) -> Hashable:
    """What is equal for values that are ``same``, and for no others."""
    if isinstance(value, dict):
        return frozenset((key, identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return ("list", *map(identity, value))
    return ("bool", value) if isinstance(value, bool) else value


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(one: Any, other: Any) -> bool:
        comparable = (is_number(one) and is_number(other)) or (isinstance(one, str) and isinstance(other, str))
        return comparable and compare(one, other)

    return compared


def _in(one: Any, other: Any) -> bool:
    return isinstance(other, list) and any(same(one, each) for each in other)


def _subset(one: Any, other: Any) -> bool:
    return isinstance(one, list) and isinstance(other, list) and all(_in(each, other) for each in one)


def _any_of(one: Any, other: Any) -> bool:
    return isinstance(one, list) and any(_in(each, other) for each in one)


def _sized(one: Any, other: Any) -> bool:
    return isinstance(one, list | str) and isinstance(other, int) and len(one) == other


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": same,
    "!=": lambda one, other: not same(one, other),
    "<=": _ordered(lambda one, other: one <= other),
    ">=": _ordered(lambda one, other: one >= other),
    "<": _ordered(lambda one, other: one < other),
    ">": _ordered(lambda one, other: one > other),
    "=~": lambda one, pattern: isinstance(one, str) and pattern.matches(one),
    "in": _in,
    "nin": lambda one, other: not _in(one, other),
    "subsetof": _subset,
    "anyof": _any_of,
    "noneof": lambda one, other: not _any_of(one, other),
    "size": _sized,
    "empty": lambda one, other: isinstance(one, list | str) and (not one) is other,
}


def _visits(one: Any, how: str, other: Any) -> float:
    """How many values a comparison looks at, about."""
    if how == "=~":
        return other.visits(one) if isinstance(one, str) else 1.0
    if how in ("in", "nin"):
        return _count(other)
    if how in ("subsetof", "anyof", "noneof"):
        return len(one) * _count(other) if isinstance(one, list) else 1.0
    return _count(one) if isinstance(one, list | dict) and type(one) is type(other) else 1.0


def _count(value: Any) -> int:
    """The values in a value, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inner))


def comparison(left: Operand, how: str, right: Operand) -> Test:
    compare = COMPARISONS[how]

    def test(visit: Visit, value: Any) -> bool:
        one, other = left(visit, value), right(visit, value)
        if one is MISSING or other is MISSING:
            return how == "!=" and one is not other
        visit.spend(_visits(one, how, other))
        return compare(one, other)

    return test
