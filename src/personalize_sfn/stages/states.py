"""The states that all stages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, WaitConfig
from personalize_sfn.resources import ResourceType
from personalize_sfn.sdk import Choice, ChoiceRule, Fail, LambdaStep, Pass, Retry, State, Wait
from personalize_sfn.stages.stage import Stage

#: About 15 minutes on average with full jitter: enough for a deletion, or for a role to reach every server.
ATTEMPTS = 30
#: How long to wait until fewer jobs are pending than the quota allows: a training may have to end first.
SLOT_SECONDS = 72 * 3600
_SLOT_DELAY_SECONDS = 600
#: Lambda could not run the function now:
#: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
BUSY = (
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    # The function is just being updated: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
    "Lambda.ResourceConflictException",
    "Lambda.ResourceNotReadyException",
)
#: Any other refusal of Invoke.  A permission that has not reached every server yet passes in a minute or two; one that
#: is missing never does, and should be told soon.
REFUSED = ("Lambda.AWSLambdaException",)
ATTEMPTS_WHEN_REFUSED = 6
#: The function's sandbox died, ran out of memory, or did not answer in time.  Every function may run twice.  More than
#: a few times in a row is no accident: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
CRASHED = (
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Sandbox.Failure",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "States.Timeout",
)
ATTEMPTS_AFTER_A_CRASH = 3


#: Each line that a function logs carries the execution.
_FOR_THE_LOG = {"execution.$": "$$.Execution.Id"}


def personalize_role(config: Config, arns: Arns) -> str:
    """ARN of the role by which Personalize reads the bucket: the one that the config names, or deploy's."""
    made = arns.role(config.role_name("personalize", arns.region), config.roles.path)
    return config.roles.personalize_arn or made


def pairs(**values: Any) -> dict[str, Any]:
    """Members of a payload: a text that starts with ``$`` is a JSONPath, all else a value; None is left out."""
    return {
        f"{name}.$" if isinstance(value, str) and value.startswith("$") else name: value
        for name, value in values.items()
        if value is not None
    }


def literals(**values: Any) -> dict[str, Any]:
    """Members of a payload that stand there as they are, whatever their text starts with; None is left out."""
    return {name: value for name, value in values.items() if value is not None}


def task(
    config: Config,
    state_id: str,
    function: str,
    payload: Mapping[str, Any],
    *before: Retry,
    **fields: Any,
) -> LambdaStep:
    """Invoke one of the project's functions; only what may pass is tried again, ever more slowly, a bounded time.

    ``function`` is its name without the project; ``before`` are retriers that come before these; ``fields`` are the
    SDK's (``result_path``, ``result_selector``, ...).
    """
    retry = [
        *before,
        again(["TransientError", *BUSY], ATTEMPTS),
        again(REFUSED, ATTEMPTS_WHEN_REFUSED),
        again(CRASHED, ATTEMPTS_AFTER_A_CRASH),
    ]
    return LambdaStep(
        state_id,
        parameters={"FunctionName": config.name(function), "Payload": {**payload, **_FOR_THE_LOG}},
        # The function has a time limit of its own; this one also covers an invocation that never answers.
        timeout_seconds=2 * config.functions.timeout_seconds,
        retry=retry,
        **fields,
    )


def again(errors: Iterable[str], attempts: int, most_seconds: int = 60) -> Retry:
    """Try again after ``errors``, ever more slowly, up to a minute or ``most_seconds`` apart."""
    return Retry(
        error_equals=list(errors),
        interval_seconds=2,
        backoff_rate=2,
        max_attempts=attempts,
        max_delay_seconds=most_seconds,
        jitter_strategy="FULL",
    )


def turns(config: Config) -> dict[str, str]:
    """Where functions agree who goes first, a data deletion job or what may not run beside it (docs/adr/0007).

    The braces in the bucket's name are filled by the function, which knows its region and account.
    """
    return {
        "bucket": config.bucket_name("{region}", "{account_id}"),
        "prefix": config.forget_prefix,
        "datasetGroup": config.dataset_group_name,
    }


def create_step(
    config: Config,
    row: ResourceType,
    request: Mapping[str, Any] | str,
    *,
    label: str | None = None,
    keep: tuple[str, ...] = (),
    **more: Any,
) -> LambdaStep:
    """Create the resource, or find it.

    Args:
        config: the pipeline.
        row: the resource type.
        request: members of the Create request; or a JSONPath or intrinsic function that gives them.
        label: any text that tells this one from others of its type, in the names of states and in JSONPaths.
        keep: members of the function's answer that stay, beside the ARN.
        more: what the function gets beside the request.
    """
    return task(
        config,
        f"Create {row.state_title(label)}",
        row.function("Create"),
        {
            **({"request.$": request} if isinstance(request, str) else {"request": dict(request)}),
            "tags": config.all_tags,
            "adopt": config.adopt,
            "startedAt.$": "$$.Execution.StartTime",
            **({"turns": turns(config)} if config.forgetting and row.reads_users else {}),
            **more,
        },
        # With full jitter half the longest delay on average.
        again(["PendingLimitError"], 2 * SLOT_SECONDS // _SLOT_DELAY_SECONDS, _SLOT_DELAY_SECONDS),
        result_selector={
            **{f"{member}.$": f"$.Payload.{member}" for member in (row.arn_field, "updating", "since", *keep)},
            "check": {"waitedSeconds": 0},
        },
        result_path=f"$.{row.state_key(label)}",
    )


def status_step(config: Config, row: ResourceType, label: str | None = None) -> LambdaStep:
    """Read the resource's status."""
    key = row.state_key(label)
    return task(
        config,
        f"Check {row.state_title(label)}",
        row.function("Describe"),
        pairs(
            **{row.arn_field: row.labelled_path(label)},
            updating=f"$.{key}.updating",
            **waiting(key, config.polling.of(row), since=f"$.{key}.since"),
        ),
        result_selector={
            f"{member}.$": f"$.Payload.{member}"
            for member in ("status", "failureReason", "waitSeconds", "waitedSeconds", "timedOut")
        },
        result_path=f"$.{key}.check",
    )


def waiting(key: str, wait: WaitConfig, *, since: str = "$$.Execution.StartTime") -> dict[str, Any]:
    """What the function needs to plan the next wait; the time limit counts from ``since``."""
    return {
        "since": since,
        "waitedSeconds": f"$.{key}.check.waitedSeconds",
        "startedAt": "$$.Execution.StartTime",
        "typicalSeconds": wait.typical_seconds,
        "timeoutSeconds": wait.timeout_seconds,
    }


def wait_state(row: ResourceType, label: str | None = None) -> Wait:
    """Wait as long as the last check said."""
    return Wait(f"Wait for {row.state_title(label)}", seconds_path=f"$.{row.state_key(label)}.check.waitSeconds")


def choice_state(row: ResourceType, *, active: State, pending: State, label: str | None = None) -> Choice:
    """Go on when it is ready, wait while pending, fail when it takes too long and on every other status."""
    name, arn, check = row.state_title(label), row.labelled_path(label), f"$.{row.state_key(label)}.check"
    status = f"{check}.status"
    choice = Choice(f"Is {name} {row.ready_status.title()}?")
    choice.add_choice(ChoiceRule.StringEquals(status, row.ready_status), active)
    choice.add_choice(
        ChoiceRule.BooleanEquals(f"{check}.timedOut", True),
        Fail(
            f"{name} Timed Out",
            error=f"{row.pascal}TimedOut",
            cause_path=(
                f"States.Format('{{}} is still {{}} after the time limit. Run again to go on waiting, or raise "
                f"polling.{row.snake}.timeout_seconds', {arn}, {status})"
            ),
        ),
    )
    choice.add_choice(ChoiceRule.Or([ChoiceRule.StringEquals(status, text) for text in row.pending_statuses]), pending)
    choice.default_choice(
        Fail(
            f"{name} Failed",
            error=f"{row.pascal}Failed",
            cause_path=f"States.Format('{{}} is {{}}: {{}}', {arn}, {status}, {check}.failureReason)",
        )
    )
    return choice


def stage(config: Config, row: ResourceType, create: LambdaStep, label: str | None = None) -> Stage:
    """Join ``create`` with the row's other states.  The check comes first: what is ready costs no wait.

    What exists as soon as it is created has no check: its stage is ``create`` alone.
    """
    name = row.state_title(label)
    if not row.has_status:
        done = Pass(f"{name} Exists")
        create.next(done)
        return Stage(create, done, create=create)
    status, waits = status_step(config, row, label), wait_state(row, label)
    done = Pass(f"{name} Is {row.ready_status.title()}")
    choice = choice_state(row, active=done, pending=waits, label=label)
    create.next(status)
    status.next(choice)
    waits.next(status)
    return Stage(create, done, create=create, status=status, wait=waits, choice=choice)
