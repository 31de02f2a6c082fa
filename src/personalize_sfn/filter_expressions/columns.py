"""A filter against the schemas of its dataset group."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Protocol

from personalize_sfn.filter_expressions.grammar import COMPARISONS
from personalize_sfn.filter_expressions.syntax import (
    CURRENT_USER,
    Filter,
    FilterCondition,
    FilterExpressionError,
    OfCurrentItem,
)

_UNUSABLE = {"ACTIONS": ("EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY")}
_NUMBERS = ("int", "long", "float", "double")


class FilterColumn(Protocol):
    """A column of a schema, as far as filters ask for it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str:
        """``string``, ``long``, ...: without ``null``."""

    @property
    def textual(self) -> bool: ...


def check_columns(found: Filter, schemas: Mapping[str, Collection[FilterColumn]]) -> None:
    """Does every column exist, and can it be filtered by?

    Args:
        found: the filter.
        schemas: the columns of the group's datasets, by dataset type in capitals.

    Raises:
        FilterExpressionError: names the column.
    """
    for condition in found.conditions():
        column = _column(condition.dataset, condition.column, schemas)
        _check_type(condition, column)
        for value in condition.values:
            if isinstance(value, OfCurrentItem):
                other = _column("ITEMS", value.column, schemas)
                _check_type(condition, other)
                if (other.type in _NUMBERS) != (column.type in _NUMBERS):
                    raise _unfit(condition, column, f"CurrentItem.{other.name} is a {other.type}")


def _column(dataset: str, name: str, schemas: Mapping[str, Collection[FilterColumn]]) -> FilterColumn:
    dataset = "USERS" if dataset == CURRENT_USER else dataset
    if dataset not in schemas:
        raise FilterExpressionError(f"Invalid Expression: the dataset group has no {dataset} dataset")
    found = next((field for field in schemas[dataset] if field.name.upper() == name), None)
    if found is None:
        raise FilterExpressionError(f"Invalid Expression: the {dataset} dataset has no column {name}")
    if found.textual or found.type == "boolean" or name in _UNUSABLE.get(dataset, ()):
        kind = "textual" if found.textual else found.type
        raise FilterExpressionError(f"Invalid Expression: {dataset}.{name} is {kind} and cannot be filtered by")
    return found


def _check_type(condition: FilterCondition, column: FilterColumn) -> None:
    numeric = column.type in _NUMBERS
    if condition.operator in COMPARISONS[2:] and not numeric:
        raise _unfit(condition, column, f"{condition.operator} compares numbers, use IN")
    if condition.operator in ("IN", "NOT IN") and numeric:
        raise _unfit(condition, column, f"{condition.operator} compares texts, use one of {' '.join(COMPARISONS)}")
    for value in condition.values:
        if isinstance(value, Decimal) and not numeric:
            raise _unfit(condition, column, f'it is compared with a text in quotes such as "5", not with {value}')
        if isinstance(value, str) and numeric:
            raise _unfit(condition, column, f"it is compared with a number, not with the text {value!r}")


def _unfit(condition: FilterCondition, column: FilterColumn, problem: str) -> FilterExpressionError:
    return FilterExpressionError(f"Invalid Expression: {condition.dataset}.{column.name} is a {column.type}; {problem}")
