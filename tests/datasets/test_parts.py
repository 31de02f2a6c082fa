"""A table in files as parts that fit in memory."""

from __future__ import annotations

from fakes.event_files import HEADER, SCHEMA, events, outcome
from personalize_sfn.datasets import load_csv, validate
from personalize_sfn.datasets.parts import CsvParts


def test_a_folder_of_files_is_one_table(tmp_path, parts_of):
    lines = events()
    whole = tmp_path / "whole.csv"
    whole.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    folder = tmp_path / "clicks"
    folder.mkdir()
    for number, start in enumerate(range(0, 1_500, 500)):
        (folder / f"{number}.csv").write_text("\n".join([HEADER, *lines[start : start + 500]]), encoding="utf-8")
    assert load_csv(folder, SCHEMA).frame.equals(load_csv(whole, SCHEMA).frame)
    assert validate(folder, SCHEMA).rows_read == 1_500
    (folder / "1.csv").write_text("\n".join([HEADER, *lines[500:1000], "u,1,yesterday,buy,"]), encoding="utf-8")
    assert str(outcome(folder)).startswith("clicks: 1 problem\n  1.csv: line 502, column TIMESTAMP: expected epoch ")
    (folder / "2.csv").write_text("USER_ID,ITEM_ID\n1,2\n")
    assert str(outcome(folder)) == (
        "2.csv: line 1: expected the same columns in each file of clicks, USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, "
        "EVENT_VALUE as in 0.csv, found USER_ID, ITEM_ID"
    )


def test_rows_are_called_by_their_file_and_line(tmp_path):
    (tmp_path / "1.csv").write_text("USER,N\na,1\n\nb,2\n")
    (tmp_path / "2.csv").write_text('USER,N\n"c ""d""",3\ne,4\n')
    parts = CsvParts([tmp_path / "1.csv", tmp_path / "2.csv"], ["USER_ID"], {"USER": "USER_ID"}, "both", block_bytes=5)
    assert [value for part in parts for value in part.series("USER_ID")] == ["a", "b", 'c "d"', "e"]
    assert parts.where(range(4)) == ["1.csv: line 2", "1.csv: line 4", "2.csv: line 2", "2.csv: line 3"]
    assert (parts.columns, parts.header) == (["USER_ID", "N"], "1.csv: line 1")
