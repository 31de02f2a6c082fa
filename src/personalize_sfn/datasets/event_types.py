"""The constant EVENT_TYPE of interactions whose table has none: the default schema demands the column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from personalize_sfn.datasets import schemas
from personalize_sfn.datasets.csv_output import CheckedCsv
from personalize_sfn.datasets.schemas import AvroSchema
from personalize_sfn.errors import DataError
from personalize_sfn.schema_rules import lacks_only_event_type

if TYPE_CHECKING:
    from personalize_sfn.config import Config, DatasetConfig
    from personalize_sfn.datasets.validation import Prepared
    from personalize_sfn.session import Session

__all__ = ["as_configured", "as_deployed", "schema_or_default", "with_event_type", "without_event_type"]

_COLUMN = "EVENT_TYPE"
#: Columns that hold types of events under another name: to be renamed, not to be replaced by a constant.
_ALIKE = frozenset({"EVENTTYPE", "EVENTNAME", "EVENT"})


def schema_or_default(schema: AvroSchema | None, default_event_type: str | None) -> AvroSchema:
    """The schema, or the default one: with EVENT_TYPE unless there is to be none."""
    if schema is not None:
        return schema
    return schemas.interactions() if default_event_type is None else schemas.interactions(_COLUMN)


def without_event_type(schema: AvroSchema, columns: Iterable[object], default_event_type: str | None) -> AvroSchema:
    """What a table of these columns is to be held against: without EVENT_TYPE where that will be a constant."""
    schemas.check(schema)
    names = [str(column) for column in columns]
    alike = any(name.upper().replace("_", "").replace(" ", "") in _ALIKE for name in names)
    if default_event_type is None or schema["name"] != "Interactions" or _COLUMN in names or alike:
        return schema
    return {**schema, "fields": [column for column in schema["fields"] if column["name"] != _COLUMN]}


def with_event_type(prepared: Prepared, schema: AvroSchema, event_type: str | None) -> Prepared:
    """The table with the column that :func:`without_event_type` took out of the schema, and a note of it."""
    position = [column["name"] for column in schema["fields"]].index(_COLUMN) if prepared.schema != schema else None
    if position is None or event_type is None:
        return prepared
    table = prepared.table
    if isinstance(table, CheckedCsv) and position == len(table.columns):
        table = replace(table, constants={_COLUMN: event_type})
    else:
        table = prepared.frame.copy(deep=False)
        table.insert(position, _COLUMN, event_type)
    note = f"no column {_COLUMN}: every row gets {event_type!r} (default_event_type)"
    report = replace(prepared.report, notes=(*prepared.report.notes, note))
    return replace(prepared, table=table, schema=schema, report=report, constant_event_type=event_type)


def as_configured(prepared: Prepared, config: Config, dataset: DatasetConfig) -> Prepared:
    """Prepared interactions with the constant of the configuration in place of another one.

    Raises:
        DataError: the configuration trains on events of a type that no row would have.
    """
    constant, wanted = prepared.constant_event_type, dataset.default_event_type
    if constant is None:
        return prepared
    if wanted is None:
        raise DataError(
            f"{prepared.report.name}: there is no column {_COLUMN}, which datasets.interactions.schema has: add it, or "
            "set datasets.interactions.default_event_type to the type of all events"
        )
    for key, solution in config.solutions.items():
        if solution.event_type not in (None, wanted):
            raise DataError(
                f"{prepared.report.name}: there is no column {_COLUMN}, so every event would be {wanted!r}, but "
                f"solutions.{key}.event_type trains on {solution.event_type!r} alone: add the column, or set "
                f"datasets.interactions.default_event_type to {solution.event_type!r}"
            )
    if constant == wanted:
        return prepared
    notes = tuple(note.replace(repr(constant), repr(wanted)) for note in prepared.report.notes)
    table = prepared.table
    if isinstance(table, CheckedCsv):
        table = replace(table, constants={_COLUMN: wanted})
    else:
        table = table.assign(**{_COLUMN: wanted})
    report = replace(prepared.report, notes=notes)
    return replace(prepared, table=table, report=report, constant_event_type=wanted)


def as_deployed(session: Session, config: Config, prepared: Prepared, bucket: str, key: str) -> Prepared:
    """Without EVENT_TYPE where the deployed dataset has the default schema of earlier versions, which had none.

    So the same data stays the same file, and is not imported and trained again for a column that is not read.
    """
    from botocore.exceptions import ClientError

    from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA_OF_THE_POST

    if not lacks_only_event_type(INTERACTIONS_SCHEMA_OF_THE_POST, prepared.schema):
        return prepared
    arn = session.arns.personalize(f"dataset/{config.dataset_group_name}/INTERACTIONS")
    try:
        there = session.client("s3").get_object(Bucket=bucket, Key=key, Range="bytes=0-1023")["Body"].read()
        if b"EVENT_TYPE" in there.partition(b"\n")[0]:
            return prepared
        schema = session.client("personalize").describe_dataset(datasetArn=arn)["dataset"]["schemaArn"]
    except ClientError:  # no file or no dataset is there yet, or they may not be looked at
        return prepared
    if schema != session.arns.personalize(f"schema/{config.former_interactions_schema_name}"):
        return prepared
    note = f"the deployed dataset has no {_COLUMN}, so it is left out"
    report = replace(prepared.report, notes=(*prepared.report.notes, note))
    if isinstance(prepared.table, CheckedCsv) and prepared.table.constants:
        return replace(prepared, table=replace(prepared.table, constants={}), report=report)
    return replace(prepared, table=prepared.frame.drop(columns=_COLUMN), report=report)
