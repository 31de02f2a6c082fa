"""Checks of the tree, part of ``make check``: notebooks have no outputs, no file names this machine or a registry.

Nor does a text that people read use a word that has a plainer one.
"""

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
READ = ("src/", "lambdas/", "docs/", "notebooks/", "tests/", "README", "CONTRIBUTING")
NOT_READ = ("tests/check_tree.py", "tests/display/histories/")  # the words themselves; what was recorded
PLAIN_WORDS = {
    r"mend(s|ed|ing)?": "fix, correct or patch",
    "fares?": "its status",
    "whoever": "the user, the caller",
    "(can|could)(not)? (not )?be had": "is not available",
    "speaks? for": "supports, suggests",
    "for ever": "without end",
    "stands there": "is there",
    "from former days": "of earlier versions",
}
"""Words that a reader would have to translate, and what to write instead (CONTRIBUTING.md, Style)."""
_DIALECT = {re.compile(rf"\b{words}\b", re.IGNORECASE): better for words, better in PLAIN_WORDS.items()}


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
            if name.startswith(READ) and not name.startswith(NOT_READ):
                found += [
                    f"{name}:{number}: {match[0]!r}: write {better}"
                    for words, better in _DIALECT.items()
                    if (match := words.search(line))
                ]
    return found


if __name__ == "__main__":
    lines = problems()
    print("\n".join(lines) or "tree: no outputs in notebooks, no registry or machine named")
    sys.exit(bool(lines))
