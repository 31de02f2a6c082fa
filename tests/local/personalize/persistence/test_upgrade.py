"""Data directories that earlier versions wrote: opened, upgraded, and asked what they were asked then.

recorded/record.py says how they were made, recorded/questions.py what was asked.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from fakes.recorded_directories import FOLDER, answers, different, unpacked
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws

RECORDED = ("35d1be9", "62a7010")
TOO_OLD = {"be03077": "5f4979b"}
"""What was recorded by older commits, a dataset and what it was imported from, and the commits that read it."""


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_directory_answers_what_it_did(tmp_path: Path, name: str):
    data, expected, at = unpacked(tmp_path, name)
    expected = {key: value for key, value in expected.items() if key.startswith(("arn:", "for "))}
    for arn, described in expected.items():
        if ":solution/aws-item-affinity" in arn and described.get("solutionConfig") == {}:
            del described["solutionConfig"]  # AWS shows none of user segmentation; 35d1be9 did
    for _ in ("upgraded", "opened again"):
        with running(data, at=at) as aws:
            assert different(answers(aws.client, s3=False), expected) == {}
            elsewhere = aws.client("personalize", "eu-west-1").list_dataset_groups()["datasetGroups"]
            assert [group["name"] for group in elsewhere] == ["elsewhere"]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_directory_keeps_its_objects(tmp_path: Path, name: str):
    data, expected, _ = unpacked(tmp_path, name)
    for _ in ("upgraded", "opened again"):
        with LocalAws(data_dir=data) as aws:
            found = answers(aws.session().client)
            assert {key: value for key, value in different(found, expected).items() if "s3" in key} == {}
            about = ("policy", "tags", "encryption", "block")
            assert {key: found[key] for key in about} == {key: expected[key] for key in about}


@pytest.mark.parametrize(("name", "reads_it"), TOO_OLD.items())
def test_an_older_directory_is_refused_with_the_commit_that_reads_it(tmp_path: Path, name: str, reads_it: str):
    with tarfile.open(FOLDER / f"{name}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    data = tmp_path / "data"
    before = _state(data)
    with pytest.raises(LocalAwsError) as error:
        LocalAws(data_dir=data).start()
    assert str(error.value) == (
        f"the data directory {data} was written by an older version of personalize-sfn (it holds a dataset_content "
        f"with parts), which this one does not read: commit {reads_it} does. Nothing was changed; use another "
        "directory, or that commit"
    )
    assert _state(data) == before


def _state(path: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, mode and time of change of all files."""
    files = [each for each in path.rglob("*") if each.is_file()]
    return {str(each): (each.read_bytes(), each.stat().st_mode, each.stat().st_mtime_ns) for each in files}
