"""Files that are read part by part: what is found in them is what is found in a small file."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from fakes.item_files import ITEMS, ITEMS_HEADER
from personalize_sfn.datasets import csv_bytes, files, load_csv, schemas, spill, validate
from personalize_sfn.errors import DataError

FIRST = 1_260_759_144
SCHEMA = schemas.interactions("EVENT_TYPE", "EVENT_VALUE")


@pytest.fixture
def parts_of(monkeypatch):
    """Lets every file be read in parts of so many bytes, and the disk be used from so many bytes on."""

    def use(size: int, in_memory: int = spill.IN_MEMORY) -> None:
        monkeypatch.setattr(files, "LARGE_BYTES", -1)
        monkeypatch.setattr(files, "BLOCK_BYTES", size)
        monkeypatch.setattr(spill, "IN_MEMORY", in_memory)

    return use


def outcome(path: Path, schema=SCHEMA, **options):
    """The report and the rows as Personalize reads them; or the error."""
    try:
        prepared = load_csv(path, schema, **options)
        return str(prepared.report), csv_bytes(prepared.frame), prepared.frame.dtypes.astype(str).to_dict()
    except DataError as error:
        return str(error)


def events(rows: int = 1_500, seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    users = [*map(str, range(60)), *(f"user-{each:012}" for each in range(30)), "Zoë", "日本語のユーザー", "007"]
    return [
        f"{draw.choice(users)},{draw.randrange(40)},{FIRST + draw.randrange(300)},"
        f"{draw.choice(['buy', 'view'])},{draw.choice(['', '1', '2.50', '-3e2'])}"
        for _ in range(rows)
    ]


HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"
DOUBTFUL = [
    "u,1,1260759144.0,buy,",
    "u,1,2009-12-14T02:52:24Z,buy,",
    "u,1,2009-12-14,buy,1",
    " 7,+1,01260759144,buy,007",
    '"u ""1""",1,1260759144,buy,',
    '"a,b",1,1260759144,buy,',
    "c:\\x,1,1260759144,buy,",
    ",,,,",
    "",
    "u,1,1260759144",
    "x" * 300 + ",1,1260759144,buy,",
    ",1,1260759144,buy,",
    "u,1,yesterday,buy,",
    "u,1,1260759144000,buy,",
    "u,1,-5,buy,",
    "u,1,4260759144,buy,",
    "u,1,1260759144,buy,dear",
    "u,1,1260759144,buy,inf",
    "u,1,1260759144,buy,1e39",
    "u,1,1260759144,buy,,,",
    '"u,1,1260759144,buy,',
    '"u\n2",1,1260759144,buy,',
]


@pytest.mark.parametrize("doubtful", [*((each,) for each in DOUBTFUL), *pairwise(DOUBTFUL[:10])], ids=str)
def test_parts_are_judged_as_a_small_file_is(tmp_path, parts_of, doubtful):
    lines = [*doubtful]
    good = events()
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *good[:700], *lines, *good[700:], *lines, ""]), encoding="utf-8")
    small = outcome(path)
    parts_of(4_000)
    assert outcome(path) == small


def test_what_does_not_fit_in_memory_is_counted_on_disk(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events(3_000), ""]), encoding="utf-8")
    small = outcome(path)
    assert "exact duplicate" in small[0]
    parts_of(20_000, in_memory=4_000)
    assert outcome(path) == small


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


def test_a_rating_drops_rows_of_parts(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    lines = [f"{line.rpartition(',')[0]},{number % 9}" for number, line in enumerate(events())]
    path.write_text("\n".join([HEADER.replace("EVENT_VALUE", "RATING"), *lines]), encoding="utf-8")
    schema = schemas.interactions("EVENT_TYPE")
    small = outcome(path, schema, min_rating_exclusive=1)
    assert "rating of 1 or less" in small[0]
    parts_of(4_000)
    assert outcome(path, schema, min_rating_exclusive=1) == small


def test_of_items_the_last_row_stays_in_parts_too(tmp_path, parts_of):
    rows = [f"{number % 50},Drama|Comedy,{number % 3}.5,true,3,a film" for number in range(400)]
    odd = ["7,,,,,", '8,"A, B",1.5,False,,"say \\"hi\\""', "7,,,,,", "9,Drama,nan,,,"]
    path = tmp_path / "items.csv"
    path.write_text("\n".join([ITEMS_HEADER.strip(), *rows, *odd[:3], ""]))
    small = outcome(path, ITEMS)
    assert "replaced by a later row of the same ITEM_ID" in small[0]
    parts_of(2_500, in_memory=2_000)
    assert outcome(path, ITEMS) == small
    path.write_text("\n".join([ITEMS_HEADER.strip(), *rows, *odd, ""]))
    assert "expected a number (float), found 'nan'" in outcome(path, ITEMS)


def test_a_constant_event_type_is_added_to_parts(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    lines = [",".join(line.split(",")[:3]) for line in events()]
    path.write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *lines, ""]), encoding="utf-8")
    small = outcome(path, None)
    assert "no column EVENT_TYPE: every row gets 'interaction' (default_event_type)" in small[0]
    parts_of(4_000)
    assert outcome(path, None) == small


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


def test_a_folder_without_data_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(DataError, match=r"expected a folder with files that end in \.csv, \.parquet, found none"):
        load_csv(tmp_path)


def test_too_little_scratch_disk_is_said_before_the_check(tmp_path, parts_of, monkeypatch):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events(), ""]), encoding="utf-8")
    parts_of(4_000)
    usage = files.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    monkeypatch.setattr(files.tempfile, "gettempdir", lambda: "/scratch")
    with pytest.raises(DataError) as error:
        load_csv(path, SCHEMA)
    assert str(error.value) == (
        f"clicks.csv: expected {2 * path.stat().st_size:,} bytes of free disk in /scratch for the check, found 1,000; "
        "free some, or set TMPDIR to a folder on a larger disk"
    )


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


def test_the_end_of_a_file_need_not_be_the_end_of_a_line(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events()]), encoding="utf-8")
    small = outcome(path)
    parts_of(4_000)
    assert outcome(path) == small
