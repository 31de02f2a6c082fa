"""A name of a public type means one thing: it stands once in the whole tree of sources."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "personalize_sfn"


def type_names(module: ast.Module) -> Iterator[str]:
    """Classes and aliases of types (``Members = dict[str, Any]``) that a module defines; no constants, no ``T``."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for each in targets if isinstance(each, ast.Name) and each.id.upper() != each.id)


def test_each_public_type_name_stands_once() -> None:
    places = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        for name in type_names(ast.parse(path.read_text(encoding="utf-8"))):
            if name[0].isupper():
                places[name].append(str(path.relative_to(SOURCE)))
    assert {"Request", "Members", "Execution"} <= places.keys()
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
