"""Runs whose functions told what they made."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.display.history import Run, Span
from personalize_sfn.resources import BY_KEY

__all__ = ["ARNS", "NEW", "OLD", "answer", "told_run"]

ARNS = Arns("us-east-1", "123456789012")
NEW, OLD = (ARNS.personalize(f"solution/movies-for-you/{name}") for name in ("new", "old"))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_MAIN, _CHILD = (f"arn:aws:states:us-east-1:123456789012:execution:movies-{name}:run" for name in ("main", "solution"))


def answer(resource: str, arn: str, how: str, **facts: Any) -> dict[str, Any]:
    """Of a create function."""
    return {f"{resource}Arn": arn, "made": {"resource": resource, "arn": arn, "how": how, **facts}}


def _task(name: str, told: object, item: str = "") -> Span:
    # As Step Functions records what Lambda answers.
    output = told if isinstance(told, str) else json.dumps({"ExecutedVersion": "$LATEST", "Payload": told})
    return Span(name, "Task", BEGAN, BEGAN, "SUCCEEDED", output=output, item=item)


def _stage(create: Span, unready: tuple[str, ...]) -> tuple[Span, Span]:
    """Create, and the look at the status after it."""
    resource = json.loads(create.output)["Payload"]["made"]["resource"]
    ready = BY_KEY[resource].ready_status
    check = _task("Check", {"status": "CREATE FAILED" if resource in unready else ready, "waitedSeconds": 0})
    check.before = create
    return create, check


def told_run(
    *,
    how: str = "created",
    status: Any = "SUCCEEDED",
    report: dict[str, Any] | None = None,
    rows: dict[str, int] | None = None,
    unready: tuple[str, ...] = (),
    mode: str = "FULL",
    **version: Any,
) -> Run:
    """A main run that imports, trains ``for-you`` in a child, and serves it; ``unready`` fail when they are begun."""
    metrics = {"coverage": 0.1, "normalized_discounted_cumulative_gain_at_10": 0.16}
    job = ARNS.personalize("dataset-import-job/movies-1")
    campaign = answer("campaign", ARNS.personalize("campaign/movies-for-you"), how, minProvisionedTPS=2)
    child = Run(
        _CHILD,
        "SUCCEEDED",
        BEGAN,
        BEGAN,
        tuple(
            span
            for created in (
                _task(
                    "Create Solution",
                    answer("solution", NEW.rpartition("/")[0], how, recipe="aws-user-personalization-v2"),
                ),
                _task("Create Solution Version", answer("solutionVersion", NEW, how, **version)),
                _task("Create Campaign", {**campaign, "solutionVersionArn": NEW, "metrics": metrics}),
            )
            for span in _stage(created, unready)
        ),
    )
    spans = [
        *_stage(
            _task("Create Dataset Group", answer("datasetGroup", ARNS.personalize("dataset-group/movies"), "found")),
            unready,
        ),
        *(
            _task(f"Create Schema {n}", answer("schema", ARNS.personalize(f"schema/movies-{n}"), "found"))
            for n in (1, 2)
        ),
        *_stage(
            _task(
                "Create Interactions Dataset Import Job",
                answer(
                    "datasetImportJob",
                    job,
                    how,
                    datasetType="INTERACTIONS",
                    importMode=mode,
                    dataLocation="s3://bucket/clicks.csv",
                    **({"rows": 38527, "users": 610} if rows is None else rows),
                ),
            ),
            unready,
        ),
        Span("Run Solution Workflow", "Task", BEGAN, BEGAN, "SUCCEEDED", child_arn=_CHILD, item="for-you"),
    ]
    if report is not None:
        spans.append(_task("Report Solutions", report))
    ended = BEGAN + timedelta(minutes=1)
    return Run(_MAIN, status, BEGAN, ended, tuple(spans), children={_CHILD: child})
