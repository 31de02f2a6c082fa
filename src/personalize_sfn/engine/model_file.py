"""Models as files: one uncompressed npz of plain arrays, so that reading one runs no code of its writer (no pickle)."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.errors import DataError

from .interactions import Interactions
from .model import Model
from .recipes import recipe_named

FORMAT = "personalize-sfn model 1"
COLUMNS = ("user_ids", "item_ids", "users", "items", "timestamps", "event_types", "event_values", "weights")


def save(model: Model, recipe: str, path: Path) -> None:
    """Write a model to `path`, whole or not at all: whoever opens `path` finds the old file or the new one."""
    data = {name: getattr(model.interactions, name) for name in COLUMNS}
    arrays: dict[str, NDArray[Any]] = {f"data.{name}": column for name, column in data.items() if column is not None}
    arrays |= {f"model.{name}": array for name, array in model.to_arrays().items()}
    arrays |= {"format": np.array(FORMAT), "recipe": np.array(recipe_named(recipe).name)}
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as unfinished:
        try:
            np.savez(unfinished, allow_pickle=False, **arrays)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).replace(path)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def load(path: Path) -> tuple[str, Model]:
    """Read a model: the recipe's name and the model.

    Raises `FileNotFoundError` when there is no such file, `DataError` when it is damaged or no model file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if str(arrays["format"]) != FORMAT:
            raise DataError(f"{path}: expected a file of format {FORMAT!r}, got {str(arrays['format'])!r}")
        data = Interactions(**{name: arrays[f"data.{name}"] for name in COLUMNS if f"data.{name}" in arrays})
        parts = {name.removeprefix("model."): array for name, array in arrays.items() if name.startswith("model.")}
        recipe = str(arrays["recipe"])
        model: Model = recipe_named(recipe).model.from_arrays(data, parts)
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError, AttributeError) as error:
        raise DataError(f"{path}: not a whole model file ({error}); train the model again") from error
    return recipe, model
