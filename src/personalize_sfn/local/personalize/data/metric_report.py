"""Metric attribution: expressions, and the report of what an import's events brought, by source.

https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-requirements.html
https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-results.html: reports in S3 are those of import
jobs.  What PutEvents brings goes to CloudWatch alone, in a namespace and dimensions that AWS does not document, so it
goes nowhere here.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.personalize.data.schemas import ParsedSchema
from personalize_sfn.local.personalize.data.tables import Table
from personalize_sfn.local.personalize.wire.errors import invalid_input

HEADER = ("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP")
UNDEFINED = "SOURCE_NAME_UNDEFINED"
INTERVAL = 15 * 60
"""Seconds that a row of a report is about; TIMESTAMP is their beginning."""
NUMBERS = ("int", "long", "float", "double")
_SUM = re.compile(r"SUM\(\s*(ITEMS|INTERACTIONS)\.([A-Z_][A-Z\d_]*)\s*\)", re.IGNORECASE)
_COUNT = re.compile(r"SAMPLECOUNT\(\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MetricExpression:
    """What is added up for each event of a metric."""

    function: str
    """``sum`` or ``samplecount``: as a report's MATH_FUNCTION shows it."""
    dataset_type: str = ""
    column: str = ""


def parse(text: str, schemas: Mapping[str, ParsedSchema]) -> MetricExpression:
    """Read ``SUM(Items.PRICE)``, ``SUM(Interactions.LENGTH)`` or ``SAMPLECOUNT()``; ``schemas`` by dataset type.

    Raises:
        AwsError: InvalidInputException: another function, or a column that is not there or holds no numbers.
    """
    if _COUNT.fullmatch(text.strip()):
        return MetricExpression("samplecount")
    found = _SUM.fullmatch(text.strip())
    if found is None:
        raise invalid_input(
            f"Invalid expression {text!r}: expected SUM(Items.<column>), SUM(Interactions.<column>) or SAMPLECOUNT()"
        )
    kind = found[1].upper()
    if kind not in schemas:
        raise invalid_input(f"Invalid expression {text!r}: the dataset group has no {kind} dataset")
    field = next((field for field in schemas[kind].fields if field.name.upper() == found[2].upper()), None)
    if field is None:
        raise invalid_input(f"Invalid expression {text!r}: the {kind} dataset has no column {found[2]}")
    if field.type not in NUMBERS:
        raise invalid_input(
            f"Invalid expression {text!r}: expected a column of numbers, {field.name} is of type {field.type}"
        )
    return MetricExpression("sum", kind, field.name)


def report(
    metrics: Sequence[Mapping[str, str]],
    schemas: Mapping[str, ParsedSchema],
    events: Table,
    items: Sequence[Table],
    answered_by: Callable[[str | None], str | None],
) -> bytes:
    """The CSV of an import's events: a row for each metric, source and quarter of an hour, newest first.

    ``items`` are the imports of the Items dataset, oldest first: the last row for an item counts.  ``answered_by``
    tells the ARN behind a RECOMMENDATION_ID, which is the source of an event that names none.
    """
    sources = [
        source or answered_by(identifier) or UNDEFINED
        for source, identifier in zip(
            _column(events, "EVENT_ATTRIBUTION_SOURCE"), _column(events, "RECOMMENDATION_ID"), strict=True
        )
    ]
    rows: list[tuple[str, str, float, str, str, int]] = []
    for metric in metrics:
        expression = parse(metric["expression"], schemas)
        sums: dict[tuple[int, str], float] = defaultdict(float)
        values = _values(expression, events, items)
        for kind, source, timestamp, value in zip(
            _column(events, "EVENT_TYPE"),
            sources,
            _column(events, "TIMESTAMP"),
            values,
            strict=True,
        ):
            if kind == metric["eventType"]:
                sums[int(timestamp) // INTERVAL * INTERVAL, source] += value
        rows += [
            (metric["metricName"], metric["eventType"], value, expression.function, source, start)
            for (start, source), value in sums.items()
        ]
    rows.sort(key=lambda row: (-row[5], row[0], row[4]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()


def _values(expression: MetricExpression, events: Table, items: Sequence[Table]) -> list[float]:
    """What each event adds; nulls and unknown items add nothing."""
    if expression.function == "samplecount":
        return [1.0] * len(events["USER_ID"])
    if expression.dataset_type == "INTERACTIONS":
        return [float(value or 0) for value in _column(events, expression.column)]
    of_item: dict[Any, Any] = {}
    for part in items:
        of_item.update(zip(part["ITEM_ID"].tolist(), _column(part, expression.column, "ITEM_ID"), strict=True))
    return [float(of_item.get(item) or 0) for item in _column(events, "ITEM_ID")]


def _column(table: Table, name: str, other: str = "USER_ID") -> Sequence[Any]:
    return table[name].tolist() if name in table else [None] * len(table[other])
