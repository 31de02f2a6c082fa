"""A configuration file as values: whatever the bytes are, the answer is a document or a sentence, and soon."""

from __future__ import annotations

import codecs
import os
import stat
from dataclasses import replace
from pathlib import Path

from personalize_sfn.config_parsing.problems import Document, printable
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
#: More dots than this in one line of TOML are no dotted keys of a configuration; tomllib takes quadratic time for them.
_MOST_DOTS = 1000


def read_file(path: str | os.PathLike[str]) -> Document:
    """Read a ``.yaml``, ``.yml`` or ``.toml`` file.

    Raises:
        ConfigError: it cannot be read, or is not what its name says; ``field`` is the path.
    """
    path = Path(path)
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
