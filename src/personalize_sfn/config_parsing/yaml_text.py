"""YAML as values, each with its line: what YAML reads in a surprising way is told, and nothing is expanded without end.

PyYAML takes the last of two equal keys, reads ``no`` as false, ``010`` as 8 and ``12:30`` as 750, expands aliases
without end and recurses as deep as the text does.  Here the events are counted before anything is made of them.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from personalize_sfn.config_parsing.problems import DEEPEST, ConfigProblem, Document, KeyPath, Mark, dotted, printable
from personalize_sfn.errors import ConfigError

#: With all aliases expanded.
MOST_VALUES = 20_000
_BOOLS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
_LONGEST_NUMBER = 40
_PREFIX = "tag:yaml.org,2002:"


def read_yaml(text: str, name: str) -> Document:
    """The document in ``text``; nothing in it: no values, which is a configuration of defaults.

    Raises:
        ConfigError: it is not YAML, or more than a configuration; ``field`` is ``name``.
    """
    try:
        _measure(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(name, f"is not YAML: {printable(_sentence(error))}") from error
    except _TooMuch as error:
        raise ConfigError(name, f"is not a configuration: {error}") from None
    if node is None:
        return Document({})
    reader = _Reader()
    values = reader.value(node, ())
    return Document(values, reader.marks, tuple(reader.problems))


def _sentence(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem and error.problem_mark:
        mark, context = error.problem_mark, f"{error.context}: " if error.context else ""
        return f"{context}{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
    return " ".join(str(error).split())


class _TooMuch(Exception):
    """The text is more than a configuration ever is."""


def _measure(text: str) -> None:
    """Raise _TooMuch for what is nested too deeply, or too large with its aliases expanded."""
    sizes: dict[str, int] = {}
    # Of each mapping or list that is open: its anchor, and how many values it has up to now.
    open_: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        size, line = 0, _line(event)
        if isinstance(event, yaml.AliasEvent):
            anchor = str(event.anchor)
            if anchor not in sizes and any(anchor == name for name, _ in open_):
                raise _TooMuch(f"line {line}: *{anchor[:40]} stands in itself")
            size = sizes.get(anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, 1))
            if len(open_) > DEEPEST:
                raise _TooMuch(f"line {line}: mappings and lists stand in one another more than {DEEPEST} times")
        elif isinstance(event, yaml.CollectionEndEvent):
            name, size = open_.pop()
            if name is not None:
                sizes[name] = size
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        if size:
            name, before = open_.pop()
            if before + size > MOST_VALUES:
                raise _TooMuch(f"line {line}: it has more than {MOST_VALUES:,} values once its aliases are expanded")
            open_.append((name, before + size))


def _line(place: yaml.Event | yaml.Node) -> int:
    return place.start_mark.line + 1 if place.start_mark is not None else 1


class _Unreadable:
    """A value that no field takes, because YAML reads it otherwise than it looks."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class _Reader:
    """From nodes to values; notes where each stands and what is wrong."""

    def __init__(self) -> None:
        self.marks: dict[KeyPath, Mark] = {}
        self.problems: list[ConfigProblem] = []

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        line = _line(node)
        self.marks[path] = Mark(line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, str(number))) for number, item in enumerate(node.value)]
        value, reads_as = _scalar(node)
        text = str(node.value)
        self.marks[path] = Mark(line, text if len(text) <= 60 and text.isprintable() else "", reads_as)
        return value

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        own: dict[Any, Any] = {}
        lines: dict[Any, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == f"{_PREFIX}merge":
                sources = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for source in sources:
                    if isinstance(source, yaml.MappingNode):
                        merged = {**self._mapping(source, path), **merged}
                    else:
                        self._complain((*path, "<<"), source, "expected a mapping to merge")
                continue
            key = self._key(key_node, path)
            if key in own:
                self._complain((*path, str(key)), key_node, f"stands twice: in line {lines[key]} already")
                continue
            lines[key] = _line(key_node)
            own[key] = self.value(value_node, (*path, str(key)))
        return {**merged, **own}

    def _key(self, node: yaml.Node, path: KeyPath) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self._complain((*path, "?"), node, "expected a key that is text, got a list or a mapping")
            return None
        value, reads_as = _scalar(node)
        if not isinstance(value, str):
            reads = f", which YAML reads as {reads_as}" if reads_as else ""
            self._complain((*path, str(node.value)), node, f"expected a key that is text{reads}: write it in quotes")
        return str(node.value)

    def _complain(self, path: KeyPath, node: yaml.Node, text: str) -> None:
        self.problems.append(ConfigProblem(dotted(path), text, _line(node)))


def _scalar(node: yaml.Node) -> tuple[Any, str]:
    """The value, and in words what YAML makes of the text where that may surprise."""
    text, kind = str(node.value), node.tag.removeprefix(_PREFIX)
    if kind == "str":
        number = re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", text) if getattr(node, "style", None) is None else None
        return text, f"text: write {_plain_number(text)}" if number and _plain_number(text) else ""
    if kind == "null":
        return None, ""
    if kind == "bool" and text.lower() in _BOOLS:
        value = _BOOLS[text.lower()]
        return value, str(value).lower()
    if kind == "int":
        return _whole(text)
    if kind == "float":
        return _number(text)
    if kind == "timestamp":
        return _Unreadable(text), "a date"
    return _Unreadable(text[:60]), f"a value of type {node.tag[:60]}"


def _plain_number(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return ""
    if not math.isfinite(number) or not 1e-15 < abs(number) < 1e15:
        return ""
    return f"{number:.15f}".rstrip("0").rstrip(".")


def _whole(text: str) -> tuple[Any, str]:
    plain = text.replace("_", "")
    if len(plain) > _LONGEST_NUMBER:
        return _Unreadable(f"{plain[:20]}... of {len(plain):,} digits"), "a number"
    if ":" in plain:
        return _Unreadable(text), "a number of base 60"
    digits = plain.lstrip("+-")
    if re.fullmatch(r"0[0-7]+", digits):
        return _Unreadable(text), f"the octal number {int(digits, 8)}"
    try:
        return int(plain, 0), "a number"
    except ValueError:
        return _Unreadable(text), "a number"


def _number(text: str) -> tuple[Any, str]:
    plain = text.replace("_", "").lower()
    if len(plain) > 2 * _LONGEST_NUMBER or ":" in plain:
        return _Unreadable(text[:60]), "a number of base 60" if ":" in plain else "a number"
    special = re.fullmatch(r"([+-]?)\.(inf|nan)", plain)
    try:
        return float(f"{special[1]}{special[2]}" if special else plain), "a number"
    except ValueError:
        return _Unreadable(text), "a number"
