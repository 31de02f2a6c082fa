"""What the tests of csv text and its neighbours share."""

from __future__ import annotations

import io

import pytest

from personalize_sfn.datasets import load_csv, schemas
from personalize_sfn.errors import DataError

__all__ = ["HEADER", "ITEMS", "loaded", "refusal"]


ITEMS = schemas.items(schemas.field("TITLE", nullable=True), schemas.field("N", "long", nullable=True))
HEADER = "ITEM_ID,TITLE,N\n"


def loaded(data: str | bytes) -> list[list[object]]:
    frame = load_csv(io.BytesIO(data if isinstance(data, bytes) else data.encode()), ITEMS).frame
    return frame.astype(object).where(frame.notna(), None).values.tolist()


def refusal(data: str | bytes) -> str:
    with pytest.raises(DataError) as error:
        loaded(data)
    assert len(str(error.value)) <= 2_000
    return str(error.value)
