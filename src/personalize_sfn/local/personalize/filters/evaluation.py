"""A filter applied: which of the candidates may be answered.

Each expression is worked out alone.  INCLUDEs are united, then what any EXCLUDE names is taken away.
A value that is missing meets no condition, so it is neither included nor excluded by one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.filter_expressions.quotes import is_quoted, listed, within_quotes
from personalize_sfn.filter_expressions.syntax import (
    ACTION_INTERACTIONS,
    ANY_EVENT,
    CURRENT_USER,
    INTERACTIONS,
    Filter,
    FilterCondition,
    FilterExpression,
    FilterPlaceholder,
    FilterValue,
    OfCurrentItem,
)
from personalize_sfn.local.personalize.filters.numbers import compared, read_number
from personalize_sfn.local.personalize.wire.errors import invalid_input

CandidateMask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CandidateColumn:
    """A column's values for each candidate; what comparing them needs is worked out once, and kept with it."""

    values: NDArray[Any]
    """Texts or numbers, None where missing; shape (candidates,)."""

    @functools.cached_property
    def categories(self) -> tuple[list[frozenset[str]], NDArray[np.intp]]:
        """The different values, each as the set of its categories, and each candidate's place among them or -1."""
        places: dict[str, int] = {}
        codes = [-1 if value is None else places.setdefault(str(value), len(places)) for value in self.values.tolist()]
        return [frozenset(text.split("|")) for text in places], np.array(codes, dtype=np.intp)

    @functools.cached_property
    def numbers(self) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """As int64 if all are whole numbers, else as float64, with 0 where missing; and which are there."""
        values = self.values.tolist()
        there = np.array([value is not None for value in values], dtype=np.bool_)
        whole = all(isinstance(value, int) for value in values if value is not None)
        numbers = np.array([value or 0 for value in values], dtype=np.int64 if whole else np.float64)
        return numbers, there

    @functools.cached_property
    def kind(self) -> type:
        """``str`` or ``float``; NoneType for a column without any value."""
        for value in self.values.tolist():
            if value is not None:
                return str if isinstance(value, str) else float
        return type(None)


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are held against; names of columns in capitals."""

    columns: Mapping[str, CandidateColumn]
    """Of the subject's dataset: Items for ItemID."""
    count: int
    """How many candidates there are."""
    events: Mapping[str, Iterable[int]] = field(default_factory=dict)
    """For conditions on interactions: the positions of the candidates with such an event, by ``event_type``."""
    user: Mapping[str, Any] = field(default_factory=dict)
    """The current user's row."""
    item: Mapping[str, Any] = field(default_factory=dict)
    """The current item's row."""


def allowed(found: Filter, values: Mapping[str, str], facts: Facts) -> CandidateMask:
    """Which candidates the filter lets through, shape (candidates,).

    Args:
        found: the filter.
        values: of its placeholders, as a request gives them: ``'"drama","comedy"'`` or ``'1990'``.
        facts: about the candidates, the user and the current item.

    Raises:
        AwsError: InvalidInputException when an INCLUDE lacks a value, or a value cannot be read.
    """
    check_values(found, values)
    included = np.zeros(facts.count, dtype=np.bool_)
    excluded = np.zeros(facts.count, dtype=np.bool_)
    including = False
    for expression in found.expressions:
        if not expression.include and expression.placeholders() - values.keys():
            continue  # an EXCLUDE without its parameter is switched off
        if not all(_of_user(condition, values, facts) for condition in expression.when):
            continue
        matching = _matching(expression, values, facts)
        if expression.include:
            including, included = True, included | matching
        else:
            excluded |= matching
    return (included if including else ~excluded) & ~excluded


def check_values(found: Filter, values: Mapping[str, str]) -> None:
    """Raises InvalidInputException when a placeholder of an INCLUDE has no value."""
    for expression in found.expressions:
        missing = sorted(expression.placeholders() - values.keys()) if expression.include else []
        if missing:
            raise invalid_input(f"filterValues: the filter's INCLUDE needs a value for {', '.join(missing)}")


def _matching(expression: FilterExpression, values: Mapping[str, str], facts: Facts) -> CandidateMask:
    any_of = np.zeros(facts.count, dtype=np.bool_)
    for group in expression.where:
        all_of = np.ones(facts.count, dtype=np.bool_)
        for condition in group:
            all_of &= _holds(condition, values, facts)
        any_of |= all_of
    return any_of


def _holds(condition: FilterCondition, values: Mapping[str, str], facts: Facts) -> CandidateMask:
    if condition.dataset in INTERACTIONS:
        return _had_event(condition, values, facts)
    column = facts.columns.get(condition.column)
    if column is None:
        return np.zeros(facts.count, dtype=np.bool_)
    if condition.operator in ("IN", "NOT IN"):
        wanted = set(_texts(condition.values, values, facts))
        positive = condition.operator == "IN"
        different, codes = column.categories
        # The last one, which the place -1 finds too, is for those without a value.
        holds = [wanted.isdisjoint(categories) != positive for categories in different] + [False]
        return np.array(holds, dtype=np.bool_)[codes]
    if column.kind is type(None):
        return np.zeros(facts.count, dtype=np.bool_)
    if column.kind is str:
        return _equal_texts(condition, column, values, facts)
    wanted_number = _number(condition.values[0], values, facts)
    if wanted_number is None:
        return np.zeros(facts.count, dtype=np.bool_)
    numbers, there = column.numbers
    return compared(numbers, condition.operator, wanted_number) & there


def _equal_texts(
    condition: FilterCondition, column: CandidateColumn, values: Mapping[str, str], facts: Facts
) -> CandidateMask:
    """= and != of texts: the whole text, or one of its categories."""
    wanted_text = _text(condition.values[0], values, facts)
    if wanted_text is None:
        return np.zeros(facts.count, dtype=np.bool_)
    equal = condition.operator == "="
    texts = column.values.tolist()
    return np.array(
        [text is not None and (text == wanted_text or wanted_text in text.split("|")) == equal for text in texts],
        dtype=np.bool_,
    )


def _had_event(condition: FilterCondition, values: Mapping[str, str], facts: Facts) -> CandidateMask:
    wanted = {event_type(condition.dataset, text) for text in _texts(condition.values, values, facts)}
    found = np.zeros(facts.count, dtype=np.bool_)
    for kind, positions in facts.events.items():
        if ANY_EVENT in wanted or kind in wanted:
            found[list(positions)] = True
    return ~found if condition.operator in ("NOT IN", "!=") else found


def event_type(dataset: str, text: str) -> str:
    """A type as types are compared: in any case; those of actions with a space or an underscore."""
    return text.upper().replace("_", " ") if dataset == ACTION_INTERACTIONS else text.upper()


def _of_user(condition: FilterCondition, values: Mapping[str, str], facts: Facts) -> bool:
    """A condition on the one current user."""
    column = CandidateColumn(np.array([facts.user.get(condition.column)], dtype=object))
    one = Facts({condition.column: column}, 1, item=facts.item)
    assert condition.dataset == CURRENT_USER
    return bool(_holds(condition, values, one)[0])


def _texts(wanted: tuple[FilterValue, ...], values: Mapping[str, str], facts: Facts) -> Iterable[str]:
    for value in wanted:
        if isinstance(value, FilterPlaceholder):
            yield from _quoted(value.name, values[value.name])
        elif isinstance(value, OfCurrentItem):
            own = facts.item.get(value.column)
            yield from [] if own is None else str(own).split("|")
        else:
            yield str(value)


def _quoted(name: str, text: str) -> list[str]:
    found = listed(text)
    if found is None:
        raise invalid_input(f'filterValues: {name}: expected texts in quotes such as "drama","comedy", got {text}')
    return found


def _own(value: str | Decimal | OfCurrentItem, facts: Facts) -> Any:
    """A literal, or what the current item has in a column; None where it has nothing."""
    return facts.item.get(value.column) if isinstance(value, OfCurrentItem) else value


def _number(value: FilterValue, values: Mapping[str, str], facts: Facts) -> Decimal | None:
    """What numbers are compared with; None where the current item has none."""
    if not isinstance(value, FilterPlaceholder):
        own = _own(value, facts)
        return None if own is None else Decimal(own)
    given = values[value.name].strip()
    found = read_number(within_quotes(given) if is_quoted(given) else given)
    if found is None:
        raise invalid_input(f"filterValues: {value.name}: expected a number, got {given}")
    return found


def _text(value: FilterValue, values: Mapping[str, str], facts: Facts) -> str | None:
    """What texts are compared with; None where the current item has none."""
    if not isinstance(value, FilterPlaceholder):
        own = _own(value, facts)
        return None if own is None else str(own)
    given = values[value.name].strip()
    if not is_quoted(given):
        raise invalid_input(f'filterValues: {value.name}: expected a text in quotes such as "drama", got {given}')
    return within_quotes(given)
