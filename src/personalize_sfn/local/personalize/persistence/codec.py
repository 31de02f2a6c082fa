"""Values as JSON: what is small stands in the text, arrays and models in files and long lists in logs that it names.

The classes that may stand there are those of `kinds.KINDS`, made again from their fields: nothing is imported by a
name that was read.
"""
# ruff: noqa: ARG005 - decoders share one signature, not each needs all of it

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from personalize_sfn.engine.coded_column import CodedColumn
from personalize_sfn.errors import DataError, LocalAwsError
from personalize_sfn.local.personalize.data.tables import LiveEvents
from personalize_sfn.local.personalize.persistence.arrays import read_arrays, write_arrays
from personalize_sfn.local.personalize.persistence.content import ContentFiles
from personalize_sfn.local.personalize.persistence.kinds import KINDS, NAMES, fields_of

if TYPE_CHECKING:
    from personalize_sfn.engine import Model


class OtherModelError(LocalAwsError):
    """The model in ``file`` is whole, and of a format that this version does not read."""

    def __init__(self, message: str, file: str) -> None:
        super().__init__(message)
        self.file = file


class PartStore(Protocol):
    """Where an encoded value's larger parts go."""

    def file(self, value: Any, write: Callable[[Any], str]) -> str:
        """The name of the file that holds ``value``, which ``write`` makes when there is none."""
        ...

    def log(self, values: list[Any]) -> str | None:
        """The name of the log that holds a list; None where it is to stand in the text."""
        ...


def encoded(value: Any, parts: PartStore | None, files: ContentFiles) -> Any:
    """``value`` as JSON; without ``parts`` lists stand in the text, and there are no arrays.

    Raises:
        TypeError: a value of a class that cannot be kept.
    """

    def inner(value: Any) -> Any:
        return encoded(value, parts, files)

    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return _encoded_map(value, parts, files)
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
        return {"$array": parts.file(value, lambda array: _write_table(files, {"": array}))}
    if parts is not None and _is_model(value):
        return {"$model": parts.file(value, lambda model: _write_model(files, model))}
    name = NAMES.get(type(value))
    if name is not None:
        return {"$object": name, "fields": {field: inner(getattr(value, field)) for field in fields_of(name)}}
    raise TypeError(
        f"a value of {type(value).__module__}.{type(value).__qualname__} cannot be kept in a data directory"
    )


def _encoded_map(value: dict[Any, Any], parts: PartStore | None, files: ContentFiles) -> Any:
    if parts is not None and value and all(isinstance(each, np.ndarray | CodedColumn) for each in value.values()):
        return {"$table": parts.file(value, lambda table: _write_table(files, table))}
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encoded(each, parts, files) for key, each in value.items()}
    pairs = [[encoded(key, None, files), encoded(each, parts, files)] for key, each in value.items()]
    return {"$map": pairs}


def decoded(value: Any, files: ContentFiles, known: Decoded) -> Any:
    """What was encoded.

    ``known`` is told of every file and log with the value made from it.

    Raises:
        LocalAwsError: a file is damaged; names it.
    """

    def inner(value: Any) -> Any:
        return decoded(value, files, known)

    if isinstance(value, list):
        return [inner(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind = next((key for key in value if key.startswith("$")), "")
    return _DECODERS[kind](value, inner, files, known) if kind else {key: inner(each) for key, each in value.items()}


class Decoded(Protocol):
    """Learns which value came from which file or log, and reads logs."""

    def from_file(self, value: Any, name: str) -> Any: ...

    def read_log(self, name: str) -> list[Any]: ...


Inner = Callable[[Any], Any]


def _object(value: Any, inner: Inner, _: ContentFiles, __: Decoded) -> Any:
    name, fields = value["$object"], {key: inner(each) for key, each in value["fields"].items()}
    if name not in KINDS or not fields.keys() <= {*fields_of(name)}:
        raise LocalAwsError(
            f"the data directory holds a {name} of {', '.join(fields)}, which this version does not know"
        )
    if KINDS[name] is LiveEvents:
        live = LiveEvents()
        for event in fields["events"]:
            live.add(event)
        return live
    return KINDS[name](**fields)


def _table(value: Any, _: Inner, files: ContentFiles, known: Decoded) -> Any:
    return known.from_file(_read_arrays(files, value["$table"]), value["$table"])


def _array(value: Any, _: Inner, files: ContentFiles, known: Decoded) -> Any:
    return known.from_file(_read_arrays(files, value["$array"])[""], value["$array"])


def _read_arrays(files: ContentFiles, name: str) -> dict[str, Any]:
    with files.open(name) as file:
        return read_arrays(file, str(files.folder / name))


def _model(value: Any, _: Inner, files: ContentFiles, known: Decoded) -> Any:
    from personalize_sfn.engine.model_file import ModelFormatError, read_model

    name, path = value["$model"], files.folder / value["$model"]
    with files.open(name) as file:
        try:
            return known.from_file(read_model(file, str(path))[1], name)
        except ModelFormatError as error:
            raise OtherModelError(str(error), name) from error
        except DataError as error:
            raise LocalAwsError(f"{path} is damaged or missing: {error}") from error


_DECODERS: dict[str, Callable[[Any, Inner, ContentFiles, Decoded], Any]] = {
    "$table": _table,
    "$array": _array,
    "$model": _model,
    "$object": _object,
    "$log": lambda value, inner, files, known: known.read_log(value["$log"]),
    "$tuple": lambda value, inner, files, known: tuple(inner(each) for each in value["$tuple"]),
    "$set": lambda value, inner, files, known: {inner(each) for each in value["$set"]},
    "$frozenset": lambda value, inner, files, known: frozenset(inner(each) for each in value["$frozenset"]),
    "$bytes": lambda value, inner, files, known: base64.b64decode(value["$bytes"]),
    "$map": lambda value, inner, files, known: {inner(key): inner(each) for key, each in value["$map"]},
}


def _is_model(value: Any) -> bool:
    return hasattr(value, "to_arrays") and hasattr(value, "interactions")


def _write_table(files: ContentFiles, table: dict[str, Any]) -> str:
    return files.write(".npz", lambda file: write_arrays(file, table))


def _write_model(files: ContentFiles, model: Model) -> str:
    from personalize_sfn.engine import RECIPES
    from personalize_sfn.engine.model_file import write_model

    # What a file says of the recipe tells which class reads it; a class's recipes are read alike.
    recipe = next(name for name, recipe in RECIPES.items() if recipe.model is type(model))
    return files.write(".npz", lambda file: write_model(file, model, recipe))
