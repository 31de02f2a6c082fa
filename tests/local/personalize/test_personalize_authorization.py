"""Which IAM actions each request needs, on which resource."""

from __future__ import annotations

from typing import Any

import pytest
from personalize_aws import ACCOUNT, REGION, ROLE

from personalize_sfn.arns import Arns
from personalize_sfn.local.personalize.authorization import needed
from personalize_sfn.local.personalize.protocol import operations

ARNS = Arns(REGION, ACCOUNT)
P = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
WITHOUT_RESOURCE = {
    *(name for name in operations() if name.startswith("List")),
    "PutEvents",
    "PutActionInteractions",
} - {"ListTagsForResource", "ListMetricAttributionMetrics"}
#: The member that names the resource, where it is not the one that the operation's name tells.
OF_MEMBER = {
    "ListTagsForResource": "resourceArn",
    "TagResource": "resourceArn",
    "UntagResource": "resourceArn",
    "ListMetricAttributionMetrics": "metricAttributionArn",
    "GetRecommendations": "campaignArn",
    "GetPersonalizedRanking": "campaignArn",
    "GetActionRecommendations": "campaignArn",
    "GetSolutionMetrics": "solutionVersionArn",
    "StopSolutionVersionCreation": "solutionVersionArn",
    "CreateSolutionVersion": "solutionArn",
    "PutItems": "datasetArn",
    "PutUsers": "datasetArn",
    "PutActions": "datasetArn",
}


def full_request(operation: str) -> dict[str, Any]:
    """Every member that could name a resource, each with an ARN of its own."""
    shape = operations()[operation].model.input_shape
    return {name: f"{P}{name}/x" for name in shape.members if name.endswith("Arn") and name != "roleArn"}


@pytest.mark.parametrize("operation", [name for name in operations() if not name.startswith("Create")])
def test_an_operation_needs_its_action_on_the_resource_that_it_is_about(operation: str) -> None:
    request = full_request(operation)
    if operation in WITHOUT_RESOURCE:
        resource = "*"
    else:
        own = operation.removeprefix("Describe").removeprefix("Delete").removeprefix("Update")
        own = own.removeprefix("Start").removeprefix("Stop")
        resource = request[OF_MEMBER.get(operation, own[0].lower() + own[1:] + "Arn")]
    assert needed(operation, request, ARNS) == [(f"personalize:{operation}", resource)]


@pytest.mark.parametrize(
    ("operation", "request_", "resource"),
    [
        ("CreateRecommender", {"name": "r", "datasetGroupArn": P + "dataset-group/g"}, "recommender/r"),
        ("CreateFilter", {"name": "f", "datasetGroupArn": P + "dataset-group/g"}, "filter/f"),
        ("CreateMetricAttribution", {"name": "m", "datasetGroupArn": P + "dataset-group/g"}, "metric-attribution/m"),
        (
            "CreateBatchInferenceJob",
            {"jobName": "j", "solutionVersionArn": P + "solution/s/1"},
            "batch-inference-job/j",
        ),
        ("CreateBatchSegmentJob", {"jobName": "j", "solutionVersionArn": P + "solution/s/1"}, "batch-segment-job/j"),
        ("CreateDatasetExportJob", {"jobName": "j", "datasetArn": P + "dataset/g/ITEMS"}, "dataset-export-job/j"),
        ("CreateDataDeletionJob", {"jobName": "j", "datasetGroupArn": P + "dataset-group/g"}, "data-deletion-job/j"),
    ],
)
def test_a_creation_needs_its_action_on_what_it_makes(operation: str, request_: dict[str, Any], resource: str) -> None:
    assert needed(operation, request_, ARNS) == [(f"personalize:{operation}", P + resource)]


def test_a_recommender_is_asked_by_its_own_arn() -> None:
    arn = P + "recommender/r"
    assert needed("GetRecommendations", {"recommenderArn": arn}, ARNS) == [("personalize:GetRecommendations", arn)]


def test_tags_on_something_new_need_an_action_of_their_own() -> None:
    request = {"name": "r", "tags": [{"tagKey": "a", "tagValue": "b"}]}
    assert needed("CreateRecommender", request, ARNS) == [
        ("personalize:CreateRecommender", P + "recommender/r"),
        ("personalize:TagResource", P + "recommender/r"),
    ]


def test_events_need_the_wildcard_whatever_their_tracker() -> None:
    assert needed("PutEvents", {"trackingId": "t"}, ARNS) == [("personalize:PutEvents", "*")]


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("CreateDatasetGroup", {"name": "x", "roleArn": ROLE}),
        ("CreateDataDeletionJob", {"jobName": "x", "roleArn": ROLE}),
        ("CreateMetricAttribution", {"name": "x", "metricsOutputConfig": {"roleArn": ROLE}}),
        ("UpdateMetricAttribution", {"metricAttributionArn": "x", "metricsOutputConfig": {"roleArn": ROLE}}),
    ],
)
def test_a_role_has_to_be_one_that_may_be_passed_wherever_it_stands(operation: str, request_: dict[str, Any]) -> None:
    assert needed(operation, request_, ARNS)[-1] == ("iam:PassRole", ROLE)


@pytest.mark.parametrize("operation", list(operations()))
@pytest.mark.parametrize("request_", [{}, {"name": 1, "tags": 2, "metricsOutputConfig": [], "datasetGroupArn": "x"}])
def test_a_request_that_is_wrong_still_needs_its_action(operation: str, request_: dict[str, Any]) -> None:
    assert needed(operation, request_, ARNS)[0][0] == f"personalize:{operation}"
