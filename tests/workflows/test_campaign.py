"""The workflow of a campaign."""

from __future__ import annotations

from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.campaign import campaign

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")


def test_it_deploys_the_newest_version_of_the_projects_solution_unless_told_which():
    states = workflows.to_dict(campaign(CONFIG, ARNS))["States"]
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "campaign": stages.campaign.request(CONFIG, "for-you"),
        "solutionVersionArn": ARNS.personalize(f"solution/{CONFIG.solution_name('for-you')}/$LATEST"),
    }
    request = states["Create Campaign"]["Parameters"]["Payload"]["request.$"]
    assert request == "States.JsonMerge($.input.campaign, $.parent, false)"
    assert states["Name Solution Version"]["Parameters"] == {"solutionVersionArn.$": "$.input.solutionVersionArn"}


def test_it_answers_the_campaign_the_version_and_the_metrics():
    answer = workflows.to_dict(campaign(CONFIG, ARNS))["States"]["Return Campaign"]
    assert answer["End"] is True
    assert answer["Parameters"] == {
        "campaignArn.$": "$.campaign.campaignArn",
        "solutionVersionArn.$": "$.campaign.solutionVersionArn",
        "metrics.$": "$.campaign.metrics",
    }
