"""Where the values of a configuration come from, beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from personalize_sfn.config_parsing.problems import Document, KeyPath, printable

#: A comment in a line that is longer would be out of sight.
_WIDEST = 110


def origins(document: Document) -> dict[KeyPath, str]:
    """For each single value that does not stand in the user's own file as it is: where it comes from, in words."""
    found = {path: _origin(mark.file, mark.variables) for path, mark in document.marks.items()}
    return {path: found[path] for path, _ in _leaves(document.values, ()) if found.get(path)}


def annotated(values: Mapping[str, Any], origins: Mapping[KeyPath, str]) -> str:
    """``values`` as YAML, with a comment beside each value that has an origin."""
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=_WIDEST)
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    above: dict[int, str] = {}
    for path, key, value in _nodes(root, ()):
        if path not in origins:
            continue
        line = key.start_mark.line
        if isinstance(value, yaml.ScalarNode) and value.end_mark.line > line:
            above[line] = f"# {path[-1]}: {origins[path]}"  # inside of a text of several lines it would be part of it
        else:
            lines[line] += f"  # {origins[path]}"
    both = [[above[number], line] if number in above else [line] for number, line in enumerate(lines)]
    return "".join(f"{line}\n" for pair in both for line in pair)


def _origin(file: str, variables: tuple[str, ...]) -> str:
    named = ", ".join(f"${{{name}}}" for name in variables)
    return printable(" in ".join(each for each in (named, file) if each))


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    else:
        yield path, value


def _nodes(node: yaml.Node | None, path: KeyPath) -> Iterator[tuple[KeyPath, yaml.Node, yaml.Node]]:
    """Path, key and value of everything in mappings."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        inner = (*path, str(key.value))
        yield inner, key, value
        yield from _nodes(value, inner)
