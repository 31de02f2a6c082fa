"""Tests of ``npz``."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from personalize_sfn.npz import NpzError, read_npz


def _npz(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def test_an_npz_takes_no_more_memory_than_its_file():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("array0.npy", bytes(10_000_000))
    with pytest.raises(NpzError, match="its arrays are compressed"):
        read_npz(bomb)
    claims = _npz(a=np.zeros(16, dtype=np.int64)).replace(b"(16,)", b"(9e9)"[:5])
    with pytest.raises(NpzError):
        read_npz(io.BytesIO(claims))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<i8", "fortran_order": False, "shape": (10**12,)})
        archive.writestr("a.npy", header.getvalue())
    with pytest.raises(NpzError, match=r"a\.npy claims the shape \(1000000000000,\), which is not what it holds"):
        read_npz(content)
