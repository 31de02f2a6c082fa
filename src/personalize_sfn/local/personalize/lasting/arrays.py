"""Columns as npz files without pickle: reading one runs no code of its writer."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.coded import Coded, Column

Array = NDArray[Any]


def write_arrays(file: IO[bytes], arrays: Mapping[str, Column]) -> None:
    """Write arrays and coded columns by name; those of objects hold strings, numbers, bools and None.

    An array of objects is kept as JSON text, each value in a line's place, with the place of each line's end: text of
    very different lengths takes no more room than it has.
    """
    parts: dict[str, Array] = {}
    described = []
    for number, (name, column) in enumerate(arrays.items()):
        array = column.values if isinstance(column, Coded) else column
        coded, objects = isinstance(column, Coded), array.dtype.kind == "O"
        described.append({"name": name, "objects": objects, "coded": coded, "shape": array.shape})
        if isinstance(column, Coded):
            parts[f"codes{number}"] = column.codes
        if objects:
            texts = [json.dumps(_plain(value)).encode() for value in array.ravel()]
            parts[f"ends{number}"] = np.cumsum([len(text) for text in texts], dtype=np.int64)
            parts[f"array{number}"] = np.frombuffer(b"".join(texts), dtype=np.uint8)
        else:
            parts[f"array{number}"] = array
    parts["described"] = np.array(json.dumps(described))
    np.savez(file, allow_pickle=False, **parts)


def read_arrays(path: Path) -> dict[str, Column]:
    """The arrays of a file by name.

    Raises:
        LocalAwsError: it is missing or damaged; names it.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            described = json.loads(str(file["described"]))
            return {entry["name"]: _column(file, number, entry) for number, entry in enumerate(described)}
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, EOFError, TypeError) as error:
        raise LocalAwsError(f"{path} is damaged or missing: {error}") from error


def _column(file: Mapping[str, Array], number: int, described: dict[str, Any]) -> Column:
    array = file[f"array{number}"]
    if described["objects"]:
        array = _objects(array, file[f"ends{number}"], described["shape"])
    return Coded(array, file[f"codes{number}"]) if described.get("coded") else array


def _objects(text: Array, ends: Array, shape: list[int]) -> Array:
    content = text.tobytes()
    array = np.empty(len(ends), dtype=object)
    known: dict[bytes, Any] = {}
    start = 0
    for place, end in enumerate(ends.tolist()):
        piece = content[start:end]
        if piece not in known:
            known[piece] = json.loads(piece)
        array[place] = known[piece]  # equal values are one object, as when they were imported
        start = end
    return array.reshape(shape)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
