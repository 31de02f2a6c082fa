"""A configuration file as values: whatever the bytes are, the answer is a document or a sentence, and soon."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from personalize_sfn.config_parsing.layers import from_file, over
from personalize_sfn.config_parsing.problems import Document, Mark, printable, shown, too_deep
from personalize_sfn.config_parsing.variables import GivenText, with_variables
from personalize_sfn.errors import ConfigError

#: A configuration with three schemas of a hundred columns has 30 KB.
LARGEST_BYTES = 256 * 1024
#: The longer marks first: UTF-32's begins as UTF-16's does.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
#: The key that names the file below a file.
EXTENDS = "extends"
_MOST_BASES = 5
#: More dots than this in one line of TOML are no dotted keys of a configuration; tomllib takes quadratic time for them.
_MOST_DOTS = 1000


def read_file(path: str | os.PathLike[str], environment: Mapping[str, str] = os.environ) -> Document:
    """Read a ``.yaml``, ``.yml`` or ``.toml`` file, over the file that it names in ``extends``, if it names one.

    Variables of ``environment`` are put in where values name them as ``${NAME}``.

    Raises:
        ConfigError: it cannot be read, or is not what its name says; ``field`` is the path.
    """
    return _read(Path(path), environment, ())


def _read(path: Path, environment: Mapping[str, str], inside: tuple[Path, ...]) -> Document:
    """``inside``: the files that extend this one, by their real paths, the nearest last."""
    document = with_variables(_parsed(path), environment)
    here = path.resolve()
    if here in inside:
        circle = " -> ".join(printable(each.name) for each in (*inside[inside.index(here) :], here))
        raise ConfigError(EXTENDS, f"expected a file that does not extend itself, got {circle}")
    if len(inside) > _MOST_BASES:
        raise ConfigError(EXTENDS, f"expected at most {_MOST_BASES} files that extend one another")
    if not isinstance(document.values, dict) or EXTENDS not in document.values or too_deep(document.values):
        return document
    base = document.values[EXTENDS]
    own = replace(document, values={key: each for key, each in document.values.items() if key != EXTENDS})
    line = document.marks.get((EXTENDS,), Mark()).line
    if not isinstance(base, str) or isinstance(base, GivenText) or not base:
        problem = f"expected the path of one file, without variables, got {shown(base)}"
        raise ConfigError(EXTENDS, problem, lines=[line])
    named = path.parent / base
    try:
        below = _read(named, environment, (*inside, here))
    except ConfigError as error:
        if error.field == EXTENDS:
            raise
        raise ConfigError(EXTENDS, f"{error.field}: {error.problems[0][1]}", lines=[line]) from error
    if not isinstance(below.values, dict):
        raise ConfigError(EXTENDS, f"{printable(str(named))}: expected fields, got {shown(below.values)}", lines=[line])
    return over(from_file(below, printable(str(named))), from_file(own, ""))


def _parsed(path: Path) -> Document:
    """What stands in the file itself."""
    suffix = path.suffix.lower()
    name = printable(str(path))
    text = read_text(path, name)
    if suffix in {".yaml", ".yml"}:
        from personalize_sfn.config_parsing.yaml_text import read_yaml

        return replace(read_yaml(text, name), folder=path.parent)
    if suffix == ".toml":
        return replace(_read_toml(text, name), folder=path.parent)
    raise ConfigError(name, "expected a file that ends in .yaml, .yml or .toml")


def read_text(path: Path, name: str) -> str:
    """The text of a small file in UTF-8.

    Raises:
        ConfigError: it cannot be read, is no file, too large, or not UTF-8; ``field`` is ``name``.
    """
    try:
        # Not blocking: to open a pipe would wait until something writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            raise ConfigError(
                name, f"expected a file, this is a {'folder' if stat.S_ISDIR(mode) else 'device or pipe'}"
            )
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(
            name, f"cannot be read: {getattr(error, 'strerror', None) or printable(str(error))}"
        ) from error
    if len(content) > LARGEST_BYTES:
        raise ConfigError(name, f"expected a file of at most {LARGEST_BYTES // 1024} KB, this is larger")
    for mark, encoding in _OTHER_MARKS:
        if content.startswith(mark):
            raise ConfigError(name, f"expected UTF-8, this is {encoding}: save it again as UTF-8")
    if len(content) > 3 and 0 in content[:2] and content[:64].count(0) >= len(content[:64]) // 3:
        raise ConfigError(name, "expected UTF-8, this looks like UTF-16: save it again as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            name, f"expected UTF-8, got the byte 0x{content[error.start]:02x} in line {line}: save it again as UTF-8"
        ) from error


def _read_toml(text: str, name: str) -> Document:
    import tomllib

    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ConfigError(name, f"is not a configuration: a line has more than {_MOST_DOTS} dots")
    try:
        return Document(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(name, f"is not TOML: {printable(str(error))}") from error
    except RecursionError:
        raise ConfigError(name, "is not a configuration: lists or tables stand in one another too often") from None
    except ValueError as error:  # Python reads no numbers of more than 4,300 digits
        raise ConfigError(name, f"is not a configuration: {printable(str(error))}") from error
