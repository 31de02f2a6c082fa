"""An execution as a whole: its end, its clock, saved and restored."""

import json
import tracemalloc

import pytest

from fakes.small_machines import LAMBDA, kinds, machine, only, ran
from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskOutcome, run
from personalize_sfn.statemachine.redrive import UnsupportedRedriveError


def three_wishes():
    """A machine with branches, waits, retries, tasks and variables."""
    retried = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 5, "JitterStrategy": "FULL"}],
        "ResultPath": "$.t",
        "Next": "W",
    }
    item = {"StartAt": "T", "States": {"T": retried, "W": {"Type": "Wait", "SecondsPath": "$.n", "End": True}}}
    return machine(
        A={"Type": "Pass", "Assign": {"u.$": "States.UUID()"}, "Next": "P"},
        P={
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "M",
                    "States": {
                        "M": {
                            "Type": "Map",
                            "ItemsPath": "$.l",
                            "MaxConcurrency": 2,
                            "ItemProcessor": item,
                            "End": True,
                        }
                    },
                },
                {"StartAt": "V", "States": {"V": {"Type": "Pass", "Parameters": {"u.$": "$u"}, "End": True}}},
            ],
            "Next": "Z",
        },
        Z={"Type": "Pass", "End": True},
    )


def sometimes(call):
    """Fails at the first attempt of every other item; takes time."""
    if call.arguments["n"] % 2 and call.attempt == 0:
        return TaskOutcome(error="E", cause="first", after=1)
    return TaskOutcome(call.arguments["n"] * 10, after=call.arguments["n"])


WISHES = {"l": [{"n": n} for n in range(1, 6)]}


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    one, again, other = (run(three_wishes(), WISHES, tasks=sometimes, seed=seed) for seed in (1, 1, 2))
    assert one.status == "SUCCEEDED"
    assert one.events == again.events
    assert one.events != other.events


def test_an_execution_restored_after_every_event_goes_on_as_if_it_never_stopped():
    definition = three_wishes()
    whole = run(definition, WISHES, tasks=sometimes, seed=3)
    execution = MachineExecution.start(definition, WISHES, seed=3)
    restored = 0
    while execution.status == "RUNNING":
        execution = MachineExecution.restore(definition, execution.snapshot())
        execution.step(sometimes)
        restored += 1
    assert execution.events == whole.events
    assert execution.output == whole.output
    assert restored > 40


def test_a_snapshot_is_json_with_the_history_and_little_else():
    execution = MachineExecution.start(three_wishes(), WISHES)
    execution.advance(lambda _: TaskOutcome(pending=True), until=0)
    plain = json.loads(execution.snapshot())
    assert len(json.dumps({**plain, "events": []})) < 6000
    assert plain["status"] == "RUNNING"
    assert len(execution.pending()) == 2


def test_it_advances_as_far_as_it_is_told_and_says_what_is_due_next():
    execution = MachineExecution.start(only(Type="Wait", Seconds=100), {}, now=1000)
    assert execution.next_due() == 1000
    execution.advance(None, until=1050)
    assert (execution.status, execution.now, execution.next_due()) == ("RUNNING", 1050, 1100)
    execution.advance(None, until=1100)
    assert (execution.status, execution.next_due()) == ("SUCCEEDED", None)


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


def test_the_context_object_is_what_the_caller_knows_and_what_is_filled_in():
    context = {"Execution": {"Id": "arn:aws:states:eu-west-1:1:execution:m:e", "Name": "e"}}
    execution = ran(only(Parameters={"all.$": "$$"}), {"a": 1}, context=context, now=1)
    assert execution.output["all"] == {
        "Execution": {
            "Id": "arn:aws:states:eu-west-1:1:execution:m:e",
            "Input": {"a": 1},
            "Name": "e",
            "RoleArn": "arn:aws:iam::123456789012:role/StateMachine",
            "StartTime": "1970-01-01T00:00:01.000Z",
            "RedriveCount": 0,
        },
        "StateMachine": {
            "Id": "arn:aws:states:us-east-1:123456789012:stateMachine:StateMachine",
            "Name": "StateMachine",
        },
        "State": {"Name": "S", "EnteredTime": "1970-01-01T00:00:01.000Z"},
    }


def test_a_redrive_tries_what_failed_again_and_keeps_what_succeeded():
    asked = []

    def tasks(call):
        asked.append(call.arguments)
        return TaskOutcome(error="E") if call.arguments == 2 and asked.count(2) == 1 else TaskOutcome(call.arguments)

    inner = {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}}
    definition = machine(
        A={"Type": "Pass", "Next": "M"},
        M={"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": inner, "End": True},
    )
    execution = ran(definition, [1, 2, 3], tasks)
    assert execution.status == "FAILED"
    execution = MachineExecution.restore(definition, execution.snapshot())
    assert execution.redrive()
    execution.advance(tasks)
    assert (execution.status, execution.output) == ("SUCCEEDED", [1, 2, 3])
    assert asked == [1, 2, 2, 3]
    assert kinds(execution).count("ExecutionRedriven") == 1
    assert execution.context["Execution"]["RedriveCount"] == 1


def test_a_redrive_leaves_data_alone_that_hold_the_context():
    definition = machine(
        A={"Type": "Pass", "Parameters": {"e.$": "$$.Execution"}, "Next": "T"},
        T={"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.t", "End": True},
    )
    live = ran(definition, tasks=lambda _: TaskOutcome(error="E"))
    restored = MachineExecution.restore(definition, live.snapshot())
    for execution in (live, restored):
        assert execution.redrive()
        execution.advance(lambda _: TaskOutcome(1))
        assert execution.output["e"]["RedriveCount"] == 0
        assert execution.context["Execution"]["RedriveCount"] == 1
    assert live.events == restored.events


def test_only_what_did_not_succeed_is_redriven():
    running = MachineExecution.start(only(Type="Wait", Seconds=9), {})
    full = filled(only(Type="Fail", Error="E"), 24_999)
    full.advance(None)
    for execution in (running, ran(only()), full):
        before = execution.snapshot()
        assert not execution.redrive()
        assert execution.snapshot() == before


def test_a_redrive_of_a_distributed_map_is_refused_by_name():
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "F", "States": {"F": {"Type": "Fail"}}}
    execution = ran(only(Type="Map", ItemProcessor=processor), [1])
    with pytest.raises(UnsupportedRedriveError) as raised:
        execution.redrive()
    assert (
        str(raised.value) == "the state 'S' is a distributed Map, which cannot be redriven here: start a new execution"
    )
    assert execution.status == "FAILED"


def test_a_history_ends_at_25000_events():
    definition = machine(A={"Type": "Pass", "Next": "A"})
    execution = ran(definition)
    assert (execution.status, len(execution.events)) == ("FAILED", 25_000)
    assert execution.cause == "The execution reached the maximum number of history events (25000)."


def one_pass():
    return {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


def filled(definition, events, tasks=None):
    """An execution whose history has so many events."""
    execution = MachineExecution.start(definition, [1])
    if tasks is not None:
        execution.advance(tasks)
    while len(execution.events) < events:
        execution.record("Filler", 0)
    return execution


@pytest.mark.parametrize("left", range(1, 20))
def test_nothing_happens_after_the_last_event_of_a_full_history(left):
    asked = []
    definition = machine(
        T={"Type": "Task", "Resource": LAMBDA, "Next": "P"},
        P={"Type": "Parallel", "Branches": [one_pass()], "Next": "M"},
        M={"Type": "Map", "ItemProcessor": one_pass(), "Next": "F"},
        F={"Type": "Fail", "Error": "E"},
    )
    execution = filled(definition, 25_000 - left)
    execution.advance(lambda _: asked.append(execution.status) or TaskOutcome([1]))
    assert (execution.status, execution.error, len(execution.events)) == ("FAILED", "States.Runtime", 25_000)
    assert kinds(execution).index("ExecutionFailed") == 24_999
    assert asked in ([], ["RUNNING"])


def test_an_execution_that_ended_at_its_last_event_does_not_succeed():
    execution = filled(only(), 24_998)
    execution.advance(None)
    assert (kinds(execution)[-1], len(execution.events), execution.output) == ("ExecutionFailed", 25_000, None)


@pytest.mark.parametrize("what", ["taken", "submitted"])
def test_news_of_a_call_may_be_the_last_event(what):
    resource = "arn:aws:states:us-east-1:123456789012:activity:a"
    execution = filled(only(Type="Task", Resource=resource), 24_999, lambda _: TaskOutcome(pending=True))
    (token,) = execution.pending()
    assert execution.taken(token, "worker") if what == "taken" else execution.submitted(token, {})
    assert (execution.status, len(execution.events)) == ("FAILED", 25_000)


@pytest.mark.parametrize(
    "inner",
    [
        {"T": {"Type": "Pass", "Next": "T"}},
        {
            "T": {
                "Type": "Task",
                "Resource": LAMBDA,
                "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 9**8}],
                "End": True,
            }
        },
        {"T": {"Type": "Parallel", "Branches": [one_pass()], "ResultPath": None, "Next": "T"}},
        {
            "T": {
                "Type": "Parallel",
                "Branches": [{"StartAt": "U", "States": {"U": {"Type": "Pass", "Next": "U"}}}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T"}],
                "End": True,
            }
        },
    ],
)
def test_an_item_of_a_distributed_map_ends_at_25000_events_too(inner):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "T", "States": inner}
    definition = only(Type="Map", ItemProcessor=processor, ToleratedFailureCount=1)
    execution = ran(definition, [1], lambda _: TaskOutcome(error="E"))
    cause = "The execution reached the maximum number of history events (25000)."
    assert execution.output == [{"Error": "States.Runtime", "Cause": cause}]


def test_an_execution_that_ended_waits_for_nothing():
    definition = StateMachine(
        {"StartAt": "T", "TimeoutSeconds": 9, "States": {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}}
    )
    execution = ran(definition, tasks=lambda _: TaskOutcome(pending=True))
    assert (execution.status, execution.pending()) == ("TIMED_OUT", [])


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


def test_events_that_say_the_same_share_one_text():
    """A loop over a large input has twenty thousand of them."""
    answered = {"Type": "Task", "Resource": LAMBDA, "Next": "W"}
    states = machine(A={"Type": "Pass", "Next": "T"}, T=answered, W={"Type": "Wait", "Seconds": 1, "End": True})
    tracemalloc.start()
    try:
        execution = run(states, {"text": "x" * 200_000}, tasks=lambda call: TaskOutcome({**call.arguments}))
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert execution.status == "SUCCEEDED"
    assert sum("x" * 200_000 in str(event) for event in execution.events) == 10
    assert now < 600_000


def test_a_restored_execution_says_what_the_other_would_have_said():
    states = machine(A={"Type": "Wait", "Seconds": 5, "Next": "B"}, B={"Type": "Pass", "End": True})
    first = MachineExecution.start(states, {"a": 1})
    first.step(None)
    again = MachineExecution.restore(states, first.snapshot())
    for each in (first, again):
        each.advance(None)
    assert again.events == first.events
