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
from functools import cached_property
from typing import Any, Literal

__all__ = ["Run", "RunStage", "Span", "read", "stages", "unwrapped"]

SpanStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "CAUGHT"]

_ENDS: dict[str, SpanStatus] = {
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
    status: SpanStatus = "RUNNING"
    """CAUGHT: it failed, and a Catch went on from there."""
    error: str = ""
    cause: str = ""
    attempts: int = 0
    """How often its task was scheduled: more than 1 after a Retry."""
    has_failed: bool = False
    """Its last attempt has, or what is inside it; the error may be unknown."""
    failed_at: datetime | None = None
    """When its latest attempt failed; None: it did not."""
    last_failure: tuple[str, str] = ("", "")
    """Error and cause of the latest attempt that failed, also when another one was going on since."""
    inside: Span | None = field(default=None, repr=False)
    """The visit of the Parallel or Map that it belongs to."""
    before: Span | None = field(default=None, repr=False)
    """The visit that led to it; None for the first state."""
    item: str = ""
    """What the Map that it is inside is at: ``key`` or ``name`` of its input, else its number, from 1."""

    @property
    def started(self) -> list[str]:
        """ARNs of the executions that it started, in order of start."""
        return [*self.earlier_arns, *([self.child_arn] if self.child_arn else [])]

    child_arn: str | None = None
    """The execution that it started, when it started one; of several attempts the last."""
    earlier_arns: list[str] = field(default_factory=list)
    """The executions that its earlier attempts started."""
    is_start: bool = False
    """Its task starts an execution, which may not be there yet."""
    input: str = ""
    output: str = ""
    """What its task answered, as JSON: of a function the envelope that Lambda puts around its answer."""


@dataclass(frozen=True)
class Run:
    """One execution, as far as its history tells, with the executions that it started."""

    arn: str
    status: SpanStatus = "RUNNING"
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

    @cached_property
    def stages(self) -> tuple[RunStage, ...]:
        """Its stages and those of the executions that it started, in order of start."""
        return tuple(_stages(self))

    def elapsed(self, now: datetime | None = None) -> timedelta:
        """From its start to its end, or to ``now`` while it runs."""
        if self.began is None:
            return timedelta(0)
        return max(timedelta(0), (self.ended or now or datetime.now(UTC)) - self.began)

    def walk(self) -> Iterator[tuple[int, Run]]:
        """This run and all below it, in order of start, each with its depth."""
        yield 0, self
        for child in self.started():
            yield from ((depth + 1, run) for depth, run in child.walk())

    def started(self) -> list[Run]:
        """The executions that it started itself, in order of start, as far as they could be read."""
        return [self.children[arn] for span in self.spans for arn in span.started if arn in self.children]


@dataclass(frozen=True, slots=True)
class RunStage:
    """Consecutive states that serve one resource: creating it, checking it, waiting for it."""

    label: str
    workflow: str
    began: datetime
    ended: datetime | None
    polls: int
    status: SpanStatus
    item: str = ""
    """What the Map that it belongs to was at; empty: it is in no Map, or the same stage serves several items."""


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
    iterations: dict[int, int] = {}
    status: SpanStatus = "RUNNING"
    error = cause = ""
    ended = None
    for event in events:
        kind = str(event["type"])
        when = event["timestamp"]
        details = _details(event)
        span = owner.get(event.get("previousEventId", 0))
        if kind.endswith("StateEntered"):
            span = _entered(kind.removesuffix("StateEntered"), details, when, span)
            span.item = _item(span, iterations.get(event.get("previousEventId", 0)))
            spans.append(span)
        elif kind.endswith("StateExited"):
            span = _open_span(spans, str(details["name"]), span)
            if span is not None:
                span.ended = when
                span.status = "CAUGHT" if span.has_failed else "SUCCEEDED"
                _end_inside(spans, span, when)
        elif kind in _ENDS:
            status, ended = _ENDS[kind], when
            error, cause = str(details.get("error", "")), str(details.get("cause", ""))
        elif kind == "ExecutionRedriven":
            status, ended, error, cause = "RUNNING", None, "", ""
        elif kind.startswith(_CONTAINERS):
            span = _container(span)
            if kind == "MapIterationStarted":
                iterations[event["id"]] = int(details.get("index", 0))
            if span is not None and kind in {"ParallelStateFailed", "MapStateFailed"}:
                _end_inside(spans, span, when)
                span.has_failed = True
                # The event does not say why; the first that failed inside does, unless it was a Fail.
                span.error, span.cause = _first_error(spans, span)
        elif span is not None:
            _task_event(span, kind, details, when)
        if span is not None:
            owner[event["id"]] = span
    if ended is not None:
        _end_all(spans, status, ended)
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


_BRANCHING = {"Parallel", "Map"}
_CONTAINERS = ("ParallelState", "MapState", "MapIteration", "MapRun")


def _entered(kind: str, details: Mapping[str, Any], when: datetime, before: Span | None) -> Span:
    # After a state that goes on, the next one is beside it; after a Parallel or Map that is open, inside it.
    inside = before if before is not None and before.kind in _BRANCHING and before.ended is None else None
    if before is not None and inside is None:
        inside = before.inside
    return Span(str(details["name"]), kind, when, input=details.get("input", ""), inside=inside, before=before)


def _item(span: Span, iteration: int | None) -> str:
    """The item that a visit is about: the first state of an iteration is given it, the others go on from there."""
    if iteration is not None:
        given = _json_object(span.input)
        named = given.get("key", given.get("name"))
        return named if isinstance(named, str) and named else f"item {iteration + 1}"
    from_before = span.before.item if span.before is not None and span.before.inside is span.inside else ""
    return from_before or (span.inside.item if span.inside is not None else "")


def _container(span: Span | None) -> Span | None:
    """The Parallel or Map that an event about one is about: ``span`` itself, or what it is inside."""
    return span if span is None or (span.kind in _BRANCHING and span.ended is None) else span.inside


def _is_inside(span: Span, container: Span) -> bool:
    while span.inside is not None:
        if span.inside is container:
            return True
        span = span.inside
    return False


def _end_inside(spans: Sequence[Span], container: Span, when: datetime) -> None:
    """The Parallel or Map is over: what is still open in it failed, or was stopped because something else failed."""
    if container.kind in _BRANCHING:
        for span in spans:
            if span.ended is None and _is_inside(span, container):
                span.ended, span.status = when, "FAILED" if span.has_failed or span.kind == "Fail" else "ABORTED"


def _first_error(spans: Sequence[Span], container: Span) -> tuple[str, str]:
    return next(((s.error, s.cause) for s in spans if s.has_failed and _is_inside(s, container)), ("", ""))


def _end_all(spans: Sequence[Span], status: SpanStatus, when: datetime) -> None:
    """The execution is over: what is still open ended with it; in a failed one, what did not fail was stopped."""
    failed = [span for span in spans if span.ended is None and (span.has_failed or span.kind == "Fail")]
    for span in spans:
        if span.ended is None:
            is_reason = not failed or any(span is other or _is_inside(other, span) for other in failed)
            span.ended, span.status = when, status if status != "FAILED" or is_reason else "ABORTED"


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one member of an event that holds what is particular to its type."""
    return next((value for key, value in event.items() if key.endswith("EventDetails")), {})


def _open_span(spans: Sequence[Span], name: str, before: Span | None) -> Span | None:
    """The visit that an exit ends: the one that the event before it belongs to, where a Map visits a state often."""
    if before is not None and before.name == name and before.ended is None:
        return before
    return next((span for span in reversed(spans) if span.name == name and span.ended is None), None)


def _task_event(span: Span, kind: str, details: Mapping[str, Any], when: datetime) -> None:
    if kind in {"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"}:
        span.attempts += 1
        span.is_start = details.get("resourceType") == "states"
        span.error, span.cause, span.has_failed, span.failed_at = "", "", False, None
        if span.status != "RUNNING":
            # Redriven: a state that failed is not entered again.
            span.ended, span.status = None, "RUNNING"
    elif kind.endswith("StateAborted"):
        span.ended, span.status = when, "ABORTED"
    elif kind.endswith(("Failed", "TimedOut")):
        span.error, span.cause = str(details.get("error", "")), str(details.get("cause", ""))
        span.has_failed, span.failed_at, span.last_failure = True, when, (span.error, span.cause)
    elif kind == "TaskSucceeded":
        span.output = str(details.get("output", ""))
    elif kind == "TaskSubmitted":
        span.earlier_arns = span.started
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
    r"(?P<subject>.+?)(?:\s+(?:Active|Ready|Deleted|Gone)\?|\s+Is\s+(?:Active|Gone))?$"
)


def label_of(state: str) -> str:
    """The label of the stage that a state belongs to.

    >>> label_of("Create Dataset Group")
    'Dataset Group'
    """
    match = _SUBJECT.match(state)
    return match["subject"] if match else state


def stages(run: Run) -> list[RunStage]:
    """``run.stages``, as a list."""
    return list(run.stages)


def _stages(run: Run) -> list[RunStage]:
    """The stages of ``run`` and of the executions that it started, in order of start.

    A state that starts an execution stands for that execution's stages.  Only tasks and waits take time of their own,
    but a stage is over only when a state of another subject was entered, or its execution has ended: between two visits
    of its states it still runs.
    """
    found: list[RunStage] = []
    for item, part in with_items(run):
        by_subject: dict[str, list[Span]] = {}
        for span in part.spans:
            if span.child_arn is None and not span.is_start and span.kind in _OF_A_STAGE:
                by_subject.setdefault(label_of(span.name), []).append(span)
        timed = {
            label: [span for span in group if span.kind in _TAKES_TIME]
            for label, group in by_subject.items()
            if any(span.kind in _TAKES_TIME for span in group)
        }
        last = next(reversed(timed), None)
        below_failed = any(child.status not in {"SUCCEEDED", "RUNNING"} for child in part.started())
        led_on = {id(span.before) for span in part.spans}
        for label, group in timed.items():
            ends = [span.ended for span in group]
            failed: SpanStatus | None = next(
                (s.status for s in group if s.status not in {"SUCCEEDED", "RUNNING"}), None
            )
            if label == last and failed is None and part.status not in {"SUCCEEDED", "RUNNING"} and not below_failed:
                # Its states did what they should; what they found is why the execution then failed.
                failed = part.status
            running = None in ends or (
                failed is None and part.status == "RUNNING" and any(_may_go_on(s, led_on) for s in by_subject[label])
            )
            found.append(
                RunStage(
                    label=label,
                    workflow=part.machine,
                    began=group[0].began,
                    ended=None if running else max(end for end in ends if end is not None),
                    polls=sum(span.kind == "Wait" for span in group),
                    status=failed or ("RUNNING" if running else "SUCCEEDED"),
                    item=item or _only({span.item for span in group}),
                )
            )
    return sorted(found, key=lambda stage: stage.began)


def with_items(run: Run, item: str = "") -> Iterator[tuple[str, Run]]:
    """The run and all below it, in order of start, each with the item of a Map that it was started for."""
    yield item, run
    for span in run.spans:
        for child in (run.children[arn] for arn in span.started if arn in run.children):
            yield from with_items(child, item or span.item)


def _only(items: set[str]) -> str:
    return items.pop() if len(items) == 1 else ""


_TAKES_TIME = {"Task", "Wait"}
_OF_A_STAGE = {*_TAKES_TIME, "Choice", "Pass"}


def _may_go_on(span: Span, led_on: set[int]) -> bool:
    """Whether nothing has come after this visit, which ended well, so that the next may be of the same stage."""
    return id(span) not in led_on and (span.inside is None or span.inside.ended is None)
