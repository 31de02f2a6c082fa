"""Which IAM actions each request needs, on which resource."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.iam_reference import actions
from fakes.personalize_aws import ACCOUNT, REGION, ROLE
from personalize_sfn.arns import Arns
from personalize_sfn.local.personalize.wire.authorization import required_permissions
from personalize_sfn.local.personalize.wire.protocol import operations

ARNS = Arns(REGION, ACCOUNT)
P = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"

#: What AWS's reference calls a resource type, where requests name it otherwise.
INSTEAD = {
    "ListTagsForResource": "resourceArn",
    "TagResource": "resourceArn",
    "UntagResource": "resourceArn",
    "GetSolutionMetrics": "solutionVersionArn",
    "DescribeSolutionVersion": "solutionVersionArn",
    "StopSolutionVersionCreation": "solutionVersionArn",
}
#: What a creation is about besides what it makes, by AWS's reference, and the member that names it.
PARENTS = {
    "CreateBatchInferenceJob": {"solutionVersionArn": "solution/s/1"},
    "CreateBatchSegmentJob": {},
    "CreateCampaign": {"solutionVersionArn": "solution/s/1"},
    "CreateDataDeletionJob": {"datasetGroupArn": "dataset-group/g"},
    "CreateDataset": {"datasetGroupArn": "dataset-group/g"},
    "CreateDatasetExportJob": {"datasetArn": "dataset/g/ITEMS"},
    "CreateDatasetGroup": {},
    "CreateDatasetImportJob": {"datasetArn": "dataset/g/ITEMS"},
    "CreateEventTracker": {"datasetGroupArn": "dataset-group/g"},
    "CreateFilter": {"datasetGroupArn": "dataset-group/g"},
    "CreateMetricAttribution": {"datasetGroupArn": "dataset-group/g"},
    "CreateRecommender": {"datasetGroupArn": "dataset-group/g"},
    "CreateSchema": {},
    "CreateSolution": {"datasetGroupArn": "dataset-group/g"},
}
MADE = {
    "CreateDataset": "dataset/g/INTERACTIONS",
    "CreateEventTracker": "event-tracker/*",
    "CreateSchema": "schema/x",
    "CreateBatchInferenceJob": "batch-inference-job/j",
    "CreateBatchSegmentJob": "batch-segment-job/j",
    "CreateCampaign": "campaign/x",
    "CreateDataDeletionJob": "data-deletion-job/j",
    "CreateDatasetExportJob": "dataset-export-job/j",
    "CreateDatasetGroup": "dataset-group/x",
    "CreateDatasetImportJob": "dataset-import-job/j",
    "CreateFilter": "filter/x",
    "CreateMetricAttribution": "metric-attribution/x",
    "CreateRecommender": "recommender/x",
    "CreateSolution": "solution/x",
}


def asked(operation: str, request: dict[str, Any]) -> list[tuple[str, str]]:
    return [(need.action, need.resource) for need in required_permissions(operation, request, ARNS)]


def full_request(operation: str) -> dict[str, Any]:
    """Every member that could name a resource, each with an ARN of its own."""
    shape = operations()[operation].model.input_shape
    members = [name for name in shape.members if name.endswith("Arn") and name != "roleArn"]
    if operation.startswith("Get"):  # of a campaign or of a recommender
        members = [name for name in members if name != "recommenderArn"]
    return {name: f"{P}{name}/x" for name in members}


@pytest.mark.parametrize("operation", [name for name in operations() if not name.startswith("Create")])
def test_an_operation_is_asked_about_on_the_resource_types_of_awss_reference(operation: str) -> None:
    request = full_request(operation)
    kinds = [each["name"] for each in actions("personalize")[operation]["resourceTypes"] if each["required"]]
    member = INSTEAD.get(operation)
    resources = [request[member]] if member else [request[f"{kind}Arn"] for kind in kinds]
    assert asked(operation, request) == [(f"personalize:{operation}", each) for each in resources or ["*"]]


@pytest.mark.parametrize("operation", PARENTS)
def test_a_creation_is_asked_about_on_what_it_makes_and_on_what_that_hangs_on(operation: str) -> None:
    parents = {member: P + path for member, path in PARENTS[operation].items()}
    request = {"name": "x", "jobName": "j", "datasetType": "Interactions", **parents}
    kinds = {each["name"] for each in actions("personalize")[operation]["resourceTypes"]}
    assert sorted(asked(operation, request)) == sorted(
        (f"personalize:{operation}", arn) for arn in [P + MADE[operation], *parents.values()]
    )
    assert len(kinds) == 1 + len(parents)


def test_a_version_is_trained_by_permission_on_its_solution() -> None:
    assert asked("CreateSolutionVersion", {"solutionArn": P + "solution/s"}) == [
        ("personalize:CreateSolutionVersion", P + "solution/s")
    ]


def test_permission_on_the_solution_serves_for_its_versions_too() -> None:
    (need,) = required_permissions("DescribeSolutionVersion", {"solutionVersionArn": P + "solution/s/1"}, ARNS)
    assert (need.resource, need.other_forms) == (P + "solution/s/1", (P + "solution/s",))


def test_a_list_may_be_allowed_on_the_parent_that_narrows_it() -> None:
    (need,) = required_permissions("ListDatasets", {"datasetGroupArn": P + "dataset-group/g"}, ARNS)
    assert (need.resource, need.other_forms) == ("*", (P + "dataset-group/g",))


def test_a_recommender_is_asked_by_its_own_arn() -> None:
    arn = P + "recommender/r"
    assert asked("GetRecommendations", {"recommenderArn": arn}) == [("personalize:GetRecommendations", arn)]


def test_tags_on_something_new_need_an_action_of_their_own_and_are_condition_keys() -> None:
    request = {"name": "r", "tags": [{"tagKey": "a", "tagValue": "b"}]}
    found = required_permissions("CreateRecommender", request, ARNS)
    assert [(need.action, need.resource) for need in found] == [
        ("personalize:CreateRecommender", P + "recommender/r"),
        ("personalize:TagResource", P + "recommender/r"),
    ]
    assert [need.context for need in found] == [{"aws:RequestTag/a": "b", "aws:TagKeys": ["a"]}] * 2


def test_tags_that_are_taken_off_are_condition_keys() -> None:
    (need,) = required_permissions("UntagResource", {"resourceArn": P + "filter/f", "tagKeys": ["a"]}, ARNS)
    assert need.context == {"aws:TagKeys": ["a"]}


def test_events_need_the_wildcard_whatever_their_tracker() -> None:
    assert asked("PutEvents", {"trackingId": "t"}) == [("personalize:PutEvents", "*")]


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
    assert asked(operation, request_)[-1] == ("iam:PassRole", ROLE)


@pytest.mark.parametrize("operation", list(operations()))
@pytest.mark.parametrize(
    "request_", [{}, {"name": 1, "tags": 2, "tagKeys": 3, "metricsOutputConfig": [], "datasetGroupArn": "x"}]
)
def test_a_request_that_is_wrong_still_needs_its_action(operation: str, request_: dict[str, Any]) -> None:
    assert required_permissions(operation, request_, ARNS)[0].action == f"personalize:{operation}"
