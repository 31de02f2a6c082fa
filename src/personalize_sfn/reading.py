"""Frozen dataclasses from nested mappings, with an error that names the field: what YAML and TOML files hold."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

from personalize_sfn.errors import ConfigError


def check(condition: bool, name: str, problem: str) -> None:
    """Raise ConfigError for the field ``name`` unless ``condition`` holds."""
    if not condition:
        raise ConfigError(name, problem)


def build(cls: type, values: Any, path: str) -> Any:
    """An instance of the dataclass ``cls`` from a mapping; ``path`` is where the mapping stands."""
    if not isinstance(values, Mapping):
        raise ConfigError(path or "config", f"expected a mapping, got {values!r}")
    hints = typing.get_type_hints(cls)
    prefix = f"{path}." if path else ""
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        if key not in hints:
            close = difflib.get_close_matches(str(key), hints, n=1)
            hint = f"; did you mean {close[0]}?" if close else f"; expected one of {', '.join(hints)}"
            raise ConfigError(f"{prefix}{key}", f"unknown field{hint}")
        arguments[key] = _convert(hints[key], value, f"{prefix}{key}")
    missing = [
        f.name
        for f in dataclasses.fields(cls)
        if f.name not in arguments and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ConfigError(f"{prefix}{missing[0]}", "is required")
    try:
        return cls(**arguments)
    except ConfigError as error:
        if path and not error.field.startswith(path.split(".", maxsplit=1)[0]):
            raise ConfigError(f"{prefix}{error.field}", str(error).removeprefix(f"{error.field}: ")) from None
        raise


def _convert(hint: Any, value: Any, path: str) -> Any:
    """``value`` as the type ``hint``, or a ConfigError; no silent conversion but int to float."""
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        if value is None:
            return None
        (hint,) = [option for option in typing.get_args(hint) if option is not type(None)]
        origin = typing.get_origin(hint)
    if origin is Literal:
        options = typing.get_args(hint)
        check(value in options, path, f"expected one of {', '.join(map(str, options))}, got {value!r}")
        return value
    if origin is Mapping:
        check(isinstance(value, Mapping), path, f"expected a mapping, got {value!r}")
        return dict(value)
    if dataclasses.is_dataclass(hint):
        return build(typing.cast(type, hint), value, path)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wrong_bool = isinstance(value, bool) and hint is not bool
    check(isinstance(value, hint) and not wrong_bool, path, f"expected {hint.__name__}, got {value!r}")
    return value
