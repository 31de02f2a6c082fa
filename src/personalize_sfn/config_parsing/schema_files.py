"""An Avro schema from a file of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from personalize_sfn.config_parsing.files import read_text
from personalize_sfn.config_parsing.problems import DEEPEST, printable, shown, too_deep
from personalize_sfn.errors import ConfigError

_SUFFIX = ".avsc"


def read_schema_file(path: str | Path, folder: Path | None = None) -> dict[str, Any]:
    """The mapping in an ``.avsc`` file, which is JSON.

    Args:
        path: absolute, or below ``folder``.  Any file of that name is read, links are followed.
        folder: default: the working directory.

    Raises:
        ConfigError: there is no such file, or no JSON mapping in it; ``field`` is the path.  It tells no value that
            stands in the file.
    """
    if Path(path).suffix.lower() != _SUFFIX:
        raise ConfigError(shown(str(path)), f"expected a mapping, or the path of a file that ends in {_SUFFIX}")
    place = Path(path) if folder is None else folder / path
    name = printable(str(place))
    text = read_text(place, name)
    try:
        values = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        raise ConfigError(name, f"is not JSON: {error.msg} in its line {error.lineno}, column {error.colno}") from None
    except _NotJsonError as error:
        raise ConfigError(name, f"is not JSON: {error}") from None
    except (RecursionError, ValueError):  # Python reads no numbers of more than 4,300 digits
        raise ConfigError(name, "is no schema: a number is too long, or it is nested too deeply") from None
    if not isinstance(values, dict):
        raise ConfigError(name, f"expected an Avro record, which is a mapping, got {type(values).__name__}")
    if too_deep(values):
        raise ConfigError(name, f"mappings and lists stand in one another more than {DEEPEST} times")
    return values


class _NotJsonError(Exception):
    """Python's reader takes what JSON has not."""


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise _NotJsonError(f"the key {shown(key)} stands twice in one mapping")
        values[key] = value
    return values


def _not_a_number(text: str) -> Any:
    raise _NotJsonError(f"it has no {text}")
