"""What the tests of times and its neighbours share."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from personalize_sfn.datasets import prepare, schemas
from personalize_sfn.errors import DataError

__all__ = ["FIRST", "ITEMS", "items", "refusal", "remedy", "seconds"]


FIRST = 1_600_000_000
ITEMS = schemas.items("CREATION_TIMESTAMP", schemas.field("GENRE", nullable=True))


def items(*times: object, dtype: object = object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ITEM_ID": [f"i{n}" for n in range(len(times))],
            "CREATION_TIMESTAMP": pd.Series(list(times), dtype=dtype),
            "GENRE": "x",
        }
    )


def seconds(frame: pd.DataFrame, **options) -> list[int]:
    return prepare(frame, ITEMS, **options).frame["CREATION_TIMESTAMP"].tolist()


def refusal(frame: pd.DataFrame, schema=ITEMS, **options) -> str:
    with pytest.raises(DataError) as error:
        prepare(frame, schema, **options)
    return str(error.value)


def remedy(message: str, pattern: str) -> str:
    found = re.search(pattern, message)
    assert found, message
    return found[0]
