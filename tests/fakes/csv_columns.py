"""What the tests of csv columns and its neighbours share."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from fakes.personalize_aws import avro
from personalize_sfn.local.personalize.data.csv_columns import NOT_CONFORMING, Gathering
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.wire.errors import WorkFailed

__all__ = ["FIELDS", "problem", "rows"]


FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "T", "type": ["null", "string"]},
    {"name": "N", "type": ["null", "long"]},
]


def rows(data: str | bytes, fields: list[dict[str, Any]] = FIELDS, name: str = "Items") -> list[tuple[Any, ...]]:
    """The rows that an import of the file brings."""
    gathering = Gathering(read_schema(avro(name=name, fields=fields)))
    gathering.add_file(BytesIO(data if isinstance(data, bytes) else data.encode()), "a.csv")
    return list(zip(*(column.tolist() for column in gathering.table().values()), strict=True))


def problem(data: str | bytes, fields: list[dict[str, Any]] = FIELDS, name: str = "Items") -> str:
    """What the refusal of the file says behind AWS's own words."""
    with pytest.raises(WorkFailed) as failed:
        rows(data, fields, name)
    return str(failed.value).removeprefix(NOT_CONFORMING).strip()
