"""What the history of an execution tells: which states ran, when, and how each ended.

Pure functions over the events of ``GetExecutionHistory``
(https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html); they call nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

__all__ = ["Run", "Span", "Stage", "read", "stages", "unwrapped"]

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "CAUGHT"]

_ENDS: dict[str, Status] = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass(slots=True)
class Span:
    """One visit of a state."""

    name: str
    kind: str
    """The state's type: ``Task``, ``Wait``, ``Choice``..."""
    began: datetime
    ended: datetime | None = None
    status: Status = "RUNNING"
    """CAUGHT: it failed, and a Catch went on from there."""
    error: str = ""
    cause: str = ""
    attempts: int = 0
    """How often its task was scheduled: more than 1 after a Retry."""
    child_arn: str | None = None
    """The execution that it started, when it started one."""
    input: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, as far as its history tells, with the executions that it started."""

    arn: str
    status: Status = "RUNNING"
    began: datetime | None = None
    ended: datetime | None = None
    spans: tuple[Span, ...] = ()
    error: str = ""
    cause: str = ""
    children: Mapping[str, Run] = field(default_factory=dict)
    """By ARN."""

    @property
    def machine(self) -> str:
        """Name of the state machine."""
        return self.arn.split(":")[-2]

    def elapsed(self, now: datetime | None = None) -> timedelta:
        """From its start to its end, or to ``now`` while it runs."""
        if self.began is None:
            return timedelta(0)
        return max(timedelta(0), (self.ended or now or datetime.now(UTC)) - self.began)

    def walk(self) -> Iterator[tuple[int, Run]]:
        """This run and all below it, in order of start, each with its depth."""
        yield 0, self
        for span in self.spans:
            if (child := self.children.get(span.child_arn or "")) is not None:
                yield from ((depth + 1, run) for depth, run in child.walk())


@dataclass(frozen=True, slots=True)
class Stage:
    """Consecutive states that serve one resource: creating it, checking it, waiting for it."""

    label: str
    workflow: str
    began: datetime
    ended: datetime | None
    polls: int
    status: Status


def read(arn: str, events: Sequence[Mapping[str, Any]], children: Mapping[str, Run] | None = None) -> Run:
    """The run that ``events`` (all of them, oldest first) describe.

    Args:
        arn: of the execution.
        events: as boto3 gives them: ``timestamp`` is a datetime.
        children: the executions that it started, by ARN, where they are known.
    """
    spans: list[Span] = []
    # An event points at the one that led to it; this is how an event of a task finds its state in parallel branches.
    owner: dict[int, Span] = {}
    status: Status = "RUNNING"
    error = cause = ""
    ended = None
    for event in events:
        kind = str(event["type"])
        when = event["timestamp"]
        details = _details(event)
        span = owner.get(event.get("previousEventId", 0))
        if kind.endswith("StateEntered"):
            span = Span(str(details["name"]), kind.removesuffix("StateEntered"), when, input=details.get("input", ""))
            spans.append(span)
        elif kind.endswith("StateExited"):
            span = _open_span(spans, str(details["name"]))
            if span is not None:
                span.ended = when
                span.status = "CAUGHT" if span.error else "SUCCEEDED"
        elif kind in _ENDS:
            status, ended = _ENDS[kind], when
            error, cause = str(details.get("error", "")), str(details.get("cause", ""))
        elif span is not None:
            _task_event(span, kind, details)
        if span is not None:
            owner[event["id"]] = span
    if status != "RUNNING":
        for span in spans:
            if span.ended is None:
                span.ended, span.status = ended, status
    return Run(
        arn=arn,
        status=status,
        began=events[0]["timestamp"] if events else None,
        ended=ended,
        spans=tuple(spans),
        error=error,
        cause=cause,
        children=dict(children or {}),
    )


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one member of an event that holds what is particular to its type."""
    return next((value for key, value in event.items() if key.endswith("EventDetails")), {})


def _open_span(spans: Sequence[Span], name: str) -> Span | None:
    return next((span for span in reversed(spans) if span.name == name and span.ended is None), None)


def _task_event(span: Span, kind: str, details: Mapping[str, Any]) -> None:
    if kind in {"TaskScheduled", "LambdaFunctionScheduled"}:
        span.attempts += 1
    elif kind.endswith(("Failed", "TimedOut")):
        span.error, span.cause = str(details.get("error", "")), str(details.get("cause", ""))
    elif kind.endswith("Succeeded"):
        span.error = span.cause = ""
    elif kind == "TaskSubmitted":
        span.child_arn = _json_object(details.get("output", "")).get("ExecutionArn")


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def unwrapped(error: str, cause: str) -> tuple[str, str]:
    """``error`` and ``cause`` out of the JSON that Lambda and nested executions put around them."""
    value = _json_object(cause)
    if "errorMessage" in value:
        return error or str(value.get("errorType", "")), str(value["errorMessage"])
    if "Cause" in value or "Error" in value:
        return unwrapped(str(value.get("Error", error)), str(value.get("Cause", "")))
    return error, cause.strip()


_SUBJECT = re.compile(
    r"^(?:(?:Start|Create|Check|Describe|Delete|Update|Get|Run|Is|Wait for(?:\s+Deletion of)?)\s+)?"
    r"(?P<subject>.+?)(?:\s+(?:Active|Ready|Deleted)\?)?$"
)


def label_of(state: str) -> str:
    """The label of the stage that a state belongs to.

    >>> label_of("Create Dataset Group")
    'Dataset Group'
    """
    match = _SUBJECT.match(state)
    return match["subject"] if match else state


def stages(run: Run) -> list[Stage]:
    """The stages of ``run`` and of the executions that it started, in order of start.

    A state that starts an execution stands for that execution's stages.  Only tasks and waits take time of their own.
    """
    found: list[Stage] = []
    for _, part in run.walk():
        by_subject: dict[str, list[Span]] = {}
        for span in part.spans:
            if span.child_arn is None and span.kind in {"Task", "Wait"}:
                by_subject.setdefault(label_of(span.name), []).append(span)
        last = next(reversed(by_subject), None)
        for label, group in by_subject.items():
            ends = [span.ended for span in group]
            failed: Status | None = next((s.status for s in group if s.status not in {"SUCCEEDED", "RUNNING"}), None)
            if label == last and failed is None and part.status not in {"SUCCEEDED", "RUNNING"}:
                # Its states did what they should; what they found is why the execution then failed.
                failed = part.status
            running = None in ends
            found.append(
                Stage(
                    label=label,
                    workflow=part.machine,
                    began=group[0].began,
                    ended=None if running else max(end for end in ends if end is not None),
                    polls=sum(span.kind == "Wait" for span in group),
                    status=failed or ("RUNNING" if running else "SUCCEEDED"),
                )
            )
    return sorted(found, key=lambda stage: stage.began)
