"""Files that are read part by part: what is found in them is what is found in a small file."""

from __future__ import annotations

import pytest

from fakes.event_files import HEADER, SCHEMA, events
from personalize_sfn.datasets import files, load_csv
from personalize_sfn.errors import DataError


def test_a_folder_without_data_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(DataError, match=r"expected a folder with files that end in \.csv, \.parquet, found none"):
        load_csv(tmp_path)


def test_too_little_scratch_disk_is_said_before_the_check(tmp_path, parts_of, monkeypatch):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events(), ""]), encoding="utf-8")
    parts_of(4_000)
    usage = files.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    monkeypatch.setattr(files.tempfile, "gettempdir", lambda: "/scratch")
    with pytest.raises(DataError) as error:
        load_csv(path, SCHEMA)
    assert str(error.value) == (
        f"clicks.csv: expected {2 * path.stat().st_size:,} bytes of free disk in /scratch for the check, found 1,000; "
        "free some, or set TMPDIR to a folder on a larger disk"
    )
