"""Reading what was exported; running an export is a journey."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fakes.output_folders import FOLDER, OutputFolder, ended_with, session_with
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError
from personalize_sfn.outputs import ExportRun, export

ITEMS = schemas.items(schemas.field("COUNTRY", nullable=True), schemas.field("PRICE", "float", nullable=True))
CONFIG = Config.from_dict({"project": "movies", "exports": True, "datasets": {"items": {"schema": dict(ITEMS)}}})


def ended(kind="items", **files):
    output = {"exports": [{"dataset": kind, "outputLocation": FOLDER}]}
    return ExportRun(session_with(OutputFolder(**files)), CONFIG, kind, ended_with(output))


def test_ids_and_texts_stay_as_they_are_and_what_a_row_lacks_is_missing():
    frame = ended(a__csv='ITEM_ID,COUNTRY,PRICE\n007,NA,1.5\n8,,\n9,"a \\"b\\", c",2\n', _CHECK="").frame()
    assert frame["ITEM_ID"].tolist() == ["007", "8", "9"]
    assert frame["COUNTRY"].fillna("missing").tolist() == ["NA", "missing", 'a "b", c']
    assert frame["PRICE"].fillna(-1).tolist() == [1.5, -1, 2]


def test_several_files_are_read_one_after_the_other_in_tables_of_so_many_rows():
    rows = "ITEM_ID,COUNTRY,PRICE\n" + "1,NL,2\n" * 5
    assert [len(table) for table in ended(a__csv=rows, b__csv=rows).frames(chunksize=3)] == [3, 2, 3, 2]


def test_a_dataset_that_the_config_does_not_have_is_refused():
    with pytest.raises(ConfigError, match=r"^datasets: has no 'users', only interactions, items$"):
        ended("users")


def test_without_exports_in_the_config_it_says_what_to_set():
    nothing: Any = SimpleNamespace()
    with pytest.raises(ConfigError, match=r"^exports: is false: set exports: true, and deploy, which lets Personalize"):
        export(nothing, Config(project="movies"), "interactions")
