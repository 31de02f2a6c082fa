"""Dataclasses that check themselves: types, then each field, then what fields must be together."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import math
import re
import types
import typing
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

from personalize_sfn.config_parsing.problems import (
    DEEPEST,
    ConfigProblem,
    Document,
    KeyPath,
    Mark,
    config_error,
    dotted,
    shown,
    too_deep,
)
from personalize_sfn.config_parsing.variables import NO_TEXT, GivenText
from personalize_sfn.errors import ConfigError

#: What is wrong with a field's value, or None.
ValueCheck = Callable[[Any], str | None]
#: Problems of several fields together, by their paths below the class that has the rule.
Rule = Callable[[Any], Iterable[ConfigProblem]]
#: The value that the file at a path holds, if need be below a folder.  Raises ConfigError, whose field is the path.
FileReader = Callable[[str | Path, Path], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """A check of a field that says the same in keywords of JSON Schema, as far as those can."""

    check: ValueCheck
    keywords: Mapping[str, Any]

    def __call__(self, value: Any) -> str | None:
        return self.check(value)


Checks: TypeAlias = Mapping[str, ValueCheck]
Rules: TypeAlias = tuple[Rule, ...]

#: Whole numbers of the API have 32 bits.
LARGEST_WHOLE_NUMBER = 2**31 - 1
#: So many unknown keys of one mapping are looked at for what was meant.
_UNKNOWN_SHOWN = 10
_UNKNOWN = object()


class _NotKnown(Exception):
    """A rule asked for a field that is wrong itself: it is not applied."""


class Checked:
    """Base of a frozen dataclass whose instances are right: making a wrong one raises ConfigError with all mistakes."""

    __slots__ = ()

    _where: ClassVar[str] = ""
    """Where it stands in a whole configuration; names the fields in errors."""
    _checks: ClassVar[Checks] = {}
    """By field; not asked for None."""
    _files: ClassVar[Mapping[str, FileReader]] = {}
    """By field: its value may also be the path of a file that holds it."""
    _rules: ClassVar[Rules] = ()
    _rules_of_documents: ClassVar[Rules] = ()
    """Asked for what :func:`build` makes only: in Python it is checked where it is used."""

    def __post_init__(self) -> None:
        given = {each.name: getattr(self, each.name) for each in dataclasses.fields(typing.cast(Any, self))}
        path = tuple(self._where.split(".")) if self._where else ()
        found = _Found(type(self), path, Document(given), [])
        found.take(given)
        found.apply(self._rules)
        if found.problems:
            raise config_error(found.problems)
        for name, value in found.values.items():
            if value is not given[name]:
                object.__setattr__(self, name, value)


def build(cls: type[Checked], document: Document) -> Any:
    """An instance of the dataclass ``cls`` from what a document holds.

    Raises:
        ConfigError: tells every mistake, in the order of lines where the document has lines.
    """
    problems = list(document.problems)
    result = None
    if too_deep(document.values):
        problems.append(ConfigProblem("config", f"mappings and lists stand in one another more than {DEEPEST} times"))
    elif not isinstance(document.values, Mapping):
        problems.append(
            ConfigProblem("config", f"expected fields such as 'project: movies', got {shown(document.values)}")
        )
    else:
        result = _build(cls, document.values, (), document, problems)
    if problems:
        raise config_error(sorted(problems, key=lambda each: each.line or 0))
    return result


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """The values of one class as far as they are right, and what is wrong."""

    cls: type[Checked]
    path: KeyPath
    document: Document
    problems: list[ConfigProblem]
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def complain(self, path: KeyPath, text: str) -> None:
        mark = self.mark(path)
        self.problems.append(ConfigProblem(dotted(path), text, mark.line, mark.file))

    def mark(self, path: KeyPath) -> Mark:
        """Of the value at ``path``, or of what it stands in."""
        return next((self.document.marks[each] for each in _upwards(path) if each in self.document.marks), Mark())

    def take(self, given: Mapping[Any, Any]) -> None:
        """Convert what is given, field by field; what is wrong is left out."""
        hints = hints_of(typing.cast(Any, self.cls))
        unknown = [key for key in given if key not in hints]
        for key in unknown[:_UNKNOWN_SHOWN]:
            if not isinstance(key, str):
                where = (*self.path, str(shown(key)))
                self.complain(where, f"expected a field's name, got {shown(key)}: write names of fields as text")
                continue
            close = difflib.get_close_matches(key[:80], hints, n=1)
            hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(hints)}"
            self.complain((*self.path, key), f"unknown field; {hint}")
        if len(unknown) > _UNKNOWN_SHOWN:
            self.complain(self.path or ("config",), f"{len(unknown) - _UNKNOWN_SHOWN} more unknown fields")
        for name, hint in hints.items():
            if name in given:
                value = self._read(name, given[name])
                if value is not _UNKNOWN:
                    value = self._convert(hint, value, (*self.path, name))
                if value is not _UNKNOWN:
                    self.values[name] = value

    def _read(self, name: str, value: Any) -> Any:
        """``value``; of a field that may name a file, what stands in it."""
        reader = self.cls._files.get(name)
        if reader is None or not isinstance(value, (str, Path)):
            return value
        try:
            return reader(value, self.mark((*self.path, name)).folder or self.document.folder)
        except ConfigError as error:
            self.complain((*self.path, name), f"{error.field}: {error.problems[0][1]}")
            return _UNKNOWN

    def apply(self, rules: Rules) -> None:
        """Add what the checks of fields and the rules say."""
        for name, check in self.cls._checks.items():
            value = self.values.get(name)
            if value is not None and (text := check(value)) is not None:
                self.complain((*self.path, name), text)
                del self.values[name]
        draft = _Draft(self.cls, self.values)
        for rule in rules:
            try:
                found = list(rule(draft))
            except _NotKnown:
                continue
            for each in found:
                self.complain((*self.path, *each.field.split(".")) if each.field else self.path, each.text)

    def _convert(self, hint: Any, value: Any, path: KeyPath) -> Any:
        """``value`` as the type ``hint``; no silent conversion but int to float, and of texts of the environment."""
        if value is NO_TEXT:
            return _UNKNOWN
        origin = typing.get_origin(hint)
        if origin in {types.UnionType, typing.Union}:
            if value is None or (isinstance(value, GivenText) and value == "null"):
                return None
            (hint,) = [option for option in typing.get_args(hint) if option is not type(None)]
            origin = typing.get_origin(hint)
        if dataclasses.is_dataclass(hint):
            nested = typing.cast("type[Checked]", hint)
            if isinstance(value, nested):
                return value
            if not isinstance(value, Mapping):
                names = ", ".join(hints_of(typing.cast(Any, nested)))
                self.complain(path, f"expected a mapping, got {shown(value)}; its fields are {names}")
                return _UNKNOWN
            return _build(nested, value, path, self.document, self.problems)
        problem: str | None = None
        if origin is Literal:
            value = _plain_texts(value)
            options = typing.get_args(hint)
            if not isinstance(value, str) or value not in options:
                problem = f"expected one of {', '.join(map(str, options))}, got {shown(value)}"
        elif origin is Mapping:
            named = typing.get_args(hint)[1]
            if isinstance(value, Mapping) and dataclasses.is_dataclass(named):
                return self._convert_each(named, value, path)
            if isinstance(value, Mapping):
                before, value = len(self.problems), _plain_texts(value)
                self._look_into(value, path, named)
                return value if len(self.problems) == before and not _lacks_text(value) else _UNKNOWN
            problem = f"expected a mapping, got {shown(value)}"
        else:
            value, problem = _plain(hint, value)
        if problem is not None:
            self.complain(path, problem + _advice(hint, value, self.document.marks.get(path)))
            return _UNKNOWN
        return value

    def _convert_each(self, hint: Any, value: Mapping[Any, Any], path: KeyPath) -> Any:
        """A mapping of instances by their keys; without those that are wrong."""
        found = {}
        for key, inner in value.items():
            if problem := key_problem(key):
                self.complain((*path, str(shown(key))), problem)
            elif (one := self._convert(hint, inner, (*path, key))) is not _UNKNOWN:
                found[key] = one
        if value and not found:
            return _UNKNOWN
        same = len(found) == len(value) and all(found[key] is value[key] for key in found)
        return value if same else found

    def _look_into(self, value: Any, path: KeyPath, hint: Any = Any) -> None:
        """Keys are text, values are as the hint says, and whatever is in a mapping can be written as JSON."""
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if not isinstance(key, str) or text_problem(key):
                    self.complain((*path, str(shown(key))), f"expected a key that is text, got {shown(key)}: quote it")
                elif hint is str:
                    self._convert(str, inner, (*path, key))
                else:
                    self._look_into(inner, (*path, key))
        elif isinstance(value, (list, tuple)):
            for number, inner in enumerate(value):
                self._look_into(inner, (*path, str(number)))
        elif isinstance(value, str):
            if problem := text_problem(value, lines=True):
                self.complain(path, problem)
        elif isinstance(value, float) and not math.isfinite(value):
            self.complain(path, f"expected a number, got {value}")
        elif value is not None and value is not NO_TEXT and not isinstance(value, (bool, int, float)):
            advice = _advice(str, value, self.document.marks.get(path))
            self.complain(path, f"expected text, a number, true or false, got {shown(value)}{advice}")


def _build(
    cls: type[Checked],
    given: Mapping[Any, Any],
    path: KeyPath,
    document: Document,
    problems: list[ConfigProblem],
) -> Any:
    """The instance; where something is wrong, a draft of what is right, and the problems are added."""
    found = _Found(cls, path, document, [])
    found.take(given)
    for each in dataclasses.fields(typing.cast(Any, cls)):
        if each.name in given:
            continue
        if each.default is not dataclasses.MISSING:
            found.values[each.name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            found.values[each.name] = each.default_factory()
        else:
            found.complain((*path, each.name), "is required")
    found.apply((*cls._rules, *cls._rules_of_documents))
    problems += found.problems
    if not found.problems:
        return cls(**found.values)
    return _Draft(cls, found.values)


def _upwards(path: KeyPath) -> list[KeyPath]:
    """``path`` and what it stands in, without the whole: a field that is left out is told where it would stand."""
    return [path[:length] for length in range(len(path), 0, -1)]


class _Draft:
    """Stands for an instance in rules: what is wrong or unknown ends the rule that asks for it."""

    def __init__(self, cls: type[Checked], values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.__dict__["_cls"] = cls

    def __getattr__(self, name: str) -> Any:
        cls = self.__dict__["_cls"]
        if name in hints_of(cls):
            raise _NotKnown(name)
        found = getattr(cls, name)
        if isinstance(found, property):
            assert found.fget is not None
            return found.fget(self)
        return types.MethodType(found, self) if isinstance(found, types.FunctionType) else found


@functools.cache
def hints_of(cls: type) -> dict[str, Any]:
    """The types of the fields of a dataclass, by name."""
    names = {each.name for each in dataclasses.fields(typing.cast(Any, cls))}
    return {name: hint for name, hint in typing.get_type_hints(cls).items() if name in names}


#: How a text of the environment or of the command is written as a value of each type.
_WRITTEN = {int: r"[+-]?[0-9]{1,10}", float: r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,20})?", bool: r"true|false"}


def _meant(hint: Any, text: GivenText) -> Any:
    """``text`` as the type of its field; as it is where it is no such value."""
    if hint not in _WRITTEN or not re.fullmatch(_WRITTEN[hint], text):
        return str(text)
    return text == "true" if hint is bool else hint(text)


def _lacks_text(value: Any) -> bool:
    """Whether a variable that is not there is missing somewhere in ``value``."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return value is NO_TEXT or any(map(_lacks_text, inner))


def _plain_texts(value: Any) -> Any:
    """``value`` with ordinary texts in place of those of variables and options; itself if there are none."""
    if isinstance(value, GivenText):
        return str(value)
    if isinstance(value, Mapping):
        plain = {key: _plain_texts(inner) for key, inner in value.items()}
        return value if all(plain[key] is inner for key, inner in value.items()) else plain
    if isinstance(value, list):
        texts = [_plain_texts(inner) for inner in value]
        return value if all(new is old for new, old in zip(texts, value, strict=True)) else texts
    return value


def _plain(hint: Any, value: Any) -> tuple[Any, str | None]:
    """The value of a plain type, and what is wrong with it."""
    if isinstance(value, GivenText):
        value = _meant(hint, value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_WHOLE_NUMBER:
        return float(value), None
    wrong_bool = isinstance(value, bool) and hint is not bool
    if not isinstance(value, hint) or wrong_bool:
        return value, f"expected {hint.__name__}, got {shown(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return value, f"expected a number, got {value}"
    if hint is int and abs(value) > LARGEST_WHOLE_NUMBER:
        return value, f"expected at most {LARGEST_WHOLE_NUMBER}, got {shown(value)}"
    return value, text_problem(value) if isinstance(value, str) else None


#: Part of AWS names and of JSONPaths.  Keys of up to 30 characters leave room in names of 63.
KEY_PATTERN = r"[a-z][a-z0-9-]{0,29}"


def key_problem(key: object) -> str | None:
    """What makes a key unfit to call one of several by."""
    if isinstance(key, str) and re.fullmatch(KEY_PATTERN, key):
        return None
    return f"expected a key of up to 30 lower-case letters, digits and -, starting with a letter, got {shown(key)}"


def text_problem(text: str, *, lines: bool = False) -> str | None:
    """What makes a text unfit for names and messages: control characters, and code points that are no characters."""
    for character in text if not (text.isascii() and text.isprintable()) else "":
        kind = unicodedata.category(character)
        if kind == "Cs" or (kind == "Cc" and not (lines and character in "\t\n\r")):
            return f"expected plain text, got {shown(text)}, which holds the control character {character!a}"
    return None


def _advice(hint: Any, value: Any, mark: Mark | None) -> str:
    """How to write what was meant, where the file's language reads it as something else."""
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    reads = f". YAML reads {mark.text} as {mark.reads_as}" if mark and mark.text and mark.reads_as else ""
    if hint is str and not isinstance(value, str):
        quoted = f': write it in quotes: "{mark.text}"' if mark and reads else ". Write it in quotes"
        return reads + quoted
    if hint in {int, float} and isinstance(value, str) and not reads:
        try:
            number = float(value)
        except ValueError:
            return ""
        return f". Write {number:.15g} without quotes" if math.isfinite(number) else ""
    return reads if not isinstance(value, (bool, int, float)) else ""
