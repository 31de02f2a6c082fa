"""A dataset import job's work: read the CSV from S3, check it against the schema, and hand over its columns.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
The texts of the failure reasons are AWS's where they are on record; what follows in brackets is ours: the spot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import different
from personalize_sfn.local.personalize.data.csv_columns import NOT_CONFORMING, Gathering
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS, ParsedSchema, own_columns
from personalize_sfn.local.personalize.data.tables import Table, distinct, fresh_rows, last_rows
from personalize_sfn.local.personalize.environment import SERVICE_PRINCIPAL, Environment
from personalize_sfn.local.personalize.wire.errors import WorkFailed, invalid_input

#: An import into Interactions holds at least so many rows, FULL or INCREMENTAL.
FEWEST_ROWS = {
    ("INTERACTIONS", "FULL"): (1000, "an interactions import"),
    ("INTERACTIONS", "INCREMENTAL"): (1000, "an interactions import"),
    ("ACTION_INTERACTIONS", "INCREMENTAL"): (1000, "an incremental import of interactions with actions"),
}
"""By dataset type and importMode: https://docs.aws.amazon.com/personalize/latest/dg/updating-datasets.html"""
#: Distinct event types and columns of one's own: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
MOST_KINDS_AND_COLUMNS = 10
#: What users do with actions, in any case: https://docs.aws.amazon.com/personalize/latest/dg/action-interactions-datasets.html
TAKEN = "TAKEN"
ACTION_EVENTS = (TAKEN, "NOT TAKEN", "VIEWED")

INSUFFICIENT_PRIVILEGES = (
    "Insufficient privileges for accessing data in S3. Please look at "
    "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html "
    "and ensure your role is configured correctly."
)


def bucket_and_key(location: str) -> tuple[str, str]:
    """Split ``s3://bucket/key``.  Raises InvalidInputException for another kind of location."""
    bucket, key = split_location(location)
    if not bucket or not key.strip("/"):
        raise invalid_input(f"dataLocation: expected s3://<bucket>/<file or folder/>, got {location}")
    return bucket, key


def split_location(location: str) -> tuple[str, str]:
    """Bucket and key of ``s3://bucket/key``, in which ``?``, ``#`` and ``%`` are letters like others; "" where none."""
    if not location.startswith("s3://"):
        return "", ""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key


def check_access(environment: Environment, role_arn: str, location: str, *, account: str, source_arn: str) -> None:
    """May Personalize, in that role, list the bucket and read the location?

    Asks what AWS asks when a job is created: the role trusts Personalize and may read; the bucket allows it too.

    Raises:
        AwsError: InvalidInputException with AWS's text.
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


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import job brings, seen beside what the dataset held when the job read it."""

    table: Table
    beside: tuple[Table, ...]
    fresh: NDArray[np.bool_]
    """Which rows the tables beside do not have already; shape (rows,)."""


def imported_beside(table: Table, beside: tuple[Table, ...]) -> Imported:
    """An INCREMENTAL import of interactions: rows equal in all columns to one that is there count once."""
    return Imported(table, beside, fresh_rows(beside, table))


def import_csv(
    environment: Environment, role_arn: str, location: str, schema: ParsedSchema, mode: str = "FULL"
) -> Table:
    """Read one object, or the objects right in a folder (a location that ends in ``/``).

    Interactions that are equal in all columns stand once in the table; of items, users and actions the last row for an
    id stands.

    Raises:
        WorkFailed: with the text for failureReason.
    """
    bucket, key = bucket_and_key(location)
    keys = _first_level(environment.s3_list(role_arn, bucket, key), key) if key.endswith("/") else [key]
    if not keys:
        raise WorkFailed("Invalid Data location.")
    gathering = Gathering(schema)
    for name in keys:
        try:
            content = environment.s3_open(role_arn, bucket, name)
        except KeyError:
            raise WorkFailed("Invalid Data location.") from None
        with content:
            gathering.add_file(content, name)
    rows = gathering.rows
    fewest, what = FEWEST_ROWS.get((schema.dataset_type, mode), (0, ""))
    if rows < fewest:
        raise WorkFailed(f"Input csv has {rows} rows; {what} needs at least {fewest}.")
    if not rows:
        raise WorkFailed("Input csv has no rows.")
    table = gathering.table()
    _check_values(schema, table)
    identity = ID_COLUMNS.get(schema.dataset_type)
    return distinct([table], list(table)) if identity is None else last_rows([table], identity)


def _check_values(schema: ParsedSchema, table: Table) -> None:
    """What a dataset of the type may hold beyond what its schema says."""
    kinds = different(table["EVENT_TYPE"]) - {None} if "EVENT_TYPE" in table else set()
    if schema.dataset_type == "ACTION_INTERACTIONS":
        wrong = {kind for kind in kinds if not is_action_event(kind)}
        if wrong:
            raise WorkFailed(f"{NOT_CONFORMING} (EVENT_TYPE: expected Taken, Not taken or Viewed, got {min(wrong)!r})")
    columns = len(own_columns(schema))
    if schema.dataset_type == "INTERACTIONS" and len(kinds) + columns > MOST_KINDS_AND_COLUMNS:
        raise WorkFailed(
            f"Input csv has {len(kinds)} distinct event types; with the {columns} metadata columns of the dataset they "
            f"must be at most {MOST_KINDS_AND_COLUMNS}."
        )


def is_action_event(kind: str) -> bool:
    """Is it what a user can do with an action?"""
    return action_event(kind) in ACTION_EVENTS


def action_event(kind: str) -> str:
    """An EVENT_TYPE of interactions with actions as ACTION_EVENTS spell it: any case, a space or an underscore."""
    return kind.upper().replace("_", " ")


def _first_level(keys: Sequence[str], folder: str) -> list[str]:
    return [key for key in keys if key != folder and "/" not in key.removeprefix(folder)]
