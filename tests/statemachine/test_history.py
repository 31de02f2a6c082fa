"""Events of a history: what they say, and how many there may be."""

import botocore.session
import pytest

from fakes.small_machines import (
    LAMBDA,
    filled,
    kinds,
    machine,
    one_pass,
    only,
    ran,
)
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.history import Resource, details


@pytest.mark.parametrize(
    ("arn", "service", "name", "pattern"),
    [
        ("arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2", ".sync:2"),
        ("arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3", "getObject", ""),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", "lambda", "invoke.waitForTaskToken", ".waitForTaskToken"),
    ],
)
def test_a_resource_is_a_service_an_action_and_a_pattern(arn, service, name, pattern):
    resource = Resource(arn)
    assert (resource.service, resource.name, resource.pattern) == (service, name, pattern)


def test_a_history_ends_at_25000_events():
    definition = machine(A={"Type": "Pass", "Next": "A"})
    execution = ran(definition)
    assert (execution.status, len(execution.events)) == ("FAILED", 25_000)
    assert execution.cause == "The execution reached the maximum number of history events (25000)."


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


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("PassStateEntered", "stateEnteredEventDetails"),
        ("MapStateExited", "stateExitedEventDetails"),
        ("MapStateStarted", "mapStateStartedEventDetails"),
        ("LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails"),
    ],
)
def test_the_details_of_an_event_are_a_member_of_botocores_model(kind, member):
    model = botocore.session.get_session().get_service_model("stepfunctions").shape_for("HistoryEvent")
    assert details(kind) == member
    assert member in model.members
