"""Whatever ``prepare`` accepts is what Personalize then has: imported, exported and imported again, value for value."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_sfn.datasets import csv_bytes, load_csv, prepare, schemas
from personalize_sfn.errors import DataError
from personalize_sfn.local.personalize.data.export_csv import export, rows_of
from personalize_sfn.local.personalize.data.import_csv import import_csv
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.data.tables import Table
from personalize_sfn.local.personalize.environment import Environment

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    st.sampled_from("\\\",;|'\ufeff \t\u2028\x0b\x1ca#="), max_size=6
)
_DIGITS = st.sampled_from(["NA", "null", "0012", "1e5", "1.0", "-0", "true", "١٢", "9007199254740993"])
_IDS = st.one_of(_TEXT.filter(bool), _DIGITS, st.integers(0, 2**70), st.integers(0, 2**53).map(float))
_LONGS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**53 + 1, -(2**53) - 1])
_VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "string": _TEXT | _DIGITS,
    "long": _LONGS | _LONGS.map(str),
    "int": st.integers(-(2**31), 2**31 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60),
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "boolean": st.booleans() | st.sampled_from(["TRUE", "false"]),
}
_CATEGORIES = st.lists(_TEXT.filter(lambda text: text and "|" not in text), max_size=3) | _TEXT


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, schemas.Schema]:
    """Items with columns of random types, where every row has an id."""
    fields, columns = [], {}
    rows = draw(st.integers(1, 6))
    columns["ITEM_ID"] = draw(st.lists(_IDS, min_size=rows, max_size=rows))
    for place in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(sorted(_VALUES)))
        nullable = draw(st.booleans())
        flag = draw(st.sampled_from(["", "categorical", "textual"])) if kind == "string" else ""
        if flag == "textual" and any(field.get("textual") for field in fields):
            flag = ""
        values = _CATEGORIES if flag == "categorical" else _VALUES[kind]
        cells = values | st.none() if nullable else values
        fields.append(schemas.field(f"F{place}", kind, nullable=nullable, **({flag: True} if flag else {})))
        columns[f"F{place}"] = draw(st.lists(cells, min_size=rows, max_size=rows))
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    return frame, schemas.items(*fields)


class Bucket:
    """An environment that holds one object, which anybody may read."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def s3_open(self, role_arn: str, bucket: str, key: str) -> BinaryIO:
        return io.BytesIO(self._content)


def imported(content: bytes, schema: schemas.Schema) -> Table:
    environment = cast(Environment, Bucket(content))
    return import_csv(environment, "role", "s3://data/table.csv", read_schema(json.dumps(schema)))


def exported(table: Table, schema: schemas.Schema) -> bytes:
    parsed = read_schema(json.dumps(schema))
    return export(rows_of([table], parsed), parsed)


def rows(table: Table | pd.DataFrame, schema: schemas.Schema) -> Counter[tuple[Any, ...]]:
    names = [field["name"] for field in schema["fields"]]
    cells = zip(*(list(table[name]) for name in names), strict=True)
    return Counter(tuple(None if pd.isna(value) else value for value in row) for row in cells)


def check(frame: pd.DataFrame, schema: schemas.Schema) -> None:
    try:
        prepared = prepare(frame, schema)
    except DataError:
        return
    content = csv_bytes(prepared.frame)
    table = imported(content, schema)
    assert rows(table, schema) == rows(prepared.frame, schema)
    again = imported(exported(table, schema), schema)
    assert rows(again, schema) == rows(table, schema)
    assert rows(load_csv(io.BytesIO(content), schema).frame, schema) == rows(prepared.frame, schema)
    assert rows(load_csv(io.BytesIO(exported(table, schema)), schema).frame, schema) == rows(prepared.frame, schema)


@given(tables())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_prepared_is_imported_and_exported_value_for_value(made):
    check(*made)


@pytest.mark.slow
@pytest.mark.timeout(900)
@given(tables())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_prepared_is_imported_and_exported_value_for_value_at_length(made):
    check(*made)


@pytest.mark.slow
@given(st.lists(st.tuples(_TEXT, st.floats(-1e9, 1e9) | st.none()), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_interactions_are_imported_and_exported_value_for_value(made):
    schema = schemas.interactions("EVENT_TYPE", "EVENT_VALUE", schemas.field("SHOP", nullable=True))
    schema = {**schema, "fields": [_nullable(field) for field in schema["fields"]]}
    count = 1_200
    frame = pd.DataFrame(
        {
            "USER_ID": [f"u{row % 40}" for row in range(count)],
            "ITEM_ID": [f"i{row}" for row in range(count)],
            "TIMESTAMP": [1_600_000_000 + row for row in range(count)],
            "EVENT_TYPE": "click",
            "EVENT_VALUE": [made[row % len(made)][1] for row in range(count)],
            "SHOP": [made[row % len(made)][0] for row in range(count)],
        }
    )
    check(frame, schema)


def _nullable(field: schemas.Field) -> schemas.Field:
    return {**field, "type": ["null", "double"]} if field["name"] == "EVENT_VALUE" else field
