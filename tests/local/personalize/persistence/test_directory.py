"""Data directories that are not ours, not of this format, damaged, or made by somebody with bad intentions."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import stat
from pathlib import Path

import numpy as np
import pytest

from fakes.old_directories import OLD, database_of, in_old, refused
from fakes.persistence_worker import Personalize
from fakes.recorded_directories import different, unpacked
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence import DataDirectory, RecordPersistence, upgrade


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_without_its_database_no_content_is_deleted(tmp_path: Path, how: str):
    with running(tmp_path) as aws:
        aws.imported(aws.dataset())
    if how == "missing":
        (tmp_path / "resources.sqlite").unlink()
    else:
        (tmp_path / "resources.sqlite").write_bytes(b"")
    assert f"its database resources.sqlite is {how}, while files/ holds 1 files. Nothing was changed." in refused(
        tmp_path
    )


def test_only_files_with_names_of_ours_are_swept(tmp_path: Path):
    with running(tmp_path) as aws:
        aws.imported(aws.dataset())
    files = tmp_path / "files"
    (kept,) = (file.name for file in files.iterdir())
    (files / "sub").mkdir()
    (files / "sub" / "thesis.docx").write_text("three years")
    (files / "thesis.npz").write_text("mine")
    (files / "0123456789abcdef-00000000.npz").write_text("left by a killed process")
    (files / ".0123456789abcdef.unfinished").write_text("left by a killed process")
    (files / "0123456789abcdef-00000001.npz").symlink_to(tmp_path / "resources.sqlite")
    Personalize(tmp_path).close()
    assert {file.name for file in files.iterdir()} == {kept, "sub", "thesis.npz", "0123456789abcdef-00000001.npz"}
    assert (files / "sub" / "thesis.docx").exists()


def test_an_upgrade_closes_it_to_others(tmp_path: Path):
    data, _, _ = unpacked(tmp_path, "35d1be9")
    data.chmod(0o755)
    Personalize(data).close()
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in [data, *data.rglob("*")]}
    assert {modes.pop("data"), modes.pop("files")} == {0o700}
    assert set(modes.values()) == {0o600}


def test_a_newer_format_is_refused(tmp_path: Path):
    Personalize(tmp_path).close()
    database = database_of(tmp_path)
    database.execute("PRAGMA user_version = 4")
    database.close()
    assert f"the data directory {tmp_path} has format 4, and this version of personalize-sfn reads up to 3" in refused(
        tmp_path
    )


def test_an_older_format_is_refused_with_the_commit_that_reads_it(tmp_path: Path):
    data, _, _ = unpacked(tmp_path, "35d1be9")
    content = {"$object": f"{OLD}.tables:DatasetContent", "fields": {"parts": {"$tuple": []}}}
    in_old(data, "UPDATE records SET content = ? WHERE resource_type = 'dataset'", json.dumps(content))
    said = refused(data)
    assert f"the data directory {data} was written by an older version of personalize-sfn " in said
    assert "(it holds a dataset_content with parts), which this one does not read: commit 5f4979b does." in said


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path):
    database = database_of(tmp_path)
    database.execute("CREATE TABLE mine (value)")
    database.close()
    assert "is no data directory that this version reads (it says no format). Nothing was changed" in refused(tmp_path)


def test_an_upgrade_that_is_interrupted_leaves_the_old_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data, expected, at = unpacked(tmp_path, "35d1be9")
    with monkeypatch.context() as patch:

        def killed(rows: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(upgrade.DatabaseRows, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            DataDirectory(data)
    old = sqlite3.connect(data / "resources.sqlite")
    assert old.execute("SELECT format FROM about").fetchall() == [("personalize-sfn data directory 1",)]
    old.close()
    with running(data, at=at) as aws:
        groups = {
            key: value for key, value in expected.items() if ":dataset-group/" in key and not key.endswith("tags")
        }
        found = {arn: aws.describe("dataset_group", arn) for arn in groups}
        assert different(json.loads(json.dumps(found, default=lambda time: time.isoformat())), groups) == {}


def _with_other_model(data: Path) -> None:
    """The popularity model as another version of this package would write it."""
    for file in (data / "files").glob("*.npz"):
        with np.load(file) as arrays:
            content = dict(arrays)
        if "recipe" in content and str(content["recipe"]) == "aws-popularity-count":
            np.savez(file, **(content | {"format": np.array("personalize-sfn model 0")}))


def test_a_model_of_another_format_fails_its_version_and_all_else_is_served(tmp_path: Path):
    data, expected, at = unpacked(tmp_path, "35d1be9")
    _with_other_model(data)
    reason = (
        "The model was written by another version of personalize-sfn, in a format that this one does not read: "
        "train again."
    )
    for _ in range(2):
        with running(data, at=at) as aws:
            versions = [arn for arn in expected if ":solution/" in arn and expected[arn].__class__ is dict]
            versions = [arn for arn in versions if "solutionVersionArn" in expected[arn]]
            described = {arn: aws.describe("solution_version", arn) for arn in versions}
            (failed,) = [arn for arn in versions if described[arn]["status"] == "CREATE FAILED"]
            assert described[failed]["failureReason"] == reason
            for campaign, items in expected["for u1"].items():
                if not campaign.startswith("arn:") or "next-best-action" in campaign or not items:
                    continue
                if aws.describe("campaign", campaign)["solutionVersionArn"] != failed:
                    asked = {"itemId": "i1", "userId": "u1"}
                    answer = aws.runtime.get_recommendations(campaignArn=campaign, numResults=10, **asked)
                    assert answer["itemList"]
                    continue
                with pytest.raises(aws.runtime.exceptions.ResourceNotFoundException) as error:
                    aws.runtime.get_recommendations(campaignArn=campaign, userId="u1")
                assert error.value.response["Error"]["Message"] == (
                    f"The solution version of the given campaign cannot answer. {reason} {failed}"
                )


def test_no_flipped_bit_of_the_database_is_taken_for_data(tmp_path: Path):
    original = tmp_path / "original"
    with running(original) as aws:
        aws.campaign(aws.trained(aws.data(), "aws-popularity-count"))
    content = (original / "resources.sqlite").read_bytes()
    rows = _rows(original)
    draw = random.Random(3)
    for number in range(60):
        data = tmp_path / str(number)
        shutil.copytree(original, data)
        place = draw.randrange(len(content)) if number % 4 else draw.randrange(100)
        flipped = bytearray(content)
        flipped[place] ^= 1 << draw.randrange(8)
        (data / "resources.sqlite").write_bytes(flipped)
        found = _rows_or_refusal(data)
        assert found == rows or (isinstance(found, str) and str(data) in found)
        shutil.rmtree(data)


def _rows_or_refusal(path: Path) -> list[object] | str:
    try:
        return _rows(path)
    except LocalAwsError as error:
        return str(error)


def _rows(path: Path) -> list[object]:
    directory = DataDirectory(path)
    try:
        RecordPersistence(directory).stores()
        return [directory.rows(name) for name in ("stores", "records", "logs", "buckets", "objects")]
    finally:
        directory.close()
