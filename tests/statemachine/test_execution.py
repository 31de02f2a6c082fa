"""An execution as a whole: how it ends."""

from fakes.small_machines import LAMBDA, kinds, only, ran
from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskOutcome


def test_a_machines_own_time_limit_ends_it():
    definition = StateMachine(
        {"StartAt": "W", "TimeoutSeconds": 10, "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    )
    execution = ran(definition)
    assert (execution.status, execution.error, execution.now) == ("TIMED_OUT", None, 10)
    assert kinds(execution)[-1] == "ExecutionTimedOut"


def test_a_stopped_execution_says_which_calls_were_open_and_takes_no_outcome():
    execution = MachineExecution.start(only(Type="Task", Resource=LAMBDA), {})
    execution.advance(lambda _: TaskOutcome(pending=True), until=5)
    (token,) = execution.stop("Mine", "I said so")
    assert (execution.status, execution.error, execution.cause) == ("ABORTED", "Mine", "I said so")
    assert execution.events[-1]["executionAbortedEventDetails"] == {"error": "Mine", "cause": "I said so"}
    assert not execution.complete(token, TaskOutcome(1))
    assert execution.stop() == []


def test_an_execution_that_ended_waits_for_nothing():
    definition = StateMachine(
        {"StartAt": "T", "TimeoutSeconds": 9, "States": {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}}
    )
    execution = ran(definition, tasks=lambda _: TaskOutcome(pending=True))
    assert (execution.status, execution.pending()) == ("TIMED_OUT", [])
