"""Every solution and recommender of a configuration at the same time."""

from __future__ import annotations

from fakes.domains import STORE
from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.each_solution import each_solution, requests

ARNS = Arns("us-east-1", "123456789012")
TWO = Config.from_dict(
    {"project": "movies", "solutions": {"for-you": {"campaign": {}}, "similar": {"recipe": "aws-similar-items"}}}
)


def test_each_solution_brings_its_requests_and_what_serves_it():
    for_you, similar = requests(TWO, ARNS)
    assert for_you["solutionRequest"] == stages.solution.request(TWO, ARNS, "for-you")
    assert for_you["campaignRequest"] == stages.campaign.request(TWO, "for-you")
    assert for_you["servingArn"] == ARNS.personalize("campaign/movies-for-you")
    assert (similar["hasCampaign"], similar["campaignRequest"], similar["servingArn"]) == (False, None, None)
    assert not for_you["isRecommender"]


def test_a_recommender_has_no_solution():
    (picks,) = requests(STORE, ARNS)
    assert picks["isRecommender"]
    assert picks["recommenderRequest"] == stages.recommender.request(STORE, ARNS, "picks")
    assert (picks["solutionRequest"], picks["hasCampaign"]) == (None, False)


def test_one_that_fails_leaves_its_failure_and_does_not_stop_the_others():
    state = each_solution(TWO, ARNS).to_dict()
    assert state["ResultPath"] == "$.solved"
    for name in ("Run Solution Workflow", "Run Campaign Workflow"):
        (catch,) = state["Iterator"]["States"][name]["Catch"]
        assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Solution Failed"}


def test_another_solution_changes_no_state():
    one = Config.from_dict({"project": "movies", "solutions": {"for-you": {"campaign": {}}}})
    assert each_solution(one, ARNS).to_dict() == each_solution(TWO, ARNS).to_dict()


def test_a_domain_with_recommenders_only_trains_no_solution():
    states = each_solution(STORE, ARNS).to_dict()["Iterator"]
    assert states["StartAt"] == "Run Recommender Workflow"
    assert "Run Solution Workflow" not in states["States"]
