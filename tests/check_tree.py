"""Checks of the tree, part of ``make check``: notebooks have no outputs, no file names this machine or a registry."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Spelled in pieces so that this file passes its own check.
REGISTRY_HOSTS = re.compile("|".join(["python" + "hosted", "py" + r"pi\.org", "npm" + r"js\.org", "deb" + r"ian\.org"]))
MACHINE_PATHS = re.compile(r"(?<![\w.-])/(work|root|farm)/")


def problems() -> list[str]:
    """One line for each thing that must not be committed."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = []
    for name in listed.splitlines():
        path = ROOT / name
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            outputs = [n for n, cell in enumerate(cells) if cell.get("outputs") or cell.get("execution_count")]
            found += [f"{name}: cell {n} has outputs: clear them before committing" for n in outputs]
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRY_HOSTS.search(line) or MACHINE_PATHS.search(line):
                found.append(f"{name}:{number}: names a package registry or a path of one machine")
    return found


if __name__ == "__main__":
    lines = problems()
    print("\n".join(lines) or "tree: no outputs in notebooks, no registry or machine named")
    sys.exit(bool(lines))
