"""A filter against the schemas of its dataset group."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_sfn.local.personalize.filters.grammar import COMPARISONS, refused
from personalize_sfn.local.personalize.filters.syntax import (
    CURRENT_USER,
    INTERACTIONS,
    Condition,
    Filter,
    OfCurrentItem,
)
from personalize_sfn.local.personalize.schemas import Field, Schema

_UNUSABLE = {"ACTIONS": ("EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY")}
_NUMBERS = ("int", "long", "float", "double")


def check_columns(found: Filter, schemas: Mapping[str, Schema]) -> None:
    """Does every column exist, and can it be filtered by?

    Args:
        found: the filter.
        schemas: by dataset type in capitals, those of the group.

    Raises:
        ApiError: InvalidInputException that names the column.
    """
    for condition in found.conditions():
        column = _column(condition.dataset, condition.column, schemas)
        _check_type(condition, column)
        for value in condition.values:
            if isinstance(value, OfCurrentItem):
                _check_type(condition, _column("ITEMS", value.column, schemas))


def _column(dataset: str, name: str, schemas: Mapping[str, Schema]) -> Field:
    dataset = "USERS" if dataset == CURRENT_USER else dataset
    if dataset not in schemas:
        raise refused(f"Invalid Expression: the dataset group has no {dataset} dataset")
    found = next((field for field in schemas[dataset].fields if field.name.upper() == name), None)
    if found is None:
        raise refused(f"Invalid Expression: the {dataset} dataset has no column {name}")
    if found.textual or found.type == "boolean" or name in _UNUSABLE.get(dataset, ()):
        kind = "textual" if found.textual else found.type
        raise refused(f"Invalid Expression: {dataset}.{name} is {kind} and cannot be filtered by")
    return found


def _check_type(condition: Condition, column: Field) -> None:
    if condition.dataset in INTERACTIONS:
        return
    # = and != are accepted with texts too, where the value is a placeholder or the current item's.
    if condition.operator in COMPARISONS[2:] and column.type not in _NUMBERS:
        raise refused(
            f"Invalid Expression: {condition.dataset}.{column.name} is a {column.type}; "
            f"{condition.operator} compares numbers, use IN"
        )
    if condition.operator in ("IN", "NOT IN") and column.type in _NUMBERS:
        raise refused(
            f"Invalid Expression: {condition.dataset}.{column.name} is a {column.type}; "
            f"{condition.operator} compares texts, use one of {' '.join(COMPARISONS)}"
        )
