"""The stage of a recommender."""

from __future__ import annotations

from fakes.domains import STORE
from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.sdk import Graph

ARNS = Arns("us-east-1", "123456789012")


def test_a_recommender_is_made_of_its_use_case_and_leaves_its_arn_under_its_key():
    create = stages.recommender.create_step(STORE, ARNS, "picks").to_dict()
    assert create["Parameters"]["Payload"]["request"] == {
        "name": "store-picks",
        "recipeArn": "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you",
        "recommenderConfig": {"minRecommendationRequestsPerSecond": 1, "enableMetadataWithRecommendations": False},
        "datasetGroupArn.$": "$.datasetGroup.datasetGroupArn",
    }
    assert create["ResultPath"] == "$.picksRecommender"


def test_the_whole_stage_is_of_the_partition_of_the_arns():
    china = Arns("cn-north-1", "123456789012", partition="aws-cn")
    states = Graph(stages.recommender.recommender(STORE, china, "picks")).to_dict()["States"]
    resources = {state["Resource"] for state in states.values() if "Resource" in state}
    assert resources == {"arn:aws-cn:states:::lambda:invoke"}
