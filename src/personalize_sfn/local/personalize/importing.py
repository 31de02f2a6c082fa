"""A dataset import job's work: read the CSV from S3, check it against the schema, and hand over its columns.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
The texts of the failure reasons are AWS's where they are on record; what follows in brackets is ours: the spot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from personalize_sfn.local.personalize.api_errors import WorkFailed, invalid_input
from personalize_sfn.local.personalize.environment import SERVICE_PRINCIPAL, Environment
from personalize_sfn.local.personalize.schemas import Field, Schema
from personalize_sfn.local.personalize.tables import Column, Table

#: An import into Interactions holds at least so many rows, FULL or INCREMENTAL.
FEWEST_INTERACTIONS = 1000
LONGEST_TEXTUAL = 20_000
_IDS = ("USER_ID", "ITEM_ID", "ACTION_ID")
#: What users do with actions, in any case: https://docs.aws.amazon.com/personalize/latest/dg/action-interactions-datasets.html
ACTION_EVENTS = ("TAKEN", "NOT TAKEN", "VIEWED")
_LONGEST = {"id": 256, "string": 1000}

INSUFFICIENT_PRIVILEGES = (
    "Insufficient privileges for accessing data in S3. Please look at "
    "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html "
    "and ensure your role is configured correctly."
)
_NOT_CONFORMING = (
    "Input csv has rows that do not conform to the dataset schema. Please ensure all required data fields are present "
    "and that they are of the type specified in the schema."
)


def bucket_and_key(location: str) -> tuple[str, str]:
    """Split ``s3://bucket/key``.  Raises InvalidInputException for another kind of location."""
    parts = urlsplit(location)
    if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
        raise invalid_input(f"dataLocation: expected s3://<bucket>/<file or folder/>, got {location}")
    return parts.netloc, parts.path.removeprefix("/")


def check_access(environment: Environment, role_arn: str, location: str, *, account: str, source_arn: str) -> None:
    """May Personalize, in that role, list the bucket and read the location?

    Asks what AWS asks when a job is created: the role trusts Personalize and may read; the bucket allows it too.

    Raises:
        ApiError: InvalidInputException with AWS's text.
    """
    bucket, key = bucket_and_key(location)
    bucket_arn = f"arn:aws:s3:::{bucket}"
    needed = {"s3:ListBucket": bucket_arn, "s3:GetObject": f"{bucket_arn}/{key}"}
    if not environment.role_trusts(role_arn, SERVICE_PRINCIPAL):
        raise invalid_input(INSUFFICIENT_PRIVILEGES)
    for action, resource in needed.items():
        by_role = environment.authorize(role_arn, action, resource).allowed
        if not by_role or not environment.bucket_allows_service(
            bucket, action, resource, account=account, source_arn=source_arn
        ):
            raise invalid_input(INSUFFICIENT_PRIVILEGES)


def import_csv(environment: Environment, role_arn: str, location: str, schema: Schema) -> Table:
    """Read one object, or the objects right in a folder (a location that ends in ``/``).

    Raises:
        WorkFailed: with the text for failureReason.
    """
    bucket, key = bucket_and_key(location)
    keys = _first_level(environment.s3_list(role_arn, bucket, key), key) if key.endswith("/") else [key]
    if not keys:
        raise WorkFailed("Invalid Data location.")
    tables = []
    for name in keys:
        try:
            content = environment.s3_get(role_arn, bucket, name)
        except KeyError:
            raise WorkFailed("Invalid Data location.") from None
        tables.append(_table(content, schema, name))
    table = {field.name: np.concatenate([part[field.name] for part in tables]) for field in schema.fields}
    rows = len(table[schema.fields[0].name])
    if schema.dataset_type == "INTERACTIONS" and rows < FEWEST_INTERACTIONS:
        raise WorkFailed(f"Input csv has {rows} rows; an interactions import needs at least {FEWEST_INTERACTIONS}.")
    if not rows:
        raise WorkFailed("Input csv has no rows.")
    if schema.dataset_type == "ACTION_INTERACTIONS":
        wrong = {str(kind) for kind in table["EVENT_TYPE"].tolist() if str(kind).upper() not in ACTION_EVENTS}
        if wrong:
            raise WorkFailed(f"{_NOT_CONFORMING} (EVENT_TYPE: expected Taken, Not taken or Viewed, got {min(wrong)!r})")
    return table


def _first_level(keys: Sequence[str], folder: str) -> list[str]:
    return [key for key in keys if key != folder and "/" not in key.removeprefix(folder)]


def _table(content: bytes, schema: Schema, key: str) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkFailed(f"{_NOT_CONFORMING} ({key}: byte {error.start} is no UTF-8)") from error
    # Inner quotes are escaped by a backslash; doubled quotes, which most programs write, are read too.
    reader = csv.reader(io.StringIO(text, newline=""), escapechar="\\")
    header = next(reader, [])
    missing = [field.name for field in schema.fields if field.name not in header]
    if missing:
        raise WorkFailed(f"Input CSV is missing the following columns:[{', '.join(missing)}].")
    rows = [row for row in reader if row]
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise WorkFailed(
                f"{_NOT_CONFORMING} ({key}, row {number}: {len(row)} values, the header has {len(header)})"
            )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    return {field.name: _column(field, columns[header.index(field.name)], key) for field in schema.fields}


def _column(field: Field, values: Sequence[str], key: str) -> Column:
    """The column's values as numbers or text; empty ones are null."""
    if "" in values:
        if not field.nullable:
            number = values.index("") + 2
            raise WorkFailed(
                f"{_NOT_CONFORMING} ({key}, row {number}, {field.name}: empty, and the field is not nullable)"
            )
        convert = _CONVERTERS[field.type][0]
        return np.array(
            [None if value == "" else _converted(convert, value, field, key) for value in values], dtype=object
        )
    if field.type == "string":
        return _strings(field, values)
    convert, dtype = _CONVERTERS[field.type]
    try:
        column = np.array(list(map(convert, values)), dtype=dtype)
    except (ValueError, OverflowError):
        for number, value in enumerate(values, 2):
            _converted(convert, value, field, f"{key}, row {number}")
        raise
    return column.astype(object) if field.nullable else column


def _strings(field: Field, values: Sequence[str]) -> Column:
    column = np.array(values, dtype=np.str_)
    if field.textual:
        return column.astype(f"U{LONGEST_TEXTUAL}") if column.dtype.itemsize > 4 * LONGEST_TEXTUAL else column
    longest = _LONGEST["id" if field.name in _IDS else "string"]
    if column.dtype.itemsize > 4 * longest:  # four bytes a character
        raise WorkFailed(
            f"Length cannot be more than {longest} characters for {field.name}. "
            "If no values exceed the character limit, make sure your data follows the formatting guidelines listed in "
            "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
        )
    return column


def _converted(convert: Callable[[str], Any], value: str, field: Field, where: str) -> Any:
    try:
        return convert(value)
    except (ValueError, OverflowError):
        raise WorkFailed(
            f"{_NOT_CONFORMING} ({where}, {field.name}: expected {field.type}, got {value[:50]!r})"
        ) from None


def _whole(bits: int) -> Callable[[str], int]:
    def convert(value: str) -> int:
        number = int(value)
        if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise OverflowError(value)
        return number

    return convert


def _boolean(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(value)
    return value == "true"


_CONVERTERS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "string": (str, np.str_),
    "int": (_whole(32), np.int64),
    "long": (_whole(64), np.int64),
    "float": (float, np.float64),
    "double": (float, np.float64),
    "boolean": (_boolean, np.bool_),
}
