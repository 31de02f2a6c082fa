"""Data directories that earlier versions wrote, unpacked.

``tests/local/personalize/persistence/recorded`` holds them, the program that recorded them, and the questions it asked.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

from local.personalize.persistence.recorded.questions import answers

__all__ = ["FOLDER", "answers", "different", "unpacked"]

FOLDER = Path(__file__).parents[1] / "local" / "personalize" / "persistence" / "recorded"


def unpacked(path: Path, name: str) -> tuple[Path, dict[str, Any], float]:
    """The data directory, what was answered from it, and when."""
    with tarfile.open(FOLDER / f"{name}.tar.gz") as archive:
        archive.extractall(path, filter="data")
    found = json.loads((path / "answers.json").read_text())
    return path / "data", found["answers"], found["at"]


def different(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What is answered otherwise, by what was asked."""
    return {key: (found.get(key), expected.get(key)) for key in found | expected if found.get(key) != expected.get(key)}
