"""Tests of ``local.personalize.persistence.content``."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.persistence_worker import Personalize
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError


def _trained_in(path: Path) -> None:
    with running(path) as aws:
        aws.trained(aws.data(), "aws-popularity-count")


@pytest.mark.parametrize("how", ["cut short", "changed", "missing"])
def test_a_damaged_file_is_named_at_the_start(tmp_path: Path, how: str):
    _trained_in(tmp_path)
    for file in sorted((tmp_path / "files").iterdir()):
        content = file.read_bytes()
        if how == "cut short":
            file.write_bytes(content[: len(content) // 2])
        elif how == "changed":
            middle = len(content) // 2
            file.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
        else:
            file.unlink()
        with pytest.raises(LocalAwsError, match="damaged or missing") as error:
            Personalize(tmp_path)
        assert str(file) in str(error.value)
        file.write_bytes(content)
    Personalize(tmp_path).close()
