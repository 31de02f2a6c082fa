"""Model files: whole or not at all, and never code."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.engine import Interactions, fit, load, save
from personalize_sfn.errors import DataError


@pytest.fixture
def path(checkerboard: Interactions, tmp_path: Path) -> Path:
    file = tmp_path / "model.npz"
    save(fit("aws-popularity-count", checkerboard), "aws-popularity-count", file)
    return file


def test_nothing_but_the_model_is_left_in_the_folder(path: Path):
    assert [file.name for file in path.parent.iterdir()] == ["model.npz"]


def test_a_failed_save_leaves_the_old_file_as_it_was(path: Path, checkerboard: Interactions):
    class Broken:
        interactions = checkerboard

        def to_arrays(self) -> dict[str, object]:
            return {"not_an_array_of_numbers": np.array([object()], dtype=object)}

    before = path.read_bytes()
    with pytest.raises(ValueError, match="allow_pickle"):
        save(Broken(), "aws-popularity-count", path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_an_error_that_names_it(path: Path, share: float):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DataError, match=r"model\.npz: not a whole model file"):
        load(path)


def test_a_pickled_object_in_the_file_is_not_run(path: Path):
    content = io.BytesIO()
    np.savez(content, format=np.array([{"code": "here"}], dtype=object))
    path.write_bytes(content.getvalue())
    with pytest.raises(DataError, match=r"model\.npz: not a whole model file"):
        load(path)


def test_a_file_of_another_format_is_an_error_that_says_which(path: Path):
    np.savez(path, format=np.array("something else"))
    with pytest.raises(DataError, match="expected a file of format 'personalize-sfn model 1', got 'something else'"):
        load(path)


def test_a_file_that_does_not_exist_is_just_that(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.npz")
