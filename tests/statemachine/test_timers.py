"""What is due, and what is over and no longer moves the clock."""

from fakes.small_machines import (
    LAMBDA,
    machine,
    only,
    ran,
)
from personalize_sfn.statemachine import MachineExecution, TaskOutcome


def test_it_advances_as_far_as_it_is_told_and_says_what_is_due_next():
    execution = MachineExecution.start(only(Type="Wait", Seconds=100), {}, now=1000)
    assert execution.next_due() == 1000
    execution.advance(None, until=1050)
    assert (execution.status, execution.now, execution.next_due()) == ("RUNNING", 1050, 1100)
    execution.advance(None, until=1100)
    assert (execution.status, execution.next_due()) == ("SUCCEEDED", None)


def test_a_time_limit_of_a_call_that_is_over_does_not_move_the_clock():
    definition = machine(
        T={"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 3600, "HeartbeatSeconds": 60, "Next": "U"},
        U={"Type": "Task", "Resource": LAMBDA, "End": True},
    )
    execution = ran(definition, tasks=lambda call: TaskOutcome(1, pending=call.state == "U"))
    assert (execution.now, execution.next_due(), len(execution.pending())) == (0, None, 1)
    assert execution.complete(execution.pending()[0], TaskOutcome(2))
    assert execution.now == 0


def test_a_wait_of_a_branch_that_was_dropped_does_not_move_the_clock():
    branches = [{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}]
    branches += [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}]
    caught = [{"ErrorEquals": ["E"], "Next": "U"}]
    definition = machine(
        P={"Type": "Parallel", "Branches": branches, "Catch": caught, "End": True},
        U={"Type": "Task", "Resource": LAMBDA, "End": True},
    )
    assert ran(definition, tasks=lambda _: TaskOutcome(pending=True)).now == 0


def test_a_year_of_weekly_waits_ends_after_a_year():
    definition = machine(
        W={"Type": "Wait", "Seconds": 7 * 86400, "Next": "T"},
        T={"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.n", "Next": "C"},
        C={"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 52, "Next": "W"}], "Default": "D"},
        D={"Type": "Succeed"},
    )
    counted = iter(range(1, 53))
    assert ran(definition, tasks=lambda _: TaskOutcome(next(counted))).now == 52 * 7 * 86400


def test_timers_of_heartbeats_that_others_followed_do_not_pile_up():
    definition = only(Type="Task", Resource=f"{LAMBDA}.waitForTaskToken", HeartbeatSeconds=60)
    execution = MachineExecution.start(definition, {})
    execution.advance(lambda _: TaskOutcome(pending=True), until=0)
    (token,) = execution.pending()
    for second in range(1, 500):
        execution.advance(None, until=second)
        assert execution.heartbeat(token)
    assert len(execution.timers) < 100
    assert execution.next_due() == 499 + 60
