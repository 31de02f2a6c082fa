"""Why an execution failed, in one readable sentence: which stage, which resource, why, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from personalize_sfn.display.history import Run, Span, unwrapped
from personalize_sfn.errors import WorkflowError
from personalize_sfn.resources import WORKFLOW_TYPES

_FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}

_AGAIN = "run it again: it goes on from where it stopped"
#: What to do, by the error's name.  Our own errors' messages already say it, so they are not here.
_ADVICE: Mapping[str, str] = {
    "TransientError": f"it may pass by itself: {_AGAIN}",
    "States.Timeout": f"raise the time limit in the configuration's polling section, deploy, then {_AGAIN}",
    "Lambda.AWSLambdaException": "check the roles: deploy again, or see the function's log",
    "AccessDeniedException": "the function's role lacks a permission: deploy again",
}


def innermost(run: Run) -> Run:
    """The failed execution at the end of the chain of failed executions that starts at ``run``.

    What was stopped or ran out of time ends its children with it: then it is itself the reason.
    """
    if run.status != "FAILED":
        return run
    for span in reversed(run.spans):
        child = run.children.get(span.child_arn or "")
        if child is not None and child.status in _FAILED:
            return innermost(child)
    return run


def failure(run: Run) -> WorkflowError:
    """The error of ``run``, which has ended otherwise than SUCCEEDED."""
    source = innermost(run)
    error, cause = unwrapped(source.error, source.cause)
    if source.status == "ABORTED":
        error = error or "Aborted"
    state = _failed_state(source)
    at = state.name if state else ""
    # The same account and region as everything else here: the reader needs the rest of the ARN.
    reason = _ACCOUNT.sub("", ": ".join(part for part in (error, cause) if part)) or "no reason was given"
    resource = _resource(source, error)
    message = " ".join(
        part
        for part in (
            f"{source.machine} {_VERB.get(source.status, 'failed')}",
            f'at "{at}"' if at else "",
            f"({resource})" if resource and resource not in reason else "",
        )
        if part
    )
    message = f"{message}: {reason.rstrip('.')}. {_sentence(_advice(error, source))}"
    return WorkflowError(
        message,
        status=run.status,
        error=error,
        cause=cause,
        stage=f"{source.machine}: {at}" if at else source.machine,
        arn=source.arn,
    )


_ACCOUNT = re.compile(r"arn:[\w-]+:personalize:[\w-]*:\d{12}:")
_VERB = {"FAILED": "failed", "TIMED_OUT": "ran out of time", "ABORTED": "was stopped"}


def _advice(error: str, source: Run) -> str:
    if source.status == "ABORTED":
        return _AGAIN
    if source.status == "TIMED_OUT" or error.endswith("TimedOut"):
        return _ADVICE["States.Timeout"]
    return _ADVICE.get(error, f"mend the cause, then {_AGAIN}")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _failed_state(run: Run) -> Span | None:
    """The state that failed; a Fail is only the messenger, so the one that led to it."""
    spans = [span for span in run.spans if span.status in _FAILED or span.status == "CAUGHT"]
    if not spans:
        return None
    last = spans[-1]
    if last.kind == "Fail":
        before = [span for span in run.spans if span is not last and span.kind == "Task"]
        return before[-1] if before else last
    return last


def _resource(run: Run, error: str) -> str:
    """The resource that an error such as ``CampaignFailed`` speaks of, from the input of the state that raised it."""
    row = next((row for row in WORKFLOW_TYPES if error in {f"{row.pascal}Failed", f"{row.pascal}TimedOut"}), None)
    if row is None or not run.spans:
        return ""
    arn = _find(_loads(run.spans[-1].input), row.arn_field)
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
