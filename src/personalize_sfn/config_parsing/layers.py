"""What a configuration is put together from: the file that it extends, the file itself, options of the command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from personalize_sfn.config_parsing.problems import Document, KeyPath, Mark, shown
from personalize_sfn.config_parsing.variables import GivenText
from personalize_sfn.errors import ConfigError

#: Where the values of options come from, in errors and in ``config show``.
OPTION = "--set"
_PART = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>[^."=]+)')


def over(base: Document, own: Document) -> Document:
    """``own`` over ``base``: mappings are merged, of everything else that is in both ``own`` holds.

    Where each value comes from stays in the marks.
    """
    replaced: set[KeyPath] = set()

    def merged(below: Any, above: Any, path: KeyPath) -> Any:
        if isinstance(below, dict) and isinstance(above, dict):
            kept = dict(below)
            for key, value in above.items():
                inner = (*path, str(key))
                kept[key] = merged(below[key], value, inner) if key in below else value
            return kept
        replaced.add(path)
        return above

    values = merged(base.values, own.values, ())
    kept = {at: mark for at, mark in base.marks.items() if not any(at[:n] in replaced for n in range(len(at) + 1))}
    return replace(own, values=values, marks={**kept, **own.marks}, problems=(*base.problems, *own.problems))


def from_file(document: Document, file: str) -> Document:
    """``document`` with a mark for each value, which names ``file``: empty for the one that the user named."""
    marks: dict[KeyPath, Mark] = {}

    def look(value: Any, path: KeyPath) -> None:
        mark = document.marks.get(path, Mark())
        marks[path] = replace(mark, file=mark.file or file, folder=mark.folder or document.folder)
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in pairs:
            look(inner, (*path, str(key)))

    look(document.values, ())
    problems = tuple(each._replace(file=each.file or file) for each in document.problems)
    return replace(document, marks=marks, problems=problems)


def with_options(document: Document, given: Iterable[str]) -> Document:
    """``document`` with the values of options over it, each as ``solutions.for-you.recipe=aws-sims``.

    Paths of files in them begin at the working directory.

    Raises:
        ConfigError: one is no ``key.path=value``, or what it sets stands in a value that holds none.
    """
    for each in given if isinstance(document.values, dict) else ():
        path, value = _assignment(each)
        _require_room(document.values, path, each)
        nested = value
        for key in reversed(path):
            nested = {key: nested}
        option = from_file(Document(nested), OPTION)
        # The mappings on the way are not the option's: only what is at its path.
        marks = {at: mark for at, mark in option.marks.items() if at[: len(path)] == path}
        document = over(document, replace(option, marks=marks, folder=document.folder))
    return document


def _assignment(given: str) -> tuple[KeyPath, Any]:
    path: list[str] = []
    at = 0
    while part := _PART.match(given, at):
        path.append(part["plain"] if part["quoted"] is None else part["quoted"])
        at = part.end()
        if given[at : at + 1] == "=":
            return tuple(path), _value(given[at + 1 :])
        if given[at : at + 1] != ".":
            break
        at += 1
    raise ConfigError(OPTION, f"expected key.path=value such as solutions.for-you.recipe=aws-sims, got {shown(given)}")


def _value(text: str) -> Any:
    """Braces and brackets are a mapping and a list, as YAML writes them; all else is read as its field asks."""
    if text[:1] not in {"{", "["}:
        return GivenText(text)
    from personalize_sfn.config_parsing.yaml_text import read_yaml

    document = read_yaml(text, OPTION)
    if document.problems:
        problem = document.problems[0]
        raise ConfigError(OPTION, f"{problem.field}: {problem.text}")
    return document.values


def _require_room(values: Any, path: KeyPath, given: str) -> None:
    for number, key in enumerate(path[:-1], 1):
        values = values.get(key) if isinstance(values, Mapping) else None
        if values is None:
            return
        if not isinstance(values, Mapping):
            where = ".".join(path[:number])
            raise ConfigError(OPTION, f"expected a mapping at {where}, which is {shown(values)}: got {shown(given)}")
