"""What a stopped execution leaves going on in Personalize, and being billed, and how to end that."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.display.history import Run, Span
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    BY_KEY,
    DATA_DELETION_JOB,
    DATASET_EXPORT_JOB,
    SOLUTION_VERSION,
    ResourceType,
)

__all__ = ["Stopped", "goes_on", "stop_training", "trainings", "what_it_waits_for"]

#: By resource type: what happens to it when the execution stops waiting.  ``{arn}`` is its ARN, ``{name}`` its end.
_LEFT: dict[str, str] = {
    "solutionVersion": "Solution version {name} continues to train, and is billed, until it is done or you stop it: "
    "session.client('personalize').stop_solution_version_creation(solutionVersionArn='{arn}').",
    "datasetImportJob": "Import job {name} runs to its end, and is billed; it cannot be stopped.",
    **{
        row.key: f"{row.title.capitalize()} {{name}} runs to its end, and is billed; it cannot be stopped."
        for row in (BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB)
    },
    DATA_DELETION_JOB.key: "Data deletion job {name} runs to its end; it cannot be stopped.",
    "campaign": "Campaign {name} is still being made, and is billed by the hour from then on until it is deleted: "
    "destroy(session, config), or 'personalize-sfn destroy'.",
}


class Stopped(dict[str, Any]):
    """The answer of StopExecution (``stopDate``), and what continues all the same."""

    def __init__(self, answer: Mapping[str, Any], goes_on: tuple[str, ...]) -> None:
        super().__init__(answer)
        self.goes_on = goes_on

    def __repr__(self) -> str:
        return " ".join(["Stopped.", *self.goes_on])


def goes_on(run: Run) -> list[str]:
    """A sentence for each thing that ``run``, stopped, was waiting for.  Of any other run, nothing."""
    if run.status != "ABORTED":
        return []
    return what_it_waits_for(run)


def what_it_waits_for(run: Run, ended: Collection[str] = ()) -> list[str]:
    """A sentence for each resource that the execution, or those that it started, is making now, but for ``ended``."""
    return [
        _LEFT[row.key].format(arn=arn, name=arn.split(":", 5)[-1].partition("/")[2])
        for arn, row in _under_way(run).items()
        if arn not in ended
    ]


def trainings(run: Run) -> list[str]:
    """ARNs of the solution versions that the execution, or those that it started, is training now."""
    return [arn for arn, row in _under_way(run).items() if row == SOLUTION_VERSION]


def stop_training(personalize: Any, arn: str) -> bool:
    """Stop a training and wait until it has stopped; whether it was stopped, and not done or failed before that.

    https://docs.aws.amazon.com/personalize/latest/dg/API_StopSolutionVersionCreation.html
    """
    try:
        personalize.stop_solution_version_creation(solutionVersionArn=arn)
    except ClientError as error:
        if code_of(error) not in ("ResourceInUseException", "InvalidInputException"):
            raise
    seconds = 0.5
    while True:
        found = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
        if found["status"] not in (*SOLUTION_VERSION.pending_statuses, _STOPPING):
            return bool(found["status"] == _STOPPED)
        time.sleep(seconds)
        seconds = min(2 * seconds, 30.0)


_STOPPING, _STOPPED = "CREATE STOPPING", "CREATE STOPPED"


def _under_way(run: Run) -> dict[str, ResourceType]:
    found = {}
    for _, part in run.walk():
        for span in part.spans:
            if part.status == "SUCCEEDED" or span.status not in {"RUNNING", "ABORTED"}:
                continue
            for row in (BY_KEY[key] for key in _LEFT):
                if span.name.endswith(row.title) and (arn := _arn(span, row)):
                    found[arn] = row
    return found


def _arn(span: Span, row: ResourceType) -> str | None:
    """The ARN of what the state checks or waits for; what is only about to be created has none yet."""
    try:
        given: Any = json.loads(span.input)
    except ValueError:
        return None
    state = given.get(row.key) if isinstance(given, dict) else None
    found = state.get(row.arn_field) if isinstance(state, dict) else None
    return found if isinstance(found, str) else None
