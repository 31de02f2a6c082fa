"""The workflow of a recommender."""

from __future__ import annotations

from fakes.domains import STORE
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.workflows.recommender import recommender

ARNS = Arns("us-east-1", "123456789012")


def test_it_makes_the_first_recommender_in_the_projects_group_unless_told_which():
    states = workflows.to_dict(recommender(STORE, ARNS))["States"]
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "recommender": stages.recommender.request(STORE, ARNS, "picks"),
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/store",
    }
    request = states["Create Recommender"]["Parameters"]["Payload"]["request.$"]
    assert request == "States.JsonMerge($.input.recommender, $.parent, false)"
    assert states["Return Recommender"]["Parameters"] == {"recommenderArn.$": "$.recommender.recommenderArn"}
