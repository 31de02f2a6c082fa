"""Tests of ``outputs``: ``personalize-sfn batch`` and ``personalize-sfn export``; with real jobs in journeys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from personalize_sfn.errors import DataError
from personalize_sfn.local import LocalAws
from personalize_sfn.outputs import BatchLineError, BatchRun

CONFIG = """
project: shop
exports: true
batch: {newsletter: {solution: for-you, input: shop/in/users.json}}
"""


class EndedBatch(BatchRun):
    """A batch that ended with these tables, or breaks off in the middle of them."""

    def __init__(self, *tables: pd.DataFrame, breaks_off: bool = False) -> None:
        self.execution: Any = SimpleNamespace(execution_arn="arn:shop-batch:1", client=None, wait=lambda progress: None)
        self.errors = [BatchLineError("users.json.out", 2, {}, "[red]no such user")]
        self.error_count = 3
        self.tables, self.breaks_off = tables, breaks_off

    @property
    def output(self) -> dict[str, Any]:
        return {"outputLocation": "s3://bucket/shop/out/"}

    def frames(self, chunksize: int = 100_000):
        yield from self.tables
        if self.breaks_off:
            raise DataError("S3 refused")


TABLES = [pd.DataFrame({"USER_ID": [user], "rank": [1], "ITEM_ID": ["i1"], "score": [0.5]}) for user in ("u1", "u2")]


@pytest.fixture
def shop(aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[BatchRun], str]:
    """The options of a config whose batches are this one."""
    file = tmp_path / "shop.yaml"
    file.write_text(CONFIG)

    def ends_with(run: BatchRun) -> str:
        monkeypatch.setattr("personalize_sfn.outputs.batch", lambda *_, **__: run)
        return str(file)

    return ends_with


def test_all_tables_are_one_csv_and_lines_without_an_answer_are_told(shop, command, tmp_path: Path) -> None:
    config = shop(EndedBatch(*TABLES))
    result = command("--config", config, "batch", "newsletter", "--out", str(tmp_path / "out.csv"))
    assert (result.code, (tmp_path / "out.csv").read_text()) == (
        0,
        "USER_ID,rank,ITEM_ID,score\nu1,1,i1,0.5\nu2,1,i1,0.5\n",
    )
    assert "2 rows in" in result.out
    assert "note 3 lines have no answer, the first: [red]no such user" in result.out


def test_without_a_file_the_output_stays_in_s3(shop, command) -> None:
    result = command("--config", shop(EndedBatch(*TABLES)), "batch", "newsletter", "--json")
    assert result.json == {
        "executionArn": "arn:shop-batch:1",
        "status": "SUCCEEDED",
        "output": {"outputLocation": "s3://bucket/shop/out/"},
    }


def test_a_file_appears_only_when_it_is_whole(shop, command, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("of yesterday")
    config = shop(EndedBatch(*TABLES, breaks_off=True))
    result = command("--config", config, "batch", "newsletter", "--out", str(target))
    assert result.code == 2
    assert "S3 refused" in result.err
    assert target.read_text() == "of yesterday"
    assert list(tmp_path.glob("out.csv*")) == [target]


def test_a_batch_that_the_config_does_not_have_is_wrong_usage(shop, command) -> None:
    result = command("--config", shop(EndedBatch()), "batch", "weekly")
    assert result.code == 2
    assert "batch: has no 'weekly', only newsletter" in result.err


def test_an_export_of_a_dataset_that_the_config_does_not_have_is_wrong_usage(shop, command) -> None:
    result = command("--config", shop(EndedBatch()), "export", "movies")
    assert result.code == 2
    assert "datasets: has no 'movies', only interactions" in result.err
