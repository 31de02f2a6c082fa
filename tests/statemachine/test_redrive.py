"""Going on with an execution that did not succeed."""

import pytest

from fakes.small_machines import LAMBDA, filled, kinds, machine, only, ran
from personalize_sfn.statemachine import MachineExecution, TaskOutcome
from personalize_sfn.statemachine.redrive import UnsupportedRedriveError


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
