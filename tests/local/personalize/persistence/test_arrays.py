"""Tests of ``arrays``: columns as npz files without pickle: reading one runs no code of its writer."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from personalize_sfn.local.personalize.persistence.arrays import read_arrays, write_arrays


def test_columns_with_nulls_and_texts_come_back_as_they_were(tmp_path: Path):
    objects = np.array([None, "", "a\0", "ü\ud800", 1, 2.5, True, None], dtype=object)
    columns = {"A": objects, "B": np.array(["x", "yy"] * 4), "C": np.arange(8), "D": np.array([], dtype=object)}
    file = io.BytesIO()
    write_arrays(file, columns)
    read = read_arrays(file, "columns.npz")
    assert list(read) == list(columns)
    for name, column in columns.items():
        assert read[name].dtype == column.dtype
        assert [(type(value), value) for value in read[name]] == [(type(value), value) for value in column]
