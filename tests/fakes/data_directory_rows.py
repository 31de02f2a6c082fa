"""The rows of a data directory, and copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from personalize_sfn.local.personalize.persistence import DataDirectory, RecordPersistence

__all__ = ["copied", "rows_of"]


TABLES = ("stores", "records", "logs", "buckets", "objects")


def rows_of(path: Path) -> list[object]:
    directory = DataDirectory(path)
    try:
        RecordPersistence(directory).stores()
        return [directory.rows(name) for name in TABLES]
    finally:
        directory.close()


def copied(original: Path, path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    return Path(shutil.copytree(original, path))
