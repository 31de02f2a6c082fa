"""docs/architecture.md shows the layers of the import contracts, and names files that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = {contract["containers"][0]: contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"}


@pytest.mark.parametrize("package", LAYERS)
def test_the_page_shows_the_layers_of_the_contract(package: str) -> None:
    shown = re.search(rf"<!-- layers: {re.escape(package)} -->\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None, f"the page has no block of layers for {package}"
    modules = [line.split("  ")[0] for line in shown[1].splitlines() if not line.startswith(" ")]
    assert modules == LAYERS[package]


def test_the_page_names_files_that_exist() -> None:
    source = ROOT / "src" / "personalize_sfn"
    known = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}
    named = set(re.findall(r"`([a-z_0-9/]+\.py)`", PAGE))
    assert not {name for name in named if not (ROOT / name).exists() and not any(path.endswith(name) for path in known)}
