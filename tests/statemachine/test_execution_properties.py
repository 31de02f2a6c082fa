"""What holds of every definition and input."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.drawn_states import DEFINITIONS, GIVEN, answer
from personalize_sfn.statemachine import MachineExecution, StateMachine
from personalize_sfn.statemachine.definition import InvalidDefinitionError

FEW_EVENTS = 400
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def started(definition, value, seed):
    """An execution of it; None where the definition is refused."""
    try:
        return MachineExecution.start(StateMachine(definition), value, seed=seed)
    except InvalidDefinitionError:
        return None


def finish(execution):
    """Run it to its end or to many events: a machine may run in circles."""
    while len(execution.events) < FEW_EVENTS and execution.step(answer):
        pass
    return execution


@QUICK
@given(DEFINITIONS, GIVEN, st.integers(0, 3))
def test_no_definition_and_input_raises_an_error_of_python(definition, value, seed):
    execution = started(definition, value, seed)
    if execution is None:
        return
    finish(execution)
    assert execution.status != "RUNNING" or len(execution.events) >= FEW_EVENTS
    assert [event["id"] for event in execution.events] == list(range(1, len(execution.events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in execution.events)
    times = [event["timestamp"] for event in execution.events]
    assert times == sorted(times)


@QUICK
@given(DEFINITIONS, GIVEN, st.integers(0, 3))
def test_an_execution_is_deterministic_and_restored_at_every_step_gives_the_same_history(definition, value, seed):
    whole = started(definition, value, seed)
    if whole is None:
        return
    finish(whole)
    execution = started(definition, json.loads(json.dumps(value)), seed)
    while len(execution.events) < FEW_EVENTS:
        execution = MachineExecution.restore(execution.definition, execution.snapshot())
        if not execution.step(answer):
            break
    assert execution.events == whole.events
    assert (execution.status, execution.output, execution.error, execution.cause) == (
        whole.status,
        whole.output,
        whole.error,
        whole.cause,
    )
