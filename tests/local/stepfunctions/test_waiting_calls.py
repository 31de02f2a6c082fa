"""Calls of tasks that wait for executions: when the advanced clock may go on."""

from __future__ import annotations

import threading

import pytest

from personalize_sfn.local.stepfunctions.waiting_calls import WaitingCalls
from personalize_sfn.statemachine import TaskCall

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


def call(arn: str = MACHINE, resource: str = "aws-sdk:sfn:startSyncExecution", token: str = "t") -> TaskCall:
    return TaskCall(token, f"arn:aws:states:::{resource}", {"StateMachineArn": arn}, "T", 0, 0.0)


@pytest.fixture
def calls() -> WaitingCalls:
    return WaitingCalls(threading.Condition())


def test_a_call_of_another_resource_does_not_wait(calls: WaitingCalls) -> None:
    assert not calls.begin(call(resource="aws-sdk:sfn:startExecution"))
    assert not calls.busy


@pytest.mark.parametrize("arn", [MACHINE, f"{MACHINE}:live"])
def test_the_clock_may_go_on_while_the_request_waits_and_neither_before_nor_after(
    calls: WaitingCalls, arn: str
) -> None:
    assert calls.begin(call(arn))
    assert calls.busy
    seen: list[bool] = []
    ended = iter((False, True))

    def done() -> bool:
        there = next(ended)
        if not there:
            seen.append(calls._listening["t"] is done)
        return there

    with calls._news:
        assert calls.listen(MACHINE, done, 0.01)
    assert seen == [True]
    assert calls.busy  # the answer is on its way
    calls.end(call(arn))
    assert not calls.busy


def test_a_request_of_somebody_else_stands_for_no_call(calls: WaitingCalls) -> None:
    calls.begin(call())
    within: list[bool] = []
    with calls._news:
        calls.listen(MACHINE + "2", lambda: within.append(calls.busy) is None, 1)
    assert within == [True]
