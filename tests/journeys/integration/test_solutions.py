"""A shop with several solutions on the embedded AWS: at the same time, each by itself, and never another project's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import WorkflowError
from personalize_sfn.local import LocalAws

SHOP = {
    "for-you": {"campaign": {}},
    "similar": {"recipe": "aws-similar-items", "campaign": {}},
    "popular": {"recipe": "aws-popularity-count"},
}
Deployed = Callable[[str, dict[str, Any]], Pipeline]


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws(wait_scale=1 / 20_000) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(aws: LocalAws) -> Deployed:
    """``deployed("shop", SHOP)``: a project of these solutions, with data; each test has projects of its own."""

    def make(project: str, solutions: dict[str, Any]) -> Pipeline:
        made = Pipeline(aws, aws.session(), Config.from_dict({"project": project, "solutions": solutions}))
        deploy(made.session, made.config)
        made.upload(interactions())
        return made

    return make


def test_three_solutions_become_active_and_are_in_the_output_of_main(deployed: Deployed) -> None:
    shop = deployed("films", SHOP)
    output = shop.run()
    assert list(output["solutions"]) == ["for-you", "similar", "popular"]
    assert output.keys() == {"datasetGroupArn", "datasetArns", "solutions"}
    for key, each in output["solutions"].items():
        version = shop.personalize().describe_solution_version(solutionVersionArn=each["solutionVersionArn"])
        assert version["solutionVersion"]["status"] == "ACTIVE"
        assert each["solutionArn"].endswith(f":solution/{shop.config.solution_name(key)}")
        assert each["error"] is None
        assert 0 <= each["metrics"]["precision_at_5"] <= 1
    served = {key: each["campaignArn"] for key, each in output["solutions"].items()}
    assert served.pop("popular") is None
    for key, arn in served.items():
        campaign = shop.personalize().describe_campaign(campaignArn=arn)["campaign"]
        assert (campaign["name"], campaign["status"]) == (f"films-{key}", "ACTIVE")
    assert shop.run() == output, "a second run makes nothing anew"


@pytest.mark.slow
def test_one_that_fails_stops_no_other_and_the_next_run_goes_on(deployed: Deployed) -> None:
    shop = deployed("books", SHOP)
    shop.aws.personalize.faults.fail("solution_version", reason="out of rabbits")
    execution = shop.start()
    with pytest.raises(WorkflowError) as failed:
        execution.wait(timeout=60)

    assert failed.value.error == "SolutionVersionFailed", "told as if it were the only one"
    assert failed.value.cause.endswith(" is CREATE FAILED: out of rabbits")
    assert failed.value.stage == "books-solution: Check Solution Version"
    described = shop.session.client("stepfunctions").describe_execution(executionArn=execution.execution_arn)
    assert described["error"] == "SolutionsFailed"
    assert described["cause"].startswith("1 of 3 solutions failed. ")
    assert "SolutionVersionFailed: books-solution: arn:aws:personalize:" in described["cause"]
    assert described["cause"].endswith(" Fix the cause, then run it again: finished steps are not repeated.")
    before = [shop.versions(each["solutionArn"]) for each in shop.personalize().list_solutions()["solutions"]]

    output = shop.run()

    assert {each["error"] for each in output["solutions"].values()} == {None}
    after = [shop.versions(each["solutionArn"]) for each in shop.personalize().list_solutions()["solutions"]]
    assert sum(map(len, after)) == sum(map(len, before)) + 1, "only the one that failed was trained again"


@pytest.mark.slow
def test_several_that_fail_are_each_named(deployed: Deployed) -> None:
    shop = deployed("songs", {"a": {"recipe": "aws-popularity-count"}, "b": {"recipe": "aws-similar-items"}})
    shop.aws.personalize.faults.fail("solution_version", reason="out of rabbits")
    shop.aws.personalize.faults.fail("solution_version", reason="out of hats")
    with pytest.raises(WorkflowError) as failed:
        shop.start().wait(timeout=60)
    assert failed.value.error == "SolutionsFailed"
    assert failed.value.stage == "songs-main: Train and Serve Each Solution"
    assert str(failed.value).startswith(
        'songs-main failed at "Train and Serve Each Solution": SolutionsFailed: 2 of 2 solutions failed. a: Solution'
    )
    for said in ("out of rabbits", "out of hats", " b: SolutionVersionFailed: songs-solution: "):
        assert said in str(failed.value)


@pytest.mark.slow
def test_two_projects_whose_names_meet_the_second_is_refused_and_the_first_left_alone(deployed: Deployed) -> None:
    first = deployed("shop", {"eu-for-you": {"recipe": "aws-popularity-count", "campaign": {}}})
    second = deployed("shop-eu", {"for-you": {"recipe": "aws-popularity-count", "campaign": {}}})
    assert first.config.solution_name("eu-for-you") == second.config.solution_name("for-you")
    output = first.run()
    solution = first.personalize().describe_solution(solutionArn=output["solutionArn"])["solution"]
    campaign = first.personalize().describe_campaign(campaignArn=output["campaignArn"])["campaign"]

    with pytest.raises(WorkflowError) as refused:
        second.start().wait(timeout=60)

    assert refused.value.error == "NotOursError"
    assert "solution/shop-eu-for-you-popularity-count" in str(refused.value)
    now = first.personalize().describe_solution(solutionArn=output["solutionArn"])["solution"]
    assert now == solution
    assert first.personalize().describe_campaign(campaignArn=output["campaignArn"])["campaign"] == campaign
    tags = first.personalize().list_tags_for_resource(resourceArn=output["solutionArn"])["tags"]
    assert {"tagKey": "personalize-sfn:project", "tagValue": "shop"} in tags
    assert first.run() == output


@pytest.mark.slow
def test_a_solution_that_is_added_changes_no_definition_but_mains_and_clean_ups(
    aws: LocalAws, deployed: Deployed
) -> None:
    made = deployed("plays", {key: SHOP[key] for key in ("for-you", "similar")})
    more = Config.from_dict({"project": "plays", "solutions": SHOP})
    changes = [change for change in deploy(aws.session(), more).changes if "definition" in change.sentence]
    assert [change.name for change in changes] == ["plays-main", "plays-clean-up"]
    assert made.config.project == more.project
