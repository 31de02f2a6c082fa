"""Models as files: one uncompressed npz of plain arrays, so that reading one runs no code of its writer (no pickle)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Interactions
from personalize_sfn.engine.model import Model
from personalize_sfn.engine.recipes import recipe_named
from personalize_sfn.errors import ConfigError, DataError
from personalize_sfn.npz import NpzError, read_npz

FORMAT = "personalize-sfn model 1"
COLUMNS = ("user_ids", "item_ids", "users", "items", "timestamps", "event_types", "event_values", "weights")


class ModelFormatError(DataError):
    """The file is whole, and holds a model as another version of this package writes it: train it again."""


def save(model: Model, recipe: str, path: Path) -> None:
    """Write a model to `path`, whole or not at all: readers of `path` find the old file or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as unfinished:
        try:
            write_model(unfinished, model, recipe)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).replace(path)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def write_model(file: Any, model: Model, recipe: str) -> None:
    """Write a model into an open file, in bytes."""
    data = {name: getattr(model.interactions, name) for name in COLUMNS}
    arrays: dict[str, NDArray[Any]] = {f"data.{name}": column for name, column in data.items() if column is not None}
    arrays |= {f"model.{name}": array for name, array in model.to_arrays().items()}
    arrays |= {"format": np.array(FORMAT), "recipe": np.array(recipe_named(recipe).name)}
    np.savez(file, allow_pickle=False, **arrays)


def load(path: Path) -> tuple[str, Model]:
    """Read a model: the recipe's name and the model.

    Raises `FileNotFoundError` when there is no such file, `DataError` when it is damaged or no model file,
    `ModelFormatError` when it is whole, but of another version's format.
    """
    with path.open("rb") as file:
        return read_model(file, str(path))


def read_model(file: IO[bytes], where: str) -> tuple[str, Model]:
    """Read a model from an open file, as `load` does; errors begin with `where`."""
    try:
        arrays = read_npz(file)
    except NpzError as error:
        raise DataError(f"{where}: not a whole model file ({error}); train the model again") from error
    if "format" not in arrays:
        raise DataError(f"{where}: not a whole model file (it has no format); train the model again")
    if str(arrays["format"]) != FORMAT:
        found = str(arrays["format"])[:100]
        raise ModelFormatError(f"{where}: expected a file of format {FORMAT!r}, got {found!r}; train the model again")
    try:
        columns: dict[str, Any] = {name: arrays[f"data.{name}"] for name in COLUMNS if f"data.{name}" in arrays}
        data = Interactions(**columns)
        parts = {name.removeprefix("model."): array for name, array in arrays.items() if name.startswith("model.")}
        recipe = str(arrays["recipe"])
        model: Model = recipe_named(recipe).model.from_arrays(data, parts)
    except (AttributeError, ConfigError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ModelFormatError(
            f"{where}: not a whole model file, or one of another version ({error}); train the model again"
        ) from error
    return recipe, model
