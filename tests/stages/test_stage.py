"""A stage is a state for the SDK, and its states are there one by one."""

from __future__ import annotations

import boto3
import pytest

from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import INTERACTIONS_SCHEMA, Config, DatasetConfig, DatasetsConfig
from personalize_sfn.errors import ConfigError
from personalize_sfn.sdk import Catch, Chain, Fail, Graph, Parallel, Pass, State, Workflow

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")
WITHOUT_METADATA = {**INTERACTIONS_SCHEMA, "name": "Items", "fields": [{"name": "ITEM_ID", "type": "string"}]}
ROLE = "arn:aws:iam::123456789012:role/any"


def states_of(definition: State | Chain) -> dict:
    return Graph(definition).to_dict()["States"]


def test_a_chain_goes_from_the_exit_of_a_stage_to_the_entry_of_the_next():
    states = states_of(Chain([stages.solution.solution(CONFIG, ARNS), stages.campaign.campaign(CONFIG)]))
    assert states["Solution Is Active"]["Next"] == "Create Campaign"
    assert states["Is Solution Active?"]["Default"] == "Solution Failed"
    assert states["Campaign Is Active"]["End"] is True


def test_a_stage_stands_between_a_users_own_states():
    states = states_of(Chain([Pass("Before"), stages.campaign.campaign(CONFIG), Pass("After")]))
    assert states["Before"]["Next"] == "Create Campaign"
    assert states["Campaign Is Active"]["Next"] == "After"


def test_stages_are_branches_of_a_parallel():
    both = Parallel("Both")
    both.add_branch(stages.schema.schema(CONFIG))
    both.add_branch(Chain([stages.dataset_group.dataset_group(CONFIG)]))
    branches = both.to_dict()["Branches"]
    assert [branch["StartAt"] for branch in branches] == ["Create Interactions Schema", "Create Dataset Group"]


def test_a_workflow_takes_a_stage_as_its_definition():
    client = boto3.client("stepfunctions", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    workflow = Workflow("mine", stages.campaign.campaign(CONFIG), ROLE, client=client)
    assert workflow.definition.to_dict()["StartAt"] == "Create Campaign"


def test_the_single_states_are_the_sdks_own():
    done, wait = Pass("Done"), stages.campaign.wait_state()
    create, status = stages.campaign.create_step(CONFIG), stages.campaign.status_step(CONFIG)
    choice = stages.campaign.choice_state(active=done, pending=wait)
    create.next(status)
    status.next(choice)
    wait.next(status)
    by_hand = states_of(create)
    whole = states_of(stages.campaign.campaign(CONFIG))
    del by_hand["Done"], whole["Campaign Is Active"]
    by_hand["Is Campaign Active?"]["Choices"][0]["Next"] = "Campaign Is Active"
    assert by_hand == whole


def test_a_stage_tells_its_states():
    stage = stages.campaign.campaign(CONFIG)
    names = [state.state_id for state in (stage.create, stage.status, stage.wait, stage.choice, stage.done)]
    assert names == [
        "Create Campaign",
        "Check Campaign",
        "Wait for Campaign",
        "Is Campaign Active?",
        "Campaign Is Active",
    ]
    assert [fail.state_id for fail in stage.failures] == ["Campaign Timed Out", "Campaign Failed"]


def test_a_schema_has_no_wait_and_no_choice():
    stage = stages.schema.schema(CONFIG)
    assert (stage.status, stage.wait, stage.choice, stage.failures) == (None, None, None, [])


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (INTERACTIONS_SCHEMA, "datasets.items.schema: expected a schema of the name 'Items', got 'Interactions'"),
        (WITHOUT_METADATA, "datasets.items.schema: schema 'Items' would be refused"),
    ],
)
def test_a_schema_that_personalize_would_refuse_makes_no_stage(schema, problem):
    config = Config(datasets=DatasetsConfig(items=DatasetConfig(schema=schema)))
    with pytest.raises(ConfigError) as raised:
        stages.schema.schema(config, "ITEMS")
    assert str(raised.value).startswith(problem)
    assert raised.value.field == "datasets.items.schema"


def test_an_arn_can_be_given_as_it_is_or_as_a_path():
    version = ARNS.personalize("solution/movies/one")
    request = stages.campaign.create_step(CONFIG, solution_version_arn=version).to_dict()
    assert request["Parameters"]["Payload"]["request"]["solutionVersionArn"] == version
    request = stages.campaign.create_step(CONFIG, solution_version_arn="$.mine").to_dict()
    assert request["Parameters"]["Payload"]["request"]["solutionVersionArn.$"] == "$.mine"


def test_a_stage_catches_errors_of_all_its_functions():
    stage = stages.campaign.campaign(CONFIG)
    stage.add_catch(Catch(Fail("Mine", error="Mine"), error_equals=["States.ALL"]))
    states = states_of(stage)
    assert [states[name]["Catch"][0]["Next"] for name in ("Create Campaign", "Check Campaign")] == ["Mine", "Mine"]


def test_no_automatic_training_is_always_said():
    request = stages.solution.create_step(CONFIG, ARNS).to_dict()["Parameters"]["Payload"]["request"]
    assert request["performAutoTraining"] is False


def retries(state: dict) -> dict[str, int]:
    """How often each error is tried again."""
    return {name: retry["MaxAttempts"] for retry in state["Retry"] for name in retry["ErrorEquals"]}


def test_what_may_pass_is_tried_again_long_and_what_cannot_soon_told():
    assert retries(states_of(stages.campaign.campaign(CONFIG))["Check Campaign"]) == {
        "TransientError": 30,
        "Lambda.ServiceException": 30,
        "Lambda.SdkClientException": 30,
        "Lambda.ClientExecutionTimeoutException": 30,
        "Lambda.TooManyRequestsException": 30,
        "Lambda.ResourceConflictException": 30,
        "Lambda.ResourceNotReadyException": 30,
        "Lambda.AWSLambdaException": 6,
        "Lambda.Unknown": 3,
        "Sandbox.Timedout": 3,
        "Sandbox.Failure": 3,
        "Runtime.ExitError": 3,
        "Runtime.OutOfMemory": 3,
        "States.Timeout": 3,
    }


def test_a_child_that_did_not_start_is_started_again_under_the_same_name():
    children = [state for state in states_of(workflows.main(CONFIG, ARNS)).values() if state["Type"] == "Task"]

    assert len(children) == 4
    for child in children:
        assert child["Parameters"]["Name.$"] == "$$.Execution.Name"
        assert retries(child) == dict.fromkeys(
            (
                "StepFunctions.ExecutionLimitExceeded",
                "StepFunctions.ExecutionLimitExceededException",
                "StepFunctions.AWSStepFunctionsException",
                "StepFunctions.SdkClientException",
            ),
            8,
        )
