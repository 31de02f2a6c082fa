"""What a stopped execution leaves going on in Personalize, and being billed, and how to end that."""

from __future__ import annotations

import json
from typing import Any

from personalize_sfn.display.history import Run, Span
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    BY_KEY,
    DATASET_EXPORT_JOB,
    ResourceType,
)

__all__ = ["goes_on", "what_it_waits_for"]

#: By resource type: what happens to it when the execution stops waiting.  ``{arn}`` is its ARN, ``{name}`` its end.
_LEFT: dict[str, str] = {
    "solutionVersion": "Solution version {name} continues to train, and is billed, until it is done or you stop it: "
    "session.client('personalize').stop_solution_version_creation(solutionVersionArn='{arn}').",
    "datasetImportJob": "Import job {name} runs to its end, and is billed; it cannot be stopped.",
    **{
        row.key: f"{row.title.capitalize()} {{name}} runs to its end, and is billed; it cannot be stopped."
        for row in (BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB)
    },
    "campaign": "Campaign {name} is still being made, and is billed by the hour from then on until it is deleted: "
    "destroy(session, config), or 'personalize-sfn destroy'.",
}


def goes_on(run: Run) -> list[str]:
    """A sentence for each thing that ``run``, stopped, was waiting for.  Of any other run, nothing."""
    if run.status != "ABORTED":
        return []
    return what_it_waits_for(run)


def what_it_waits_for(run: Run) -> list[str]:
    """A sentence for each resource that the execution, or those that it started, is making now."""
    found: dict[str, str] = {}
    for _, part in run.walk():
        for span in part.spans:
            if part.status == "SUCCEEDED" or span.status not in {"RUNNING", "ABORTED"}:
                continue
            for key, sentence in _LEFT.items():
                if span.name.endswith(BY_KEY[key].title) and (arn := _arn(span, BY_KEY[key])):
                    found[arn] = sentence.format(arn=arn, name=arn.split(":", 5)[-1].partition("/")[2])
    return list(found.values())


def _arn(span: Span, row: ResourceType) -> str | None:
    """The ARN of what the state checks or waits for; what is only about to be created has none yet."""
    try:
        given: Any = json.loads(span.input)
    except ValueError:
        return None
    state = given.get(row.key) if isinstance(given, dict) else None
    found = state.get(row.arn_field) if isinstance(state, dict) else None
    return found if isinstance(found, str) else None
