"""The workflow that asks a campaign."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.recommendation import recommendation

CONFIG = Config(project="movies")


def test_ten_items_of_the_projects_campaign_are_asked_for_unless_told_otherwise():
    states = workflows.to_dict(recommendation(CONFIG, Arns("us-east-1", "123456789012")))["States"]
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "campaignArn": f"arn:aws:personalize:us-east-1:123456789012:campaign/{CONFIG.campaign_name('for-you')}",
        "numResults": 10,
    }
    assert list(states) == ["Set Defaults", "Read Input", "Get Recommendations"]
    assert states["Get Recommendations"]["End"] is True


def test_everything_is_of_the_partition_of_the_arns():
    states = workflows.to_dict(recommendation(CONFIG, Arns("cn-north-1", "123456789012", partition="aws-cn")))["States"]
    assert states["Get Recommendations"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"
