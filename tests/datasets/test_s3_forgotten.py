"""Tests of ``datasets.s3``: users who were forgotten are not uploaded again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from personalize_sfn.config import Config
from personalize_sfn.datasets import csv_output, schemas, upload_dataset
from personalize_sfn.datasets.validation import Prepared
from personalize_sfn.errors import DataError
from personalize_sfn.session import Session

USERS = dict(schemas.movielens_users())
CONFIG = Config.from_dict({"project": "movies", "forgetting": True, "datasets": {"users": {"schema": USERS}}})
SESSION = cast(Session, SimpleNamespace(region="us-east-1", account_id="123456789012"))


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which ids are looked for; u2 was forgotten."""
    calls: list[list[str]] = []

    class Known:
        anyone = True

        def __init__(self, *_: Any) -> None:
            pass

        def among(self, ids: list[str]) -> list[str]:
            calls.append(ids)
            return [each for each in ids if each == "u2"]

    monkeypatch.setattr("personalize_sfn.forgotten_users.ForgottenUsers", Known)
    return calls


def test_large_files_are_read_in_parts_and_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    names = [each["name"] for each in USERS["fields"]]
    rows = tmp_path / "rows.csv"
    ids = ["u1", '"a \\"b\\""', "u2", "u1"]
    rows.write_text("".join(",".join(each if name == "USER_ID" else "1" for name in names) + "\n" for each in ids))
    monkeypatch.setattr("personalize_sfn.datasets.s3._ROWS_AT_ONCE", 2)
    table = csv_output.CheckedCsv(rows, names, len(ids))
    with pytest.raises(
        DataError,
        match=r"^the data name users who were forgotten \('u2'\), and an import would bring them back: leave",
    ):
        upload_dataset(SESSION, CONFIG, "USERS", Prepared(table, USERS, cast(Any, None)))
    assert asked == [['a "b"', "u1", "u2"]]
