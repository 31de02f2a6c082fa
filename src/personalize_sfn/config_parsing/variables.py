"""``${NAME}`` in the values of a configuration file: a variable of the environment, put in when the file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from personalize_sfn.config_parsing.problems import ConfigProblem, Document, KeyPath, Mark, dotted, shown, too_deep

#: ``$${`` is a literal ``${``; what begins like a variable and is none is an error.
_PLACE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}|\$\{(?P<wrong>[^}]{0,40}\}?)")
#: Filters have ``$NAME`` of their own, which each request gives.
_WITHOUT = ("filters",)
#: No field of a configuration holds these, and tags and names are shown to other people.
_CREDENTIALS = frozenset({"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})


class GivenText(str):
    """A text that means whatever its field holds: ``2`` is a number where one is expected.

    Variables and options of the command are always text.
    """

    __slots__ = ()


#: In place of a text whose variables are not there: one mistake is told, not two.
NO_TEXT = object()


def with_variables(document: Document, environment: Mapping[str, str]) -> Document:
    """``document`` with variables put in; its marks say which.  Keys and filters take none."""
    if too_deep(document.values):  # no configuration, as build() says
        return document
    reader = _Reader(environment, document.marks)
    values = reader.value(document.values, ())
    return replace(document, values=values, marks=reader.marks, problems=(*document.problems, *reader.problems))


class _Reader:
    def __init__(self, environment: Mapping[str, str], marks: Mapping[KeyPath, Mark]) -> None:
        self.environment = environment
        self.marks = dict(marks)
        self.problems: list[ConfigProblem] = []

    def value(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict) and path != _WITHOUT:
            return {key: self.value(inner, (*path, str(key))) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, (*path, str(number))) for number, inner in enumerate(value)]
        return self._text(value, path) if isinstance(value, str) and "${" in value else value

    def _text(self, text: str, path: KeyPath) -> Any:
        names: list[str] = []
        before = len(self.problems)

        def given(place: re.Match[str]) -> str:
            name = place["name"]
            if name is None and place["wrong"] is None:
                return "${"
            if name is None:
                self._complain(path, f"expected a variable as ${{NAME}}, got {shown(place[0])}: $${{ is a literal ${{")
            elif name in _CREDENTIALS:
                self._complain(path, f"${{{name}}} is a credential: no configuration needs it, remove it")
            elif name not in self.environment:
                self._complain(path, f"the environment has no variable {name}: set it; as a text it is $${{{name}}}")
            else:
                names.append(name)
                return self.environment[name]
            return place[0]

        found = _PLACE.sub(given, text)
        if len(self.problems) > before:
            return NO_TEXT
        if not names:
            return found
        self.marks[path] = replace(self.marks.get(path, Mark()), variables=tuple(dict.fromkeys(names)), text="")
        return GivenText(found)

    def _complain(self, path: KeyPath, text: str) -> None:
        mark = self.marks.get(path, Mark())
        self.problems.append(ConfigProblem(dotted(path), text, mark.line, mark.file))
