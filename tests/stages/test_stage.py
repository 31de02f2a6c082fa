"""A stage is a state for the SDK, and its states are there one by one."""

from __future__ import annotations

import boto3

from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Catch, Chain, Fail, Graph, Parallel, Pass, State, Workflow

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")
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


def test_a_stage_catches_errors_of_all_its_functions():
    stage = stages.campaign.campaign(CONFIG)
    stage.add_catch(Catch(Fail("Mine", error="Mine"), error_equals=["States.ALL"]))
    states = states_of(stage)
    assert [states[name]["Catch"][0]["Next"] for name in ("Create Campaign", "Check Campaign")] == ["Mine", "Mine"]
