"""Tests of ``states``: the states that all stages are made of."""

from __future__ import annotations

from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, Graph, Pass, State

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")


def states_of(definition: State | Chain) -> dict:
    return Graph(definition).to_dict()["States"]


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


def test_an_arn_can_be_given_as_it_is_or_as_a_path():
    version = ARNS.personalize("solution/movies/one")
    request = stages.campaign.create_step(CONFIG, solution_version_arn=version).to_dict()
    assert request["Parameters"]["Payload"]["request"]["solutionVersionArn"] == version
    request = stages.campaign.create_step(CONFIG, solution_version_arn="$.mine").to_dict()
    assert request["Parameters"]["Payload"]["request"]["solutionVersionArn.$"] == "$.mine"


def retries(state: dict) -> dict[str, int]:
    """How often each error is tried again."""
    return {name: retry["MaxAttempts"] for retry in state["Retry"] for name in retry["ErrorEquals"]}


def test_transient_errors_are_retried_long_and_permanent_ones_soon_told():
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
