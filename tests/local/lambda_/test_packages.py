"""Zips that unpack to more than Lambda takes."""

from __future__ import annotations

import io
import zipfile

import pytest

from personalize_sfn.local.lambda_ import packages
from personalize_sfn.local.lambda_.packages import LARGEST_UNZIPPED, BadZipError, check_zip


def _zip_of(size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("handler.py", bytes(size // 2))
        archive.writestr("more.py", bytes(size - size // 2))
    return content.getvalue()


def test_the_limit_is_that_of_lambda():
    assert LARGEST_UNZIPPED == 262_144_000


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "LARGEST_UNZIPPED", 1_000_000)
    check_zip(_zip_of(999_999))
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda _: pytest.fail("it was unpacked"))
    with pytest.raises(BadZipError) as error:
        check_zip(_zip_of(1_000_000))
    assert str(error.value) == "Unzipped size must be smaller than 1000000 bytes"
