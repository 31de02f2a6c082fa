"""The rows of a checked table in a file, as Personalize reads them."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from fakes.event_files import HEADER, SCHEMA, events
from personalize_sfn.datasets import files, load_csv, schemas
from personalize_sfn.datasets.csv_output import CheckedCsv, CsvOutput
from personalize_sfn.datasets.spill import Dropped


def test_scratch_files_go_with_the_table(tmp_path, parts_of, monkeypatch):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events(), ""]), encoding="utf-8")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(files.tempfile, "tempdir", str(scratch))
    parts_of(4_000)
    prepared = load_csv(path, SCHEMA)
    assert [*scratch.iterdir()]
    del prepared
    assert not [*scratch.iterdir()]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(b'1,"a \\"b\\"",5\n2,,\n')
    return CheckedCsv(path, ["ITEM_ID", "TITLE", "N"], 2, {"SHOP": "x, y"})


def test_a_constant_column_is_at_the_end_of_each_row(table):
    whole = b'ITEM_ID,TITLE,N,SHOP\n1,"a \\"b\\"",5,"x, y"\n2,,,"x, y"\n'
    assert b"".join(table.blocks()) == whole
    assert table.open().read() == whole
    assert table.size() == len(whole)
    assert table.md5() == (hashlib.md5(whole).hexdigest(), len(whole))


def test_the_frame_has_the_types_of_the_schema(table):
    title, number = schemas.field("TITLE", nullable=True), schemas.field("N", "long", nullable=True)
    frame = table.frame(schemas.items(title, number, schemas.field("SHOP")))
    assert frame.astype(object).where(frame.notna(), None).values.tolist() == [
        ["1", 'a "b"', 5, "x, y"],
        ["2", None, None, "x, y"],
    ]


def test_rows_that_go_are_taken_out_and_their_values_are_told(tmp_path):
    output = CsvOutput(tmp_path / "rows", ["USER_ID", "N"])
    output.write(b"a,1\nb,2\nc,3\n", 3)
    dropped = Dropped(3)
    dropped.add(np.array([0, 2], dtype=np.uint64))
    assert [users.texts() for users in output.close(without=dropped, column="USER_ID")] == [["a", "c"]]
    assert (output.path.read_bytes(), output.rows) == (b"b,2\n", 1)
    assert [each.name for each in tmp_path.iterdir()] == ["rows"]
