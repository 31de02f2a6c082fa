"""Parquet files, written by DuckDB and by what it writes for other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.item_files import ITEMS
from personalize_sfn.datasets import csv_bytes, load_csv, schemas, validate
from personalize_sfn.errors import DataError

duckdb = pytest.importorskip("duckdb")
CLICKS = (
    "SELECT 'u' || (range % 50) AS USER_ID, range AS ITEM_ID, "
    "to_timestamp(1260759144 + range) AS TIMESTAMP, 'buy' AS EVENT_TYPE FROM range(1200)"
)


def written(path: Path, query: str) -> Path:
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def test_a_parquet_file_is_read_as_the_same_csv_is(tmp_path):
    parquet = written(tmp_path / "clicks [1].parquet", CLICKS)
    csv = tmp_path / "clicks.csv"
    csv.write_text(
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n"
        + "".join(f"u{row % 50},{row},{1_260_759_144 + row},buy\n" for row in range(1_200))
    )
    prepared = load_csv(parquet)
    assert csv_bytes(prepared.frame) == csv.read_bytes()
    assert prepared.report.facts == load_csv(csv).report.facts
    assert prepared.report.notes == (
        "converted from Parquet: Personalize takes CSV",
        "TIMESTAMP: 1,200 dates became epoch seconds",
    )


def test_lists_nulls_and_numbers_of_parquet_become_what_personalize_reads(tmp_path):
    path = written(
        tmp_path / "items.parquet",
        "SELECT * FROM (VALUES (7, ['Drama', 'Comedy'], 1.5, true, 3, 'say \"hi\"'), "
        "(8, NULL, NULL, NULL, NULL, NULL)) "
        "AS t(ITEM_ID, GENRES, PRICE, SHOWN, SOLD, PLOT)",
    )
    names = [field["name"] for field in ITEMS["fields"]]
    columns = dict(zip(["ITEM_ID", "GENRES", "PRICE", "SHOWN", "SOLD", "PLOT"], names, strict=True))
    rows = csv_bytes(load_csv(path, ITEMS, columns=columns).frame).decode().splitlines()
    assert rows[1:] == ['7,Drama|Comedy,1.5,true,3,"say \\"hi\\""', "8,,,,,"]


def test_a_wrong_value_in_parquet_is_named_by_its_row(tmp_path):
    path = written(tmp_path / "clicks.parquet", f"{CLICKS} UNION ALL SELECT 'u', 1, to_timestamp(7), 'buy'")
    with pytest.raises(DataError) as error:
        validate(path)
    assert str(error.value).startswith("clicks.parquet: 1 problem\n  row 1201, column TIMESTAMP: expected a time from ")


def test_a_folder_of_parquet_files_is_one_table_of_one_kind(tmp_path):
    written(tmp_path / "1.parquet", f"{CLICKS} LIMIT 600")
    written(tmp_path / "2.parquet", f"{CLICKS} OFFSET 600")
    assert validate(tmp_path).rows_kept == 1_200
    (tmp_path / "3.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n")
    with pytest.raises(DataError, match="expected files of one kind, found CSV and Parquet"):
        validate(tmp_path)


def test_what_only_begins_as_parquet_is_refused(tmp_path):
    path = tmp_path / "clicks.parquet"
    path.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(DataError, match=r"^clicks\.parquet: cannot be read as Parquet: "):
        load_csv(path, schemas.interactions())


def test_without_duckdb_the_error_says_what_to_install(tmp_path, monkeypatch):
    path = written(tmp_path / "clicks.parquet", CLICKS)
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(DataError) as error:
        load_csv(path)
    assert str(error.value) == (
        "clicks.parquet: reading Parquet needs the package duckdb: pip install 'personalize-sfn[parquet]', "
        "or save the table as CSV"
    )
