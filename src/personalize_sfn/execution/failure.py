"""Why an execution failed, in one readable sentence: which stage, which resource, why, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.display.history import Run, Span, unwrapped
from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution.still_running import goes_on
from personalize_sfn.resources import RESOURCE_TYPES

__all__ = ["failure"]

_FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}

#: The main workflow's error when all solutions have ended and some failed, each in a state that was caught.
_SOLUTIONS_FAILED = "SolutionsFailed"

_AGAIN = "run it again: it resumes where it stopped"
#: What to do, by the error's name.  Our own errors' messages already say it, so they are not here.
_ADVICE: Mapping[str, str] = {
    "TransientError": f"it may pass by itself: {_AGAIN}",
    "States.Timeout": f"raise the time limit in the configuration's polling section, deploy, then {_AGAIN}",
    "Lambda.AWSLambdaException": "check the roles: deploy again, or see the function's log",
    "AccessDeniedException": "the function's role lacks a permission: deploy again",
    _SOLUTIONS_FAILED: "",  # its cause ends with what to do
}
#: The state that reads an execution's input; it fails where that is no JSON object.
_READS_INPUT = "Read Input"
_NO_OBJECT = 'the input of an execution must be a JSON object, such as {} or {"train": "auto"}'


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an execution failed."""

    run: Run
    """The execution at the end of the chain of failed executions."""
    state: Span | None
    """The state of it that failed, was stopped, or was running when a time limit ended it."""
    told: Span | None = None
    """The Fail state that told of it."""
    limited_by: Run | None = None
    """The execution whose time limit for the one below it ended that."""


def failure(run: Run) -> WorkflowError:
    """The error of ``run``, which has ended otherwise than SUCCEEDED."""
    place = _place(run)
    source, at = place.run, place.state.name if place.state else ""
    error, cause = _reason(place)
    # The same account and region as everything else here: the reader needs the rest of the ARN.
    reason = _ACCOUNT.sub("", ": ".join(part for part in (error, cause) if part)) or "no reason was given"
    resource = _resource(place, error)
    message = " ".join(
        part
        for part in (
            f"{source.machine} {_VERB.get(_status(place), 'failed')}",
            f'at "{at}"' if at else "",
            f"({resource})" if resource and resource not in reason else "",
        )
        if part
    )
    sentences = [f"{message}: {reason.rstrip('.')}.", *goes_on(run), *_sentences(_advice(error, place))]
    return WorkflowError(
        " ".join(sentences),
        status=run.status,
        error=error,
        cause=cause,
        stage=f"{source.machine}: {at}" if at else source.machine,
        arn=source.arn,
    )


_ACCOUNT = re.compile(r"arn:[\w-]+:personalize:[\w-]*:\d{12}:")
_VERB = {"FAILED": "failed", "TIMED_OUT": "ran out of time", "ABORTED": "was stopped"}


def _place(run: Run) -> _Place:
    """Follow the failed executions from ``run`` down to where the first failure was."""
    told, state = _failed_state(run)
    child = run.children.get(state.child_arn or "") if state else None
    # What was stopped or ran out of time ends its children with it: then it is itself the reason.
    if run.status != "FAILED" or state is None or child is None or child.status not in {*_FAILED, "RUNNING"}:
        return _Place(run, state, told)
    if state.last_failure[0] == "States.Timeout" and child.status in {"ABORTED", "RUNNING"}:
        return _ended_by_limit(run, child)
    return _place(child) if child.status in _FAILED else _Place(run, state, told)


def _ended_by_limit(parent: Run, child: Run) -> _Place:
    """The state that went on, in ``child`` or what that started, when the limit of ``parent`` was over."""
    while True:
        state = _open_at_the_end(child)
        below = child.children.get(state.child_arn or "") if state else None
        if below is None or below.status == "SUCCEEDED":
            return _Place(child, state, limited_by=parent)
        parent, child = child, below


def _failed_state(run: Run) -> tuple[Span | None, Span | None]:
    """The Fail state that told, if one did, and the state that failed."""
    failed = [span for span in run.spans if span.status in {"FAILED", "TIMED_OUT"}]
    inmost = [span for span in failed if not any(other.inside is span for other in failed)]
    if run.status != "FAILED" or not inmost:
        # Of a Parallel whose failure was caught, say: the last.
        return None, _open_at_the_end(run) or next((s for s in reversed(run.spans) if s.status == "CAUGHT"), None)
    # Of parallel branches the one that failed first; the others were stopped with it.
    first = min(inmost, key=lambda span: span.failed_at or span.began)
    if first.kind != "Fail":
        return None, first
    if run.error == _SOLUTIONS_FAILED and (of_solutions := _failed_solutions(run)) is not None:
        return first, of_solutions
    led = first.before
    while led is not None and led.kind != "Task":
        led = _inside_of(run, led) if led.status == "CAUGHT" else led.before
    return first, led or first


def _failed_solutions(run: Run) -> Span | None:
    """The state that failed for the one solution that did; of several the Map that they are in."""
    caught = [span for span in run.spans if span.status == "CAUGHT" and span.inside is not None]
    return caught[0] if len(caught) == 1 else next((span.inside for span in caught), None)


def _inside_of(run: Run, caught: Span) -> Span | None:
    """What failed in a Parallel or Map whose failure was caught; else what came before it."""
    failed = [s for s in run.spans if s.inside is caught and s.status == "FAILED"]
    return min(failed, key=lambda span: span.failed_at or span.began) if failed else caught.before


def _open_at_the_end(run: Run) -> Span | None:
    """The last state that was still going on when the execution ended."""
    stopped = [span for span in run.spans if span.status in {*_FAILED, "RUNNING"}]
    return next((span for span in reversed(stopped) if not any(o.inside is span for o in stopped)), None)


def _status(place: _Place) -> str:
    return "TIMED_OUT" if place.limited_by is not None else place.run.status


def _reason(place: _Place) -> tuple[str, str]:
    """Error and cause."""
    run, state = place.run, place.state
    if place.limited_by is not None:
        last = ": ".join(part for part in unwrapped(*(state.last_failure if state else ("", ""))) if part)
        tried = f"; the last try ended with {last.rstrip('.')}" if last else ""
        return "States.Timeout", f"the time limit that {place.limited_by.machine} gives it was over{tried}"
    of_one = run.error == _SOLUTIONS_FAILED and state is not None and state.status == "CAUGHT"
    error, cause = unwrapped(*(state.last_failure if state is not None and of_one else (run.error, run.cause)))
    if run.status == "ABORTED":
        error = error or "Aborted"
    if state is not None and state.name == _READS_INPUT and state.kind == "Pass":
        cause = _NO_OBJECT
    return error, cause


def _advice(error: str, place: _Place) -> str:
    status = _status(place)
    if status == "ABORTED":
        return _AGAIN
    if status == "TIMED_OUT" or error.endswith("TimedOut"):
        tried = unwrapped(*place.state.last_failure)[0] if place.limited_by is not None and place.state else ""
        return _ADVICE.get(tried, _ADVICE["States.Timeout"])
    return _ADVICE.get(error, f"fix the cause, then {_AGAIN}")


def _sentences(text: str) -> list[str]:
    return [f"{text[0].upper()}{text[1:]}."] if text else []


def _resource(place: _Place, error: str) -> str:
    """The resource that an error such as ``CampaignFailed`` is about, from the input of the state that raised it."""
    row = next((row for row in RESOURCE_TYPES if error in {f"{row.pascal}Failed", f"{row.pascal}TimedOut"}), None)
    source = place.told or place.state
    if row is None or source is None:
        return ""
    arn = _find(_loads(source.input), row.arn_field)
    return arn.split(":", 5)[-1] if arn else row.words


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _find(value: Any, key: str) -> str | None:
    """The first string under ``key`` anywhere in the JSON ``value``."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get(key), str):
        return str(value[key])
    return next((found for item in value.values() if (found := _find(item, key))), None)
