"""The comparisons of a path's filters, such as ``[?(@.price < 10 && @.tags anyof ['new'])]``.

https://github.com/json-path/JsonPath#filter-operators
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["COMPARISONS", "MISSING", "Operand", "Test", "comparison", "identity", "is_number", "same"]

Test = Callable[[Any, Any], bool]
"""Given the root and an item, whether the item passes."""
Operand = Callable[[Any, Any], Any]
"""Given the root and an item, a value or MISSING."""
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
    "=~": lambda one, pattern: isinstance(one, str) and pattern.fullmatch(one) is not None,
    "in": _in,
    "nin": lambda one, other: not _in(one, other),
    "subsetof": _subset,
    "anyof": _any_of,
    "noneof": lambda one, other: not _any_of(one, other),
    "size": _sized,
    "empty": lambda one, other: isinstance(one, list | str) and (not one) is other,
}


def comparison(left: Operand, how: str, right: Operand) -> Test:
    compare = COMPARISONS[how]

    def test(root: Any, value: Any) -> bool:
        one, other = left(root, value), right(root, value)
        return compare(one, other) if MISSING not in (one, other) else how == "!=" and one is not other

    return test
