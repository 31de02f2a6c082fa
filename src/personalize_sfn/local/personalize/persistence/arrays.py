"""Columns as npz files without pickle: reading one runs no code of its writer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn, Column
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.npz import read_npz

Array = NDArray[Any]


def write_arrays(file: IO[bytes], arrays: Mapping[str, Column]) -> None:
    """Write arrays and coded columns by name; those of objects hold strings, numbers, bools and None.

    An array of objects is kept as JSON text, each value in a line's place, with the place of each line's end: text of
    very different lengths takes no more room than it has.
    """
    parts: dict[str, Array] = {}
    described = []
    for number, (name, column) in enumerate(arrays.items()):
        array = column.values if isinstance(column, CodedColumn) else column
        coded, objects = isinstance(column, CodedColumn), array.dtype.kind == "O"
        described.append({"name": name, "objects": objects, "coded": coded, "shape": array.shape})
        if isinstance(column, CodedColumn):
            parts[f"codes{number}"] = column.codes
        if objects:
            texts = [json.dumps(_plain(value)).encode() for value in array.ravel()]
            parts[f"ends{number}"] = np.cumsum([len(text) for text in texts], dtype=np.int64)
            parts[f"array{number}"] = np.frombuffer(b"".join(texts), dtype=np.uint8)
        else:
            parts[f"array{number}"] = array
    parts["described"] = np.array(json.dumps(described))
    np.savez(file, allow_pickle=False, **parts)


def read_arrays(file: IO[bytes], where: str) -> dict[str, Column]:
    """The arrays of an open file by name; ``where`` is what errors call it.

    Raises:
        LocalAwsError: it is damaged; names it.
    """
    try:
        arrays = read_npz(file)
        described = json.loads(str(arrays["described"]))
        return {str(entry["name"]): _column(arrays, number, entry) for number, entry in enumerate(described)}
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise LocalAwsError(f"{where} is damaged or missing: {error}") from error


def _column(arrays: Mapping[str, Array], number: int, described: dict[str, Any]) -> Column:
    array = arrays[f"array{number}"]
    if described["objects"]:
        array = _objects(array, arrays[f"ends{number}"], described["shape"])
    if not described.get("coded"):
        return array
    codes = arrays[f"codes{number}"]
    if codes.dtype != np.int32 or (len(codes) and not 0 <= codes.min() <= codes.max() < len(array)):
        raise ValueError("a column's codes name values that are not there")
    return CodedColumn(array, codes)


def _objects(text: Array, ends: Array, shape: list[int]) -> Array:
    content = text.tobytes()
    if len(ends) and (ends[0] < 0 or ends[-1] != len(content) or (ends[1:] < ends[:-1]).any()):
        raise ValueError("a column's texts end where there is none")
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
