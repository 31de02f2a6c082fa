"""The user's own CSV by the command line."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from personalize_sfn.cli.data import (
    CsvOptions,
    check,
    check_sources,
    csv_options,
    load,
    load_own,
    own_titles,
    scratch_line,
)
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.datasets import MovieLens, schemas
from personalize_sfn.errors import ConfigError, DataError

ITEMS = schemas.items(schemas.field("CATEGORY", categorical=True, nullable=True))
SHOP = Config(
    project="shop",
    datasets=DatasetsConfig(
        interactions=DatasetConfig(schema=schemas.interactions()), items=DatasetConfig(schema=ITEMS)
    ),
)


@pytest.fixture
def clicks(tmp_path: Path):
    """Writes 1,200 clicks under a header of one's own, in seconds times ``factor``."""

    def write(header: str, name: str = "clicks.csv", factor: int = 1, start: int = 1_600_000_000) -> Path:
        rows = (f"u{row % 50},i{row},{(start + row) * factor}" for row in range(1_200))
        path = tmp_path / name
        path.write_text("\n".join([header, *rows, ""]))
        return path

    return write


def options_of(line: str) -> CsvOptions:
    """The options as the command line reads them."""
    read = {}

    @click.command()
    @csv_options
    def command(**given) -> None:
        read.update(given)

    result = CliRunner().invoke(command, shlex.split(line))
    assert result.exit_code == 0, result.output
    return CsvOptions(**read)


@pytest.mark.parametrize("name", ["clicks.csv", "CLICKS.CSV", "Clicks.Csv", "clicks.txt", "clicks.tsv", "clicks"])
def test_any_file_but_a_zip_is_a_csv(clicks, name):
    path = clicks("USER_ID,ITEM_ID,TIMESTAMP", name)
    assert load(str(path)) == path
    assert load_own(path, SHOP, "INTERACTIONS", CsvOptions({})).report.rows_kept == 1_200


def test_a_zip_and_a_folder_are_movielens(tmp_path):
    (tmp_path / "u.data").write_text("1\t1\t3\t881250949\n")
    assert isinstance(load(str(tmp_path)), MovieLens)


@pytest.mark.parametrize(
    "header",
    ["user,sku,at", "customer_id,product_id,started_at", "userId,movieId,timestamp", "visitor,video_id,event_time"],
)
def test_the_remedy_of_a_header_is_the_options_that_read_it(clicks, header):
    path = clicks(header)
    with pytest.raises(DataError) as error:
        load_own(path, SHOP, "INTERACTIONS", CsvOptions({}))
    remedy = " ".join(re.findall(r"--columns \S+", str(error.value)))
    assert remedy.count("=") == 3
    assert load_own(path, SHOP, "INTERACTIONS", options_of(remedy)).report.rows_kept == 1_200


def test_the_remedy_of_milliseconds_is_the_option_that_reads_them(clicks):
    path = clicks("USER_ID,ITEM_ID,TIMESTAMP", factor=1000)
    with pytest.raises(DataError, match=r"these are milliseconds: say so with --time-unit ms$") as error:
        load_own(path, SHOP, "INTERACTIONS", CsvOptions({}))
    remedy = re.search(r"--time-unit \w+", str(error.value))
    assert remedy is not None
    assert load_own(path, SHOP, "INTERACTIONS", options_of(remedy[0])).frame["TIMESTAMP"][0] == 1_600_000_000


def test_the_remedy_of_old_times_is_the_option_that_takes_them(clicks):
    path = clicks("USER_ID,ITEM_ID,TIMESTAMP", start=400_000_000)
    with pytest.raises(DataError) as error:
        load_own(path, SHOP, "INTERACTIONS", CsvOptions({}))
    remedy = re.search(r"--earliest \S+", str(error.value))
    assert remedy is not None
    assert load_own(path, SHOP, "INTERACTIONS", options_of(remedy[0])).report.facts["from"] == "1982-09-04"


def test_columns_come_from_the_configuration_and_the_command_line_goes_before(clicks):
    columns = {"user": "USER_ID", "sku": "ITEM_ID", "created": "TIMESTAMP"}
    interactions = DatasetConfig(schema=schemas.interactions(), columns=columns)
    config = Config(project="shop", datasets=DatasetsConfig(interactions=interactions))
    path = clicks("user,sku,at")
    options = options_of("--columns at=TIMESTAMP")
    assert load_own(path, config, "INTERACTIONS", options).report.rows_kept == 1_200
    with pytest.raises(DataError, match="there is no column 'created' to rename; the header has user, sku, at"):
        load_own(path, config, "INTERACTIONS", CsvOptions({}))


def test_a_file_that_has_the_schemas_own_names_needs_no_columns(clicks):
    config = Config(
        datasets=DatasetsConfig(
            interactions=DatasetConfig(schema=schemas.interactions(), columns={"user": "USER_ID", "sku": "ITEM_ID"})
        )
    )
    path = clicks("USER_ID,sku,TIMESTAMP")
    assert load_own(path, config, "INTERACTIONS", CsvOptions({})).report.rows_kept == 1_200


def test_one_option_serves_interactions_and_items(clicks, tmp_path):
    items = tmp_path / "items.csv"
    items.write_text("sku,CATEGORY\ni1,x\n")
    options = options_of("--columns sku=ITEM_ID --columns user=USER_ID --columns at=TIMESTAMP")
    assert load_own(clicks("user,sku,at"), SHOP, "INTERACTIONS", options).report.rows_kept == 1_200
    assert load_own(items, SHOP, "ITEMS", options).frame.to_dict("records") == [{"ITEM_ID": "i1", "CATEGORY": "x"}]


def test_columns_in_the_configuration_must_be_those_of_the_schema():
    with pytest.raises(ConfigError) as error:
        DatasetConfig(schema=schemas.interactions(), columns={"user": "USERID", "a": "ITEM_ID", "b": "ITEM_ID"})
    assert "expected a column of the schema, got 'USERID'; did you mean USER_ID?" in str(error.value)
    assert "expected one column for ITEM_ID, got a second one" in str(error.value)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--users", "v.csv"], "--users: the configuration has no datasets.users: add it with the schema of v.csv"),
        (["--items", "nope.csv"], "--items: the configuration has no datasets.items"),
        (
            ["--data", "nope.csv"],
            "--data: expected movielens, a CSV, or a folder or zip of MovieLens; there is no 'nope",
        ),
        (["--columns", "sku=ITEM_ID"], "--columns sku=ITEM_ID: there is no CSV to upload"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_started(command, words, problem):
    result = command("run", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {problem}")


def test_a_column_that_no_schema_has_is_refused(clicks):
    path = str(clicks("user,sku,at"))
    with pytest.raises(DataError, match=r"^--columns at=TIME: expected one of ITEM_ID, RATING, TIMESTAMP, USER_ID$"):
        check_sources(SHOP, {"INTERACTIONS": path}, CsvOptions({"at": "TIME"}))
    with pytest.raises(DataError, match=r"^--items: expected a CSV; there is no file 'nope\.csv'$"):
        check_sources(SHOP, {"ITEMS": "nope.csv"}, CsvOptions({}))


def test_titles_that_are_not_there_are_named_by_their_own_option(command):
    result = command("recommend", "1", "--titles", "nope.csv")
    assert result.code == 2
    assert result.err.startswith("error: --titles: expected movielens, a CSV,")


def test_titles_are_read_as_they_are_written_and_their_columns_may_have_other_names(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text('sku;name\n1;NA\n2;"""Heroes"", live"\n3;null\n')
    with pytest.raises(DataError) as error:
        own_titles(path, {})
    assert str(error.value) == (
        "products.csv: line 1: expected the columns ITEM_ID, TITLE (titles need them), found only sku, name; "
        "if these are the right ones, rename them with --columns sku=ITEM_ID --columns name=TITLE"
    )
    table = own_titles(path, {"sku": "ITEM_ID", "name": "TITLE"})
    assert table.values.tolist() == [["1", "NA"], ["2", '"Heroes", live'], ["3", "null"]]


def test_pipes_and_devices_are_named_instead_of_being_read_for_hours(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for source in (str(tmp_path / "pipe.csv"), os.devnull):
        with pytest.raises(DataError) as error:
            check(source, "--items")
        assert str(error.value) == (
            f"--items: expected a file or folder, {source!r} is a device or pipe: save it as a file first"
        )


def test_a_folder_of_own_files_is_a_table_and_one_of_movielens_a_release(tmp_path):
    (tmp_path / "2024.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\n")
    assert load(str(tmp_path)) == tmp_path
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,2,3,1260759144\n")
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n2,Jumanji (1995),Adventure\n")
    assert not isinstance(load(str(tmp_path)), Path)


def test_what_a_large_file_takes_of_the_disk_is_said_before(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/scratch")
    path = tmp_path / "clicks.csv"
    path.write_bytes(b"USER_ID,ITEM_ID,TIMESTAMP\n")
    assert scratch_line(path) is None
    with path.open("r+b") as file:
        file.truncate(5 * 10**9)
    assert scratch_line(path) == f"Reading {path}: 5.00 GB, up to 10.00 GB of scratch disk in /scratch"
