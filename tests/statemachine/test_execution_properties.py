"""What holds of every definition and input."""

import json

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from fakes.drawn_states import DEFINITIONS, GIVEN, WRONG_DEFINITIONS, answer
from personalize_sfn.statemachine import MachineExecution, StateMachine
from personalize_sfn.statemachine.context import InvalidExecutionInputError
from personalize_sfn.statemachine.definition import InvalidDefinitionError

FEW_EVENTS, FEW_STEPS = 400, 2000
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def started(definition, value, seed):
    """An execution of it; None where the definition or the input is refused."""
    try:
        return MachineExecution.start(StateMachine(definition), value, seed=seed)
    except (InvalidDefinitionError, InvalidExecutionInputError):
        return None


def finish(execution, few_events=FEW_EVENTS, few_steps=FEW_STEPS):
    """Run it to its end, or to many events or steps: a machine may run in circles.  How many steps it took."""
    steps = 0
    while steps < few_steps and len(execution.events) < few_events and execution.step(answer):
        steps += 1
    target(float(len(execution.events)))  # long executions are worth more than those that fail at once
    return steps


@QUICK
@given(DEFINITIONS, GIVEN, st.integers(0, 3))
def test_no_definition_and_input_raises_an_error_of_python(definition, value, seed):
    execution = started(definition, value, seed)
    if execution is None:
        return
    steps = finish(execution)
    assert execution.status != "RUNNING" or steps == FEW_STEPS or len(execution.events) >= FEW_EVENTS
    json.loads(json.dumps(execution.events, allow_nan=False))
    assert [event["id"] for event in execution.events] == list(range(1, len(execution.events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in execution.events)
    times = [event["timestamp"] for event in execution.events]
    assert times == sorted(times)


@pytest.mark.slow
@QUICK
@given(DEFINITIONS, GIVEN, st.integers(0, 3))
def test_an_execution_is_deterministic_and_restored_at_every_step_gives_the_same_history(definition, value, seed):
    whole = started(definition, value, seed)
    if whole is None:
        return
    steps = finish(whole, few_events=100, few_steps=200)  # a snapshot holds the whole history
    execution = started(definition, json.loads(json.dumps(value)), seed)
    for _ in range(steps):
        execution = MachineExecution.restore(execution.definition, execution.snapshot())
        assert execution.step(answer)
    assert execution.events == whole.events
    assert (execution.status, execution.output, execution.error, execution.cause) == (
        whole.status,
        whole.output,
        whole.error,
        whole.cause,
    )


@pytest.mark.slow
@QUICK
@given(WRONG_DEFINITIONS, GIVEN)
def test_no_field_of_another_type_raises_an_error_of_python(definition, value):
    execution = started(definition, value, 0)
    if execution is not None:
        finish(execution)
