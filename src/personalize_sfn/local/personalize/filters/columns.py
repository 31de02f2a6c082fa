"""A filter against the schemas of its dataset group."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.data.schemas import ParsedSchema, SchemaField
from personalize_sfn.local.personalize.filters.grammar import COMPARISONS, refused
from personalize_sfn.local.personalize.filters.syntax import (
    CURRENT_USER,
    Filter,
    FilterCondition,
    OfCurrentItem,
)

_UNUSABLE = {"ACTIONS": ("EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY")}
_NUMBERS = ("int", "long", "float", "double")


def check_columns(found: Filter, schemas: Mapping[str, ParsedSchema]) -> None:
    """Does every column exist, and can it be filtered by?

    Args:
        found: the filter.
        schemas: by dataset type in capitals, those of the group.

    Raises:
        AwsError: InvalidInputException that names the column.
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


def _column(dataset: str, name: str, schemas: Mapping[str, ParsedSchema]) -> SchemaField:
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


def _check_type(condition: FilterCondition, column: SchemaField) -> None:
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


def _unfit(condition: FilterCondition, column: SchemaField, problem: str) -> AwsError:
    return refused(f"Invalid Expression: {condition.dataset}.{column.name} is a {column.type}; {problem}")
