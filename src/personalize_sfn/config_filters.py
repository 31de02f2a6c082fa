"""Filters of a configuration: each is an expression that Personalize takes, of columns that the datasets have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from personalize_sfn.config_parsing import ConfigProblem, key_problem
from personalize_sfn.config_rules import columns, resource_name
from personalize_sfn.filter_expressions import FilterExpressionError, check_columns, parse, resolved
from personalize_sfn.schema_rules import type_of

__all__ = ["filter_rules"]


def filter_rules(config: Any) -> Iterator[ConfigProblem]:
    """Each is in Personalize's language, and of columns that the datasets have."""
    known = {kind: _filter_columns(dataset.schema) for kind, dataset in config.datasets.by_type().items()}
    for key, expression in config.filters.items():
        where = f"filters.{key}"
        problem = key_problem(key) or resource_name(f"{config.name(key)}-{'0' * 12}")
        if problem is None and not 1 <= len(expression) <= _LONGEST_FILTER:
            problem = f"expected 1 to {_LONGEST_FILTER:,} characters, got {len(expression):,}"
        if problem is None:
            try:
                check_columns(parse(resolved(expression, datetime.now(UTC))), known)
            except FilterExpressionError as error:
                problem = str(error)
        if problem is not None:
            yield ConfigProblem(where, problem)


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateFilter.html
_LONGEST_FILTER = 2_500


@dataclass(frozen=True, slots=True)
class _FilterColumn:
    name: str
    type: str
    textual: bool


def _filter_columns(schema: Mapping[str, Any]) -> list[_FilterColumn]:
    return [_FilterColumn(name, type_of(each)[0], bool(each.get("textual"))) for name, each in columns(schema).items()]
