"""What is in a data directory."""

from __future__ import annotations

from pathlib import Path

__all__ = ["everything"]


def everything(path: Path) -> dict[str, bytes | str]:
    """What is in a folder, by path."""
    return {
        str(each.relative_to(path)): str(each.readlink()) if each.is_symlink() else each.read_bytes()
        for each in sorted(path.rglob("*"))
        if each.is_symlink() or each.is_file()
    }
