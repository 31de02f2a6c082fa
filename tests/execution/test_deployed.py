"""Tests of ``deployed``: whether what is deployed under a project's name is what a configuration describes."""

from __future__ import annotations

import pytest

from fakes.deployed_definitions import CONFIG, FakeStepFunctions, session_of
from fakes.solutions import served
from personalize_sfn.config import CampaignConfig, Config, PollingConfig, WaitConfig
from personalize_sfn.errors import OtherConfigDeployedError
from personalize_sfn.execution import run

OTHER = Config(project="movies", solutions=served("aws-popularity-count", name="movies-s"))
SAME_NAME = Config(project="movies", solutions=served(name="movies-s"))


def test_another_recipe_than_the_deployed_one_is_refused_by_name() -> None:
    client = FakeStepFunctions(SAME_NAME)

    with pytest.raises(OtherConfigDeployedError) as refused:
        run(session_of(client), OTHER)

    assert str(refused.value) == (
        "what is deployed as movies is not what this config describes: for-you.recipeArn "
        "recipe/aws-user-personalization-v2 -> recipe/aws-popularity-count (deployed -> this config). "
        "Deploy first: deploy(session, config), or 'personalize-sfn deploy'. Nothing was started"
    )
    assert client.executions == {}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(project="movies", tags={"team": "films"}), "tags.team none -> films"),
        (
            Config(project="movies", solutions=served(campaign=CampaignConfig(min_provisioned_tps=2))),
            "for-you.minProvisionedTPS 1 -> 2",
        ),
        (
            Config(
                project="movies", polling=PollingConfig(campaign=WaitConfig(typical_seconds=480, timeout_seconds=600))
            ),
            "timeoutSeconds 14400 -> 600",
        ),
        (
            Config(
                project="movies",
                solutions=served("aws-user-personalization", hyperparameters={"hidden_dimension": "55"}),
            ),
            "solutionConfig.algorithmHyperParameters.hidden_dimension none -> 55",
        ),
    ],
    ids=["a tag", "a campaign's setting", "a time limit", "a hyperparameter"],
)
def test_whatever_the_config_says_otherwise_is_named(config: Config, said: str) -> None:
    with pytest.raises(OtherConfigDeployedError) as refused:
        run(session_of(FakeStepFunctions()), config)

    assert said in str(refused.value)


def test_what_an_older_version_of_this_package_deployed_from_the_same_config_is_run() -> None:
    client = FakeStepFunctions()
    for definition in client.definitions.values():
        definition["Comment"] = "older"
        for state in definition["States"].values():
            state.pop("Retry", None)

    run(session_of(client), CONFIG)

    assert len(client.executions) == 1


def test_a_caller_who_may_not_read_definitions_or_list_executions_can_still_run() -> None:
    client = FakeStepFunctions(SAME_NAME)
    client.denied = {"DescribeStateMachine", "ListExecutions"}

    run(session_of(client), OTHER)

    assert len(client.executions) == 1
