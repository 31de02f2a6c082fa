"""The wire: errors of each protocol, checks that botocore leaves to the server, refusals by name, IAM actions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes.personalize_aws import ACCOUNT, REGION, ROLE
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.aws.request import plain_request
from personalize_sfn.local.personalize.wire.protocol import operation_request, operations

P = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def call(service, operation, **request):
    """The operation over its protocol, without a client that checks first: status, headers, body."""
    status, sent, body = service.handle(operation_request(operation, request, REGION), owner_of(ACCOUNT))
    return status, {name.lower(): value for name, value in sent}, json.loads(body or b"null")


def raw(path, headers, body, *, method="POST"):
    return plain_request("personalize", REGION, method, path, headers, body)


def test_timestamps_are_epoch_seconds_with_milliseconds(service):
    arn = call(service, "CreateDatasetGroup", name="movies")[2]["datasetGroupArn"]
    status, headers, body = call(service, "DescribeDatasetGroup", datasetGroupArn=arn)
    created = body["datasetGroup"]["creationDateTime"]
    assert status == 200
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert "x-amzn-requestid" in headers
    assert isinstance(created, float)
    assert created == round(created, 3)


def test_an_operation_without_an_output_shape_answers_an_empty_body(service):
    arn = call(service, "CreateDatasetGroup", name="movies")[2]["datasetGroupArn"]
    status, headers, body = call(service, "DeleteDatasetGroup", datasetGroupArn=arn)
    assert (status, headers["content-length"], body) == (200, "0", None)


def test_tagging_answers_an_empty_object(service):
    arn = call(service, "CreateDatasetGroup", name="movies")[2]["datasetGroupArn"]
    assert call(service, "TagResource", resourceArn=arn, tags=[])[2] == {}


def test_a_body_that_is_no_json_object_is_refused(service):
    headers = {"X-Amz-Target": "AmazonPersonalize.ListSchemas"}
    for body, text in (
        (b"{", "the request's body is no JSON"),
        (b"[]", "expected a JSON object in the body, got list"),
    ):
        status, _, answer = service.handle(raw("/", headers, body), owner_of(ACCOUNT))
        assert (status, json.loads(answer)["__type"]) == (400, "SerializationException")
        assert text in json.loads(answer)["message"]


def test_an_operation_that_does_not_exist_is_unknown(service):
    headers = {"X-Amz-Target": "AmazonPersonalize.CreateModel"}
    status, _, answer = service.handle(raw("/", headers, b"{}"), owner_of(ACCOUNT))
    assert (status, json.loads(answer)["__type"]) == (400, "UnknownOperationException")
    assert "AmazonPersonalize.CreateModel" in json.loads(answer)["message"]
    assert service.handle(raw("/nothing", {}, b"{}"), owner_of(ACCOUNT))[0] == 404


def test_every_supported_operation_is_one_of_the_model_and_refuses_what_the_model_refuses(service):
    for operation in sorted(service.supported):
        shape = operations()[operation].model.input_shape
        if shape.required_members:
            status, _, body = call(service, operation)
            assert (status, body["__type"]) == (400, "InvalidInputException"), operation
            assert f"at '{shape.required_members[0]}'" in body["message"]


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        ("CreateDatasetGroup", {"name": "m"}, [("personalize:CreateDatasetGroup", P + "dataset-group/m")]),
        (
            "CreateDataset",
            {"name": "d", "datasetGroupArn": P + "dataset-group/m", "datasetType": "Items", "tags": [{}]},
            [
                ("personalize:CreateDataset", P + "dataset-group/m"),
                ("personalize:CreateDataset", P + "dataset/m/ITEMS"),
                ("personalize:TagResource", P + "dataset/m/ITEMS"),
            ],
        ),
        (
            "CreateDatasetImportJob",
            {"jobName": "j", "datasetArn": P + "dataset/m/ITEMS", "roleArn": ROLE},
            [
                ("personalize:CreateDatasetImportJob", P + "dataset-import-job/j"),
                ("personalize:CreateDatasetImportJob", P + "dataset/m/ITEMS"),
                ("iam:PassRole", ROLE),
            ],
        ),
        (
            "CreateEventTracker",
            {"name": "t", "datasetGroupArn": P + "dataset-group/m"},
            [
                ("personalize:CreateEventTracker", P + "dataset-group/m"),
                ("personalize:CreateEventTracker", P + "event-tracker/*"),
            ],
        ),
        (
            "CreateSolutionVersion",
            {"solutionArn": P + "solution/s"},
            [("personalize:CreateSolutionVersion", P + "solution/s")],
        ),
        ("UpdateCampaign", {"campaignArn": P + "campaign/c"}, [("personalize:UpdateCampaign", P + "campaign/c")]),
        ("DescribeSolution", {"solutionArn": P + "solution/s"}, [("personalize:DescribeSolution", P + "solution/s")]),
        ("ListCampaigns", {"solutionArn": P + "solution/s"}, [("personalize:ListCampaigns", "*")]),
        ("ListRecipes", {}, [("personalize:ListRecipes", "*")]),
        (
            "ListTagsForResource",
            {"resourceArn": P + "campaign/c"},
            [("personalize:ListTagsForResource", P + "campaign/c")],
        ),
        (
            "GetRecommendations",
            {"campaignArn": P + "campaign/c"},
            [("personalize:GetRecommendations", P + "campaign/c")],
        ),
        (
            "GetSolutionMetrics",
            {"solutionVersionArn": P + "solution/s/1"},
            [("personalize:GetSolutionMetrics", P + "solution/s/1")],
        ),
    ],
)
def test_iam_actions_have_the_resources_of_the_service_authorization_reference(service, operation, request_, expected):
    found = service.permissions(operation_request(operation, request_, REGION), owner_of(ACCOUNT))
    assert sorted((need.action, need.resource) for need in found) == sorted(expected)


def test_many_clients_at_once_lose_nothing_and_make_nothing_twice(service):
    def create(number):
        return [call(service, "CreateDatasetGroup", name=f"group-{k}")[0] for k in (number, number % 2)]

    service.quotas.per_region["datasetGroup"] = 100
    with ThreadPoolExecutor(16) as clients:
        statuses = [status for answers in clients.map(create, range(2, 34)) for status in answers]
    groups = call(service, "ListDatasetGroups")[2]["datasetGroups"]
    assert sorted(group["name"] for group in groups) == sorted(f"group-{number}" for number in range(34))
    assert statuses.count(200) == 34


def test_what_is_no_request_of_personalize_needs_nothing_of_it(service):
    assert service.permissions(raw("/bucket/key", {}, b"", method="GET"), owner_of(ACCOUNT)) == []
