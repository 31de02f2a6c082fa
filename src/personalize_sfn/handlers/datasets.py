"""Datasets: another schema for one that is there, where Personalize allows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.errors import DefinitionConflictError, TransientError
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, describe, translating_errors
from personalize_sfn.handlers.create import create_or_find
from personalize_sfn.resources import DATASET, SCHEMA
from personalize_sfn.schema_rules import lacks_only_event_type, replacement_problems


def create_dataset(event: LambdaEvent, context: Any) -> LambdaResult:
    """Create the dataset, or find it and give it the schema that is wanted.

    The event is a create handler's.  Items and Users take a schema that keeps all columns as they are and adds such as
    may be null.  Interactions take none: what exists is used as it is where all that it lacks
    is the EVENT_TYPE that this package's default schema once did not have.

    Raises:
        DefinitionConflictError: the schema cannot be replaced by the wanted one; names the column, and what to do.
        TransientError: another update is running.
    """
    with translating_errors(event):
        return create_or_find(DATASET, event, context, same=("datasetGroupArn",), update=_bring_up_to_date)


def _bring_up_to_date(arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    latest = found.get("latestDatasetUpdate", {})
    updating = latest.get("status") in DATASET.pending_statuses
    there, wanted = latest["schemaArn"] if updating else found["schemaArn"], request["schemaArn"]
    if there == wanted:
        return updating
    old, new = (json.loads(describe(SCHEMA, each)["schema"]) for each in (there, wanted))
    if old == new:
        return updating
    if updating:
        raise TransientError(f"dataset {found['name']} is getting another schema; it is updated when that has ended")
    if found["datasetType"] == "INTERACTIONS":
        if lacks_only_event_type(old, new):
            return False
        raise DefinitionConflictError(
            f"dataset {found['name']} has the schema {parse(there).name}, and Personalize never gives a dataset of "
            f"interactions another one. For the schema {parse(wanted).name} a new dataset group is needed: choose "
            "another project name, or clean up first; or set datasets.interactions.schema back to what it was"
        )
    problems = list(replacement_problems(old, new))
    if problems:
        raise DefinitionConflictError(
            f"dataset {found['name']} cannot get the schema {parse(wanted).name}: {'; '.join(problems)}. "
            f"Correct datasets.{found['datasetType'].lower()}.schema, or clean up first"
        )
    client("personalize").update_dataset(datasetArn=arn, schemaArn=wanted)
    return True
