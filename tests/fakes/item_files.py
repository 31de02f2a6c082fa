"""What the tests of validation and its neighbours share."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from personalize_sfn.datasets import load_csv, prepare, schemas
from personalize_sfn.errors import DataError

__all__ = ["ITEMS", "ITEMS_HEADER", "items_csv", "refusal"]


ITEMS = schemas.items(
    schemas.field("GENRES", categorical=True, nullable=True),
    schemas.field("PRICE", "float", nullable=True),
    schemas.field("NEW", "boolean", nullable=True),
    schemas.field("SOLD", "long", nullable=True),
    schemas.field("PLOT", textual=True, nullable=True),
)
ITEMS_HEADER = "ITEM_ID,GENRES,PRICE,NEW,SOLD,PLOT\n"


def refusal(data, *arguments, **options) -> str:
    with pytest.raises(DataError) as error:
        (prepare if isinstance(data, pd.DataFrame) else load_csv)(data, *arguments, **options)
    return str(error.value)


def items_csv(*lines: str) -> io.BytesIO:
    return io.BytesIO((ITEMS_HEADER + "\n".join([*lines, ""])).encode())
