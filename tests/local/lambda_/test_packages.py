"""Zips that unpack to more than Lambda takes, and folders of zips that share files."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from personalize_sfn.local.lambda_ import packages
from personalize_sfn.local.lambda_.packages import LARGEST_UNZIPPED, BadZipError, CodeFolders, check_zip


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


def _code(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py", (2024, 5, 6, 7, 8, 10)), text)
    return content.getvalue()


def _loaded(folder: Path) -> tuple[set[str], str]:
    """From which files of the folder Python takes code when it imports the function, and what that prints."""
    command = [sys.executable, "-I", "-v", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); import handler"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env={})
    found = re.findall(r"code object from '?([^'\n]+)", ended.stderr)
    return {Path(file).name for file in found if file.startswith(str(folder))}, ended.stdout.strip()


def test_a_file_that_functions_share_is_compiled_once(tmp_path: Path):
    shared = "def where():\n    return where.__code__.co_filename"
    folders = CodeFolders(tmp_path)
    first = folders.folder("1", _code(handler="import shared\nprint(shared.where())", shared=shared))
    assert _loaded(first) == ({"handler.py", "shared.py"}, str(first / "shared.py"))

    second = folders.folder("2", _code(handler="from shared import where\nprint(where())", shared=shared))
    compiled = Path(cache_from_source("shared.py")).name
    assert _loaded(second) == ({"handler.py", compiled}, str(second / "shared.py"))


def test_a_file_has_the_time_that_its_zip_says(tmp_path: Path):
    file = CodeFolders(tmp_path).folder("1", _code(handler="")) / "handler.py"
    assert datetime.fromtimestamp(file.stat().st_mtime, UTC) == datetime(2024, 5, 6, 7, 8, 10, tzinfo=UTC)
