"""What the tests of frames and its neighbours share."""

from __future__ import annotations

import pandas as pd
import pytest

from personalize_sfn.datasets import prepare, schemas
from personalize_sfn.errors import DataError

__all__ = ["ROWS", "TEXTS", "ids", "prepared", "refusal"]


TEXTS = schemas.items(schemas.field("TITLE", nullable=True))


def prepared(values: object, kind: str = "string", dtype: object = object, **flags: bool) -> list[object]:
    """The values of a column ``X`` of that type, prepared."""
    column = pd.Series(values, dtype=dtype)  # type: ignore[call-overload]
    frame = pd.DataFrame({"ITEM_ID": [f"i{n}" for n in range(len(column))], "X": column})
    schema = schemas.items(schemas.field("X", kind, nullable=True, **flags))
    table = prepare(frame, schema).frame["X"]
    return [None if pd.isna(value) else value for value in table.tolist()]


def refusal(values: object, kind: str = "string", dtype: object = object, **flags: bool) -> str:
    with pytest.raises(DataError) as error:
        prepared(values, kind, dtype, **flags)
    assert len(str(error.value)) <= 2_000
    return str(error.value)


def ids(values: object, dtype: object = object) -> list[str]:
    column = pd.Series(values, dtype=dtype)  # type: ignore[call-overload]
    return prepare(pd.DataFrame({"ITEM_ID": column, "TITLE": "x"}), TEXTS).frame["ITEM_ID"].tolist()


ROWS = {"ITEM_ID": ["1", "2"], "TITLE": ["a", "b"]}
