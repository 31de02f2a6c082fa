"""Executions as a data directory has them, and as they were again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fakes.drawn_states import DEFINITIONS, GIVEN, answer
from personalize_sfn.local.clock import Clock
from personalize_sfn.local.stepfunctions import Pace
from personalize_sfn.local.stepfunctions.documents import (
    beginning,
    packed,
    position,
    restored_execution,
    unpacked,
)
from personalize_sfn.local.stepfunctions.paced_execution import PacedExecution
from personalize_sfn.local.stepfunctions.records import DeployedMachine, ExecutionRecord, MachineRevision, parsed
from personalize_sfn.statemachine import TaskCall, TaskOutcome, tokens
from personalize_sfn.statemachine.context import InvalidExecutionInputError
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.snapshots import GROWING

ARN = "arn:aws:states:us-east-1:123456789012:execution:m:run"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


class Stopped(Clock):
    """No time passes while an execution is away."""

    def now(self) -> float:
        return 0.0


PACE = Pace(clock=Stopped())


def answered(call: TaskCall) -> TaskOutcome:
    return answer(replace(call, token=tokens.read(call.token).proof))


def begun(definition: Any, value: Any, seed: int) -> ExecutionRecord | None:
    """An execution of it; None where the definition or the input is refused."""
    text = json.dumps(definition)
    try:
        execution = PacedExecution.start(
            parsed(text), value, context={"Execution": {"Id": ARN, "Name": "run"}}, seed=seed, pace=PACE
        )
    except (InvalidDefinitionError, InvalidExecutionInputError):
        return None
    revision = MachineRevision(text, "role", {}, {}, {}, None, 0.0)
    machine = DeployedMachine(MACHINE, "m", "STANDARD", 0.0, revision)
    return ExecutionRecord(ARN, "run", machine, revision, json.dumps(value), execution, 0, 0.0)


def through_a_directory(record: ExecutionRecord) -> ExecutionRecord:
    """The execution as a start would find it."""
    texts: dict[str, int] = {}
    growing = {name: packed(getattr(record.execution, name), texts) for name in GROWING}
    kept = {number: text for text, number in texts.items()}
    return restored_execution(
        ARN,
        0,
        json.loads(beginning(record, "digest")),
        json.loads(position(record)),
        {name: unpacked(text, kept) for name, text in growing.items()},
        revisions={"digest": record.revision},
        machines={},
        pace=PACE,
    )


@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(DEFINITIONS, GIVEN, st.integers(0, 3))
def test_an_execution_kept_and_restored_at_every_step_gives_the_same_history(definition, value, seed):
    whole = begun(definition, value, seed)
    if whole is None:
        return
    steps = 0
    while steps < 100 and len(whole.execution.events) < 60 and whole.execution.step(answered):
        steps += 1
    record = begun(definition, json.loads(json.dumps(value)), seed)
    for _ in range(steps):
        record = through_a_directory(record)
        assert record.execution.step(answered)
    record = through_a_directory(record)
    for name in (*GROWING, "status", "output", "error", "cause", "planned", "limit", "now"):
        assert getattr(record.execution, name) == getattr(whole.execution, name)


def test_long_texts_are_kept_once_and_are_one_object_again():
    long = "x" * 5000
    events = [{"id": n, "passStateEnteredEventDetails": {"input": long, "name": "P"}} for n in (1, 2)]
    items = [[7, events[0]]]
    texts: dict[str, int] = {}
    written = [packed(each, texts) for each in (events, items)]
    assert list(texts) == [long]
    assert len("".join(written)) < 500
    back = [unpacked(each, {0: long}) for each in written]
    assert back == [events, items]
    assert back[0][1]["passStateEnteredEventDetails"]["input"] is long


def test_a_variable_named_as_the_mark_of_a_long_text_is_the_users():
    events = [{"id": 1, "stateExitedEventDetails": {"assignedVariables": {"$text": "1"}, "output": "x" * 5000}}]
    texts: dict[str, int] = {}
    assert unpacked(packed(events, texts), {number: text for text, number in texts.items()}) == events


def test_where_an_execution_is_is_kept_only_if_a_start_with_a_deep_stack_can_read_it():
    definition = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Q"}, "Q": {"Type": "Succeed"}}}
    record = begun(definition, 1, 0)
    frame = next(iter(record.execution.frames.values()))
    for depth in (500, 900):
        value = 1
        for _ in range(depth):
            value = [value]
        frame.input = value
        if depth == 500:
            assert "[[[[" in position(record)
        else:
            with pytest.raises(RecursionError):
                position(record)
