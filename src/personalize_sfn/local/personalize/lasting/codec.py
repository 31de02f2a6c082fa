"""Values as JSON: what is small stands in the text, arrays and models in files and long lists in logs that it names.

The classes that may stand there are this package's own dataclasses and named tuples, made again from their fields.
A field with the metadata ``{"kept": False}`` is left to its default: what can be worked out from the rest.
"""
# ruff: noqa: ARG005 - decoders share one signature, not each needs all of it

from __future__ import annotations

import base64
import dataclasses
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from personalize_sfn.errors import DataError, LocalAwsError
from personalize_sfn.local.personalize.coded import Coded
from personalize_sfn.local.personalize.lasting.arrays import read_arrays, write_arrays
from personalize_sfn.local.personalize.lasting.directory import DataDirectory
from personalize_sfn.local.personalize.tables import LiveEvents

if TYPE_CHECKING:
    from personalize_sfn.engine import Model

_OURS = ("personalize_sfn.local.personalize.", "personalize_sfn.engine.")
_WORKED_OUT: dict[type, tuple[str, ...]] = {LiveEvents: ("known_ids", "by_person")}


class Parts(Protocol):
    """Where an encoded value's larger parts go."""

    def file(self, value: Any, write: Callable[[Any], str]) -> str:
        """The name of the file that holds ``value``, which ``write`` makes when there is none."""
        ...

    def log(self, values: list[Any]) -> str | None:
        """The name of the log that holds a list; None where it is to stand in the text."""
        ...


def encoded(value: Any, parts: Parts | None, directory: DataDirectory) -> Any:
    """``value`` as JSON; without ``parts`` lists stand in the text, and there are no arrays.

    Raises:
        TypeError: a value of a class that cannot be kept.
    """

    def inner(value: Any) -> Any:
        return encoded(value, parts, directory)

    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return _encoded_map(value, parts, directory)
    if isinstance(value, list):
        log = None if parts is None else parts.log(value)
        return [inner(each) for each in value] if log is None else {"$log": log}
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return {"$tuple": [inner(each) for each in value]}
    if isinstance(value, set | frozenset):
        return {"$frozenset" if isinstance(value, frozenset) else "$set": [inner(each) for each in value]}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if parts is not None and isinstance(value, np.ndarray):
        return {"$array": parts.file(value, lambda array: _write_table(directory, {"": array}))}
    if parts is not None and _is_model(value):
        return {"$model": parts.file(value, lambda model: _write_model(directory, model))}
    kind = type(value)
    if kind.__module__.startswith(_OURS):
        fields = kind._fields if isinstance(value, tuple) else _kept_fields(kind)
        return {
            "$object": f"{kind.__module__}:{kind.__qualname__}",
            "fields": {name: inner(getattr(value, name)) for name in fields},
        }
    raise TypeError(f"a value of {kind.__module__}.{kind.__qualname__} cannot be kept in a data directory")


def _encoded_map(value: dict[Any, Any], parts: Parts | None, directory: DataDirectory) -> Any:
    if parts is not None and value and all(isinstance(each, np.ndarray | Coded) for each in value.values()):
        return {"$table": parts.file(value, lambda table: _write_table(directory, table))}
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encoded(each, parts, directory) for key, each in value.items()}
    pairs = [[encoded(key, None, directory), encoded(each, parts, directory)] for key, each in value.items()]
    return {"$map": pairs}


def _kept_fields(kind: type) -> list[str]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"a {kind.__qualname__} is no dataclass and cannot be kept in a data directory")
    left_out = _WORKED_OUT.get(kind, ())
    return [
        field.name
        for field in dataclasses.fields(kind)
        if field.init and field.metadata.get("kept", True) and field.name not in left_out
    ]


def decoded(value: Any, directory: DataDirectory, known: Decoded) -> Any:
    """What was encoded.

    ``known`` is told of every file and log with the value made from it.

    Raises:
        LocalAwsError: a file is damaged; names it.
    """

    def inner(value: Any) -> Any:
        return decoded(value, directory, known)

    if isinstance(value, list):
        return [inner(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind = next((key for key in value if key.startswith("$")), "")
    return (
        _DECODERS[kind](value, inner, directory, known) if kind else {key: inner(each) for key, each in value.items()}
    )


class Decoded(Protocol):
    """Learns which value came from which file or log, and reads logs."""

    def from_file(self, value: Any, name: str) -> Any: ...

    def read_log(self, name: str) -> list[Any]: ...


Inner = Callable[[Any], Any]


def _object(value: Any, inner: Inner, _: DataDirectory, __: Decoded) -> Any:
    module, _, name = value["$object"].partition(":")
    fields = {key: inner(each) for key, each in value["fields"].items()}
    kind: Any = None
    if module.startswith(_OURS):
        try:
            kind = getattr(importlib.import_module(module), name, None)
        except ImportError:
            kind = None
    if kind is None or not (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")):
        raise LocalAwsError(f"the data directory holds a {value['$object']}, which this version does not know")
    if kind is LiveEvents:
        live = LiveEvents()
        rest: list[Any] = fields.pop("events")
        for event in rest:
            live.add(event)
        for name, each in fields.items():
            setattr(live, name, each)
        return live
    return kind(**fields)


def _table(value: Any, _: Inner, directory: DataDirectory, known: Decoded) -> Any:
    return known.from_file(read_arrays(directory.files / value["$table"]), value["$table"])


def _array(value: Any, _: Inner, directory: DataDirectory, known: Decoded) -> Any:
    return known.from_file(read_arrays(directory.files / value["$array"])[""], value["$array"])


def _model(value: Any, _: Inner, directory: DataDirectory, known: Decoded) -> Any:
    from personalize_sfn.engine import load

    path = directory.files / value["$model"]
    try:
        return known.from_file(load(path)[1], value["$model"])
    except (DataError, OSError) as error:
        raise LocalAwsError(f"{path} is damaged or missing: {error}") from error


_DECODERS: dict[str, Callable[[Any, Inner, DataDirectory, Decoded], Any]] = {
    "$table": _table,
    "$array": _array,
    "$model": _model,
    "$object": _object,
    "$log": lambda value, inner, directory, known: known.read_log(value["$log"]),
    "$tuple": lambda value, inner, directory, known: tuple(inner(each) for each in value["$tuple"]),
    "$set": lambda value, inner, directory, known: {inner(each) for each in value["$set"]},
    "$frozenset": lambda value, inner, directory, known: frozenset(inner(each) for each in value["$frozenset"]),
    "$bytes": lambda value, inner, directory, known: base64.b64decode(value["$bytes"]),
    "$map": lambda value, inner, directory, known: {inner(key): inner(each) for key, each in value["$map"]},
}


def _is_model(value: Any) -> bool:
    return hasattr(value, "to_arrays") and hasattr(value, "interactions")


def _write_table(directory: DataDirectory, table: dict[str, Any]) -> str:
    return directory.write_file(".npz", lambda file: write_arrays(file, table))


def _write_model(directory: DataDirectory, model: Model) -> str:
    from personalize_sfn.engine import RECIPES, save

    # What a file says of the recipe tells which class reads it; a class's recipes are read alike.
    recipe = next(name for name, recipe in RECIPES.items() if recipe.model is type(model))

    name = directory.new_name(".npz")
    save(model, recipe, directory.files / name)
    return name
