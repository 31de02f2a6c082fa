"""Executions of several machines on one clock."""

import json
import re

import pytest

from personalize_sfn.simulation import Simulation
from personalize_sfn.statemachine import MachineExecution, TaskOutcome

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
LAMBDA = "arn:aws:states:::lambda:invoke"


def one(**fields):
    return {"StartAt": "S", "States": {"S": {"End": True, **fields}}}


def starting(machine="child", pattern=".sync:2", **fields):
    resource = f"arn:aws:states:::states:startExecution{pattern}"
    arguments = {"StateMachineArn": ARN + machine, "Input.$": "$"}
    return one(Type="Task", Resource=resource, Parameters=arguments, **fields)


def none(call):
    return None


@pytest.mark.parametrize(
    ("pattern", "given", "output"), [(".sync:2", {"n": 1}, {"n": 1}), (".sync", '{"n":1}', '{"n":1}')]
)
def test_a_machine_that_starts_another_waits_for_it(pattern, given, output):
    simulation = Simulation({"main": starting(pattern=pattern), "child": one(Type="Wait", Seconds=30)}, none)
    execution = simulation.run("main", {"n": 1})
    assert execution.now == 30
    arn = "arn:aws:states:us-east-1:123456789012:execution:child:run-2"
    assert execution.output == {
        "ExecutionArn": arn,
        "Input": given,
        "InputDetails": {"Included": True},
        "Name": "run-2",
        "StartDate": 0,
        "StateMachineArn": ARN + "child",
        "Status": "SUCCEEDED",
        "StopDate": 30_000,
        "Output": output,
        "OutputDetails": {"Included": True},
    }
    assert [event["type"] for event in execution.events][2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert simulation.transitions == 2


def test_one_that_is_not_waited_for_runs_on_by_itself():
    simulation = Simulation({"main": starting(pattern=""), "child": one(Type="Wait", Seconds=30)}, none)
    assert simulation.run("main", {}).now == 0
    (child,) = simulation.of("child")
    assert child.status == "RUNNING"
    simulation.advance()
    assert (child.status, child.now) == ("SUCCEEDED", 30)


def test_a_child_that_fails_fails_the_task_with_what_describe_execution_says():
    child = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "why"}}}
    execution = Simulation({"main": starting(), "child": child}, none).run("main", {"n": 1})
    assert execution.error == "States.TaskFailed"
    said = json.loads(execution.cause)
    assert (said["Error"], said["Cause"], said["Status"], said["Input"]) == ("E", "why", "FAILED", '{"n":1}')


def test_children_of_parallel_branches_run_at_the_same_time():
    branch = starting()
    main = one(Type="Parallel", Branches=[branch, branch])
    simulation = Simulation({"main": main, "child": one(Type="Wait", Seconds=30)}, none)
    assert simulation.run("main", {}).now == 30
    assert len(simulation.of("child")) == 2


def test_a_task_sees_the_time_over_all_executions_in_order():
    seen = []
    wait_then_task = {
        "StartAt": "W",
        "States": {
            "W": {"Type": "Wait", "SecondsPath": "$.s", "Next": "T"},
            "T": {"Type": "Task", "Resource": LAMBDA, "End": True},
        },
    }
    simulation = Simulation({"m": wait_then_task}, lambda call: seen.append(call.now) or TaskOutcome(1), now=1000)
    for seconds in (5, 3, 4):
        simulation.start("m", {"s": seconds})
    simulation.advance()
    assert seen == [1003, 1004, 1005]


def test_a_child_is_stopped_when_its_parent_gives_up():
    simulation = Simulation({"main": starting(TimeoutSeconds=10), "child": one(Type="Wait", Seconds=30)}, none)
    execution = simulation.run("main", {})
    assert (execution.status, execution.error, execution.now) == ("FAILED", "States.Timeout", 10)
    assert simulation.of("child")[0].status == "ABORTED"


@pytest.mark.parametrize("status", ["TIMED_OUT", "FAILED"])
def test_a_child_is_stopped_when_the_execution_of_its_parent_ends(status):
    main = {**starting(), "TimeoutSeconds": 10} if status == "TIMED_OUT" else beside_a_failure(starting())
    simulation = Simulation({"main": main, "child": one(Type="Wait", Seconds=30)}, none)
    execution = simulation.run("main", {})
    simulation.advance()
    assert (execution.status, execution.now) == (status, 10)
    assert (simulation.of("child")[0].status, simulation.now) == ("ABORTED", 10)


def beside_a_failure(machine):
    fails = {"W": {"Type": "Wait", "Seconds": 10, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}
    return one(Type="Parallel", Branches=[machine, {"StartAt": "W", "States": fails}])


def test_the_function_may_answer_for_a_child_itself():
    simulation = Simulation({"main": starting("elsewhere")}, lambda _: TaskOutcome({"Output": 7}))
    assert simulation.run("main", {}).output == {"Output": 7}


def test_a_machine_that_does_not_exist_fails_the_task_and_a_task_needs_an_outcome():
    execution = Simulation({"main": starting("elsewhere")}, none).run("main", {})
    assert execution.error == "StepFunctions.StateMachineDoesNotExistException"
    assert execution.cause == f"State Machine Does Not Exist: '{ARN}elsewhere'"
    with pytest.raises(TypeError, match="tasks must answer a TaskOutcome for arn:aws:states:::lambda:invoke"):
        Simulation({"m": one(Type="Task", Resource=LAMBDA)}, none).run("m", {})


def test_executions_are_looked_at_when_they_change_however_many_there_are(monkeypatch):
    asked = []
    next_due = MachineExecution.next_due
    monkeypatch.setattr(MachineExecution, "next_due", lambda execution: asked.append(1) or next_due(execution))
    main = one(Type="Parallel", Branches=[starting() for _ in range(40)])
    simulation = Simulation({"main": main, "child": one(Type="Wait", Seconds=30)}, none)
    assert simulation.run("main", {}).now == 30
    assert len(simulation.of("child")) == 40
    assert len(asked) < 10 * 40


def test_children_are_stopped_with_a_parent_that_is_stopped_from_outside():
    simulation = Simulation({"main": starting(), "child": one(Type="Wait", Seconds=30)}, none)
    execution = simulation.start("main", {})
    simulation.advance(until=5)
    execution.stop()
    simulation.advance()
    assert simulation.of("child")[0].status == "ABORTED"


def test_an_execution_goes_on_when_the_world_has_answered():
    waits = {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": LAMBDA, "Next": "W"}}}
    waits["States"]["W"] = {"Type": "Wait", "Seconds": 7, "End": True}
    simulation = Simulation({"m": waits}, lambda _: TaskOutcome(pending=True))
    execution = simulation.run("m", {})
    execution.complete(execution.pending()[0], TaskOutcome({}))
    simulation.advance()
    assert (execution.status, execution.now) == ("SUCCEEDED", 7)


def named(name, **more):
    arguments = {"StateMachineArn": ARN + "child", "Name": name, **more}
    return one(Type="Task", Resource="arn:aws:states:::states:startExecution.sync:2", Parameters=arguments)


def test_a_name_is_used_once():
    main = one(Type="Parallel", Branches=[named("mine"), named("mine")])
    simulation = Simulation({"main": main, "child": one(Type="Wait", Seconds=30)}, none)
    execution = simulation.run("main", {})
    arn = "arn:aws:states:us-east-1:123456789012:execution:child:mine"
    assert (execution.status, execution.error) == ("FAILED", "StepFunctions.ExecutionAlreadyExistsException")
    assert execution.cause == f"Execution Already Exists: '{arn}'"
    with pytest.raises(ValueError, match=re.escape(f"Execution Already Exists: '{arn}'")):
        simulation.start("child", {}, "mine")
    simulation.start("child", {}, f"run-{len(simulation.executions) + 2}")
    assert len({simulation.start("child", {}).context["Execution"]["Name"] for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("parameters", "error", "cause"),
    [
        ({}, "States.Runtime", "The field 'StateMachineArn' is required but was missing"),
        ([], "States.Runtime", "The field 'StateMachineArn' is required but was missing"),
        ("x", "States.Runtime", "The field 'StateMachineArn' is required but was missing"),
        *(
            (
                {"StateMachineArn": ARN + "child", "Name": name},
                "StepFunctions.InvalidNameException",
                f"Invalid Name: '{name}'",
            )
            for name in ("", "a b", "a:b", "x" * 81, "\ud800", {"a": 1})
        ),
    ],
)
def test_arguments_that_start_nothing_fail_the_task(parameters, error, cause):
    main = one(Type="Task", Resource="arn:aws:states:::states:startExecution.sync", Parameters=parameters)
    execution = Simulation({"main": main, "child": one(Type="Succeed")}, none).run("main", {})
    assert (execution.status, execution.error, execution.cause) == ("FAILED", error, cause)


def test_an_execution_that_waits_for_the_world_stays_running():
    simulation = Simulation({"m": one(Type="Task", Resource=LAMBDA)}, lambda _: TaskOutcome(pending=True))
    execution = simulation.run("m", {})
    assert execution.status == "RUNNING"
    execution.complete(execution.pending()[0], TaskOutcome(1))
    assert execution.output == 1
