"""What is wrong with a configuration, and where; values in words that are safe to print and short."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from personalize_sfn.errors import ConfigError

#: Where a value stands: ``("solution", "recipe")``.
KeyPath = tuple[str, ...]

#: A configuration is flat; deeper than this is a mistake, or an attack.
DEEPEST = 50


class ConfigProblem(NamedTuple):
    """One mistake."""

    field: str
    """Dotted path: ``solution.recipe``."""
    text: str
    line: int | None = None
    """In the file, where it has lines."""
    file: str = ""
    """Where it is not the file that the user named: the one that it extends, or the option of the command."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value of a file stands, and how it is written there."""

    line: int | None = None
    """None where the language has no lines to tell, as TOML."""
    text: str = ""
    """As written, for a single value."""
    reads_as: str = ""
    """What YAML makes of it, where that is hardly what was meant: ``true``, ``the octal number 8``."""
    file: str = ""
    """Where it comes from, if not from the file that the user named."""
    folder: Path | None = None
    """Where paths in it begin, if not where the document's do."""
    variables: tuple[str, ...] = ()
    """Variables of the environment that are in it."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from a file, or given in Python, and what is wrong with it already."""

    values: Any
    marks: Mapping[KeyPath, Mark] = field(default_factory=dict)
    problems: tuple[ConfigProblem, ...] = ()
    folder: Path = Path()
    """Where the paths of other files begin: the folder of this file, or the working directory."""


def config_error(problems: Sequence[ConfigProblem]) -> ConfigError:
    """The error that tells ``problems``, of which there is at least one."""
    first, *more = [(each.field, each.text) for each in problems]
    lines, files = [each.line for each in problems], [each.file for each in problems]
    return ConfigError(*first, *more, lines=lines, files=files)


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 100
        self.maxlevel = 2
        self.maxlong = 40


_SHORT = _Short()


def shown(value: object) -> str:
    """``value`` as it is told in a sentence: at most some 100 characters, without control characters.

    >>> shown("no"), shown(None), shown(2.5)
    ("'no'", 'nothing', '2.5')
    """
    if value is None:
        return "nothing"
    try:
        return _SHORT.repr(value)[:300]
    except ValueError:  # Python writes no numbers of more than 4,300 digits
        return "a number of thousands of digits"


def printable(text: str) -> str:
    """At most 300 characters of a message of others, in one line, without what a terminal would obey."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text[:300])


def dotted(path: KeyPath) -> str:
    """``solution.recipe``; a key that is no plain text is told as Python would write it."""
    return ".".join(key if key.isprintable() and len(key) <= 80 else shown(key) for key in path)


def too_deep(values: Any) -> bool:
    """Whether mappings and lists stand in one another more than :data:`DEEPEST` times, or in themselves."""
    level = [values]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for value in level
            if isinstance(value, (Mapping, list, tuple))
            for inner in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(inner, (Mapping, list, tuple))
        ]
        if not level:
            return False
        if len(level) > 100_000:
            return True
    return True


def check(condition: bool, name: str, problem: str) -> None:
    """Raise ConfigError for the field ``name`` unless ``condition`` holds."""
    if not condition:
        raise ConfigError(name, problem)
