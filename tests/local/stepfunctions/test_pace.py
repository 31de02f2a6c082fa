"""Waits, backoffs and time limits."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from fakes.state_machines import (
    Gate,
    calling,
    catching,
    events,
    machine,
)
from fakes.stepfunctions_aws import Aws, FunctionError
from personalize_sfn.local.stepfunctions import Pace


def test_an_hour_of_wait_and_a_minute_of_backoff_pass_in_seconds(aws: Aws) -> None:
    attempts: list[Any] = []

    def second_time_lucky(event: Any) -> int:
        attempts.append(event)
        if len(attempts) < 2:
            raise FunctionError("TransientError", "throttled")
        return len(attempts)

    aws.functions["f"] = second_time_lucky
    retry = [{"ErrorEquals": ["TransientError"], "IntervalSeconds": 60, "MaxAttempts": 1}]
    definition = calling("f", Retry=retry)
    definition["States"]["W"] = {"Type": "Wait", "SecondsPath": "$.pause", "Next": "T"}
    definition["StartAt"] = "W"
    begun = time.monotonic()
    assert aws.output(definition, {"pause": 3600})["Payload"] == 2
    assert 3.66 <= time.monotonic() - begun < 15


def test_waits_take_their_time_when_nothing_is_scaled(aws: Aws) -> None:
    aws.install(wait_scale=1)
    begun = time.monotonic()
    aws.output(machine("W", W={"Type": "Wait", "Seconds": 1, "End": True}))
    assert time.monotonic() - begun >= 1


def test_time_limits_are_scaled_down_to_a_floor_and_never_up() -> None:
    settings = Pace()
    assert [settings.scaled_timeout(seconds) for seconds in (2, 30, 3600, 172_800)] == [2, 30, 30, 172.8]
    assert [settings.scaled_wait(seconds) for seconds in (0, 1, 60)] == [0, 0.001, 0.06]


def test_a_task_that_takes_too_long_times_out_and_the_history_keeps_the_limit_of_the_definition(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    aws.install(timeout_floor_seconds=0.3)
    arn = aws.start(aws.create("m", catching(["States.Timeout"], calling("slow", TimeoutSeconds=120))))
    ended = aws.wait(arn)
    gate.open.set()
    assert json.loads(ended["output"])["Error"] == "States.Timeout"
    history = aws.client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    scheduled = next(event for event in history if event["type"] == "TaskScheduled")
    assert scheduled["taskScheduledEventDetails"]["timeoutInSeconds"] == 120
    assert "TaskSucceeded" not in events(aws, arn)


def test_a_shortened_limit_waits_for_real_work_as_long_as_the_definition_says(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    aws.install(timeout_floor_seconds=0.1, busy=lambda: not gate.open.is_set())
    arn = aws.start(aws.create("long", calling("slow", TimeoutSeconds=3600) | {"TimeoutSeconds": 7200}))
    with pytest.raises(AssertionError, match="still runs"):
        aws.wait(arn, seconds=1)  # ten times the floor
    gate.open.set()
    assert aws.wait(arn)["status"] == "SUCCEEDED"

    gate.open.clear()
    ended = aws.run(calling("slow", TimeoutSeconds=1))
    gate.open.set()
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
