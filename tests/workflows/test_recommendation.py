"""The workflow that asks what serves."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.recommendation import recommendation

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config.from_dict(
    {
        "project": "shop",
        "solutions": {
            "for-you": {"campaign": {}},
            "order": {"recipe": "aws-personalized-ranking-v2", "campaign": {}},
            "segments": {"recipe": "aws-item-affinity"},
        },
        "filters": {"seen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'},
    }
)


def test_one_function_gets_the_input_and_what_there_is_to_ask():
    states = workflows.to_dict(recommendation(CONFIG, ARNS))["States"]
    assert list(states) == ["Get Recommendations"]
    payload = states["Get Recommendations"]["Parameters"]["Payload"]
    assert payload["request.$"] == "$$.Execution.Input"
    assert payload["filters"] == {"seen": "shop-seen"}
    assert payload["serving"] == {
        "for-you": {"arn": ARNS.personalize("campaign/shop-for-you"), "answers": "user"},
        "order": {"arn": ARNS.personalize("campaign/shop-order"), "answers": "ranking"},
    }, "what has no campaign is not asked"


def test_everything_is_of_the_partition_of_the_arns():
    states = workflows.to_dict(recommendation(CONFIG, Arns("cn-north-1", "123456789012", partition="aws-cn")))["States"]
    assert states["Get Recommendations"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"
