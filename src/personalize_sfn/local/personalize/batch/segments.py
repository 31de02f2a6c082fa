"""What a batch segment job answers: the users who will most likely take to an item, or to items of some attributes.

https://docs.aws.amazon.com/personalize/latest/dg/prepare-input-data-user-segment.html (input and output, limits)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from personalize_sfn.errors import ConfigError
from personalize_sfn.filter_expressions.grammar import NUMBER
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.batch.json_lines import (
    AnswerBlock,
    LineOutput,
    Query,
    QueryCheck,
    check_filter_values,
    check_id,
)
from personalize_sfn.local.personalize.batch.segment_filter import Allow
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.filters.numbers import read_number
from personalize_sfn.local.personalize.wire.errors import invalid_input

MOST_ITEM_QUERIES, MOST_ATTRIBUTE_QUERIES = 500, 10
"""In one input file."""
_TERM = re.compile(
    r"""\s*ITEMS\.([A-Za-z_][A-Za-z\d_]*)\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|NUMBER)\s*""".replace(
        "NUMBER", NUMBER
    ),
    re.IGNORECASE | re.ASCII,
)
_AND = re.compile(r"AND(?=\s)", re.IGNORECASE)


class SegmentModel(Protocol):
    """What the recipes of user segmentation train; ``candidates`` are who may be answered, a mask over its users."""

    def segment(self, item_id: str, k: int, *, candidates: CandidateMask | None = None) -> list[str]:
        """The ``k`` users who will most likely take to the item, the likeliest first."""

    def segment_attributes(
        self, attributes: Mapping[str, Sequence[str]], k: int, *, candidates: CandidateMask | None = None
    ) -> list[str]:
        """The ``k`` users who will most likely take to items with all these values."""


def everybody(query: Query) -> None:
    """Who may be answered without a filter."""


def for_items(model: SegmentModel, count: int, allow: Allow = everybody) -> tuple[QueryCheck, AnswerBlock]:
    """Item affinity: a line names an item."""

    def check(query: Query) -> None:
        check_id(query, "itemId")
        check_filter_values(query)

    return check, _each(lambda query: model.segment(query["itemId"], count, candidates=allow(query)))


def for_attributes(
    model: SegmentModel, count: int, columns: Sequence[str], allow: Allow = everybody
) -> tuple[QueryCheck, AnswerBlock]:
    """Item attribute affinity: a line holds an expression over ``columns``, the metadata of the Items dataset."""

    def check(query: Query) -> None:
        parse(query.get("itemAttributes"), columns)
        check_filter_values(query)

    def segment(query: Query) -> list[str]:
        attributes = parse(query["itemAttributes"], columns)
        return model.segment_attributes(attributes, count, candidates=allow(query))

    return check, _each(segment)


def _each(segment: Callable[[Query], list[str]]) -> AnswerBlock:
    def one(query: Query) -> LineOutput | AwsError:
        try:
            return {"usersList": segment(query)}
        except AwsError as error:
            return error
        except ConfigError as error:  # a column that the solution left out of its training
            return _wrong(str(error))

    return lambda queries: [one(query) for query in queries]


def parse(expression: object, columns: Sequence[str]) -> dict[str, list[str]]:
    """The values by column of ``ITEMS.genres = "Comedy" AND ITEMS.genres = "Drama"``; names in any case.

    Raises:
        AwsError: InvalidInputException that names the position.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise _wrong('expected a text such as ITEMS.genres = "Comedy" AND ITEMS.year = "1994"')
    known = {name.upper(): name for name in columns}
    found: dict[str, list[str]] = {}
    at = 0
    while True:
        term = _TERM.match(expression, at)
        if term is None:
            raise _wrong(f'position {at + 1}: expected ITEMS.<column> = "<value>", got {expression[at : at + 40]!r}')
        name = term[1].upper()
        if name not in known:
            raise _wrong(f"position {term.start(1) + 1}: the Items dataset has no metadata column {term[1]}")
        found.setdefault(known[name], []).append(_value(term[2]))
        at = term.end()
        if at == len(expression):
            return found
        conjunction = _AND.match(expression, at)
        if conjunction is None:
            raise _wrong(f"position {at + 1}: expected AND or the end, got {expression[at : at + 40]!r}")
        at = conjunction.end()


def _value(written: str) -> str:
    """A text in quotes as it is meant; a number as the engine writes it: whole ones with all their digits."""
    number = read_number(written)
    if number is None:
        return re.sub(r"\\(.)", r"\1", written[1:-1])
    return str(int(number)) if number == number.to_integral_value() else str(float(number))


def _wrong(problem: str) -> AwsError:
    return invalid_input(f"Invalid input: itemAttributes: {problem}")
