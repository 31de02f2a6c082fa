"""Tests of ``tables``: the rows of a dataset, column by column."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from fakes.personalize_aws import INTERACTIONS_FIELDS, avro
from personalize_sfn.local.personalize.data import csv_columns, csv_lines
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.data.tables import DatasetContent, merged
from personalize_sfn.local.personalize.wire.errors import WorkFailed


def content(aws):
    """The parts of the only INTERACTIONS dataset, as row counts."""
    store = aws.service._stores[("123456789012", "us-east-1")]
    record = store.find("arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS")
    return [len(part["USER_ID"]) for part in record.content.parts]


def test_equal_values_of_a_column_are_one_object_whatever_the_block_they_came_in(monkeypatch):
    monkeypatch.setattr(csv_lines, "BLOCK", 2)
    fields = [*INTERACTIONS_FIELDS, {"name": "EVENT_VALUE", "type": ["null", "float"]}]
    gathering = csv_columns.Gathering(read_schema(avro(fields=fields)))
    header = b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\n"
    gathering.add_file(BytesIO(header + b"u1,i1,1,\nu2,i1,2,2.5\n\nu1,i2,3,2.5\n"), "a.csv")
    gathering.add_file(BytesIO(header + b"u3,i1,4,\n"), "b.csv")
    table = gathering.table()
    assert gathering.rows == 4
    assert {name: column.tolist() for name, column in table.items()} == {
        "USER_ID": ["u1", "u2", "u1", "u3"],
        "ITEM_ID": ["i1", "i1", "i2", "i1"],
        "TIMESTAMP": [1, 2, 3, 4],
        "EVENT_VALUE": [None, 2.5, 2.5, None],
    }
    assert table["USER_ID"][0] is table["USER_ID"][2]
    with pytest.raises(WorkFailed, match=r"\(c\.csv, row 4, TIMESTAMP: expected long, got 'x'\)"):
        gathering.add_file(BytesIO(header + b"u,i,1,\nu,i,2,\nu,i,x,\n"), "c.csv")


def test_a_training_under_way_keeps_the_rows_that_it_began_with():
    def items(*rows):
        return {
            "ITEM_ID": np.array([row[0] for row in rows], object),
            "YEAR": np.array([row[1] for row in rows], object),
        }

    content = DatasetContent()
    content.full(items(("a", 1), ("b", 2)))
    content.put_rows(items(("c", 3)), "ITEM_ID")
    begun = DatasetContent(content.bulk, content.put)
    content.put_rows(items(("c", 4)), "ITEM_ID")
    content.add(items(("a", 5)), "ITEM_ID")
    as_begun = {name: column.tolist() for name, column in merged(begun, "ITEM_ID").items()}
    assert as_begun == {"ITEM_ID": ["a", "b", "c"], "YEAR": [1, 2, 3]}
    assert merged(content, "ITEM_ID")["YEAR"].tolist() == [5, 2, 4]
