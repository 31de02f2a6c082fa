"""A CSV as blocks of whole rows."""

from __future__ import annotations

import pandas as pd
import pytest

from fakes.event_files import HEADER, events, outcome
from personalize_sfn.datasets.csv_blocks import CsvBlocks
from personalize_sfn.errors import DataError


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_line_end_and_encoding_is_read_in_parts(tmp_path, parts_of, end, encoding):
    path = tmp_path / "clicks.csv"
    path.write_bytes(end.join([HEADER, *events(), "u,1,yesterday,buy,"]).encode(encoding))
    small = outcome(path)
    parts_of(4_000)
    assert outcome(path) == small


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_and_columns_in_any_order_are_read_in_parts(tmp_path, parts_of, separator):
    frame = pd.DataFrame([line.split(",") for line in events()], columns=HEADER.split(","))
    frame.insert(2, "SHOP", "Rue 1, Paris")
    path = tmp_path / "clicks.csv"
    frame[[*reversed(frame.columns)]].to_csv(path, sep=separator, index=False)
    small = outcome(path)
    assert "not in the schema, left out: SHOP" in small[0]
    parts_of(4_000)
    assert outcome(path) == small


def test_the_end_of_a_file_need_not_be_the_end_of_a_line(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events()]), encoding="utf-8")
    small = outcome(path)
    parts_of(4_000)
    assert outcome(path) == small


def test_each_block_has_whole_rows_and_knows_its_first_line(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("A,B\n1,a\n\n2,b\n3,c\n")
    blocks = list(CsvBlocks(path, ["A"], block_bytes=6))
    assert b"".join(block.text for block in blocks) == path.read_bytes()
    assert [row for block in blocks for row in block.rows[block.body :].split()] == [b"1,a", b"2,b", b"3,c"]
    before = [b"".join(block.text for block in blocks[:number]) for number in range(len(blocks))]
    assert [block.line for block in blocks] == [1 + text.count(b"\n") for text in before]
    assert sum(block.blank for block in blocks) == 1
    assert len(blocks) > 2


def test_a_file_that_was_converted_says_so(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("A;B\n1;é\n".encode("utf-16"))
    blocks = CsvBlocks(path, ["A"])
    assert blocks.header == ["A", "B"]
    assert [block.rows for block in blocks] == ["A;B\n1;é\n".encode()]
    assert blocks.notes[0].startswith("converted from UTF-16")
    assert blocks.notes[1].startswith("values are separated by ")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_text_is_refused(tmp_path, text):
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(DataError, match=r"^rows\.csv: is empty; expected a header line and rows$"):
        CsvBlocks(tmp_path / "rows.csv", ["A"])
