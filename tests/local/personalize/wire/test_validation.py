"""Tests of ``local.personalize.wire.validation``."""

from __future__ import annotations

import json

import pytest

from fakes.personalize_aws import ACCOUNT, REGION
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.personalize.wire.protocol import operation_request, operations, service_model
from personalize_sfn.local.personalize.wire.validation import validated

P = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def call(service, operation, **request):
    """The operation over its protocol, without a client that checks first: status, headers, body."""
    status, sent, body = service.handle(operation_request(operation, request, REGION), owner_of(ACCOUNT))
    return status, {name.lower(): value for name, value in sent}, json.loads(body or b"null")


@pytest.mark.parametrize(
    ("operation", "request_", "problem"),
    [
        ("CreateDatasetGroup", {}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        ("CreateDatasetGroup", {"name": None}, "Value null at 'name'"),
        (
            "CreateDatasetGroup",
            {"name": 7},
            "Value '7' at 'name' failed to satisfy constraint: Member must be of type",
        ),
        (
            "CreateDatasetGroup",
            {"name": "my movies"},
            "Value 'my movies' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
            r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*",
        ),
        (
            "CreateDatasetGroup",
            {"name": "x" * 64},
            "at 'name' failed to satisfy constraint: Member must have length less than or equal to 63",
        ),
        (
            "CreateDatasetGroup",
            {"name": "x", "domain": "FILMS"},
            "Value 'FILMS' at 'domain' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]",
        ),
        (
            "ListSchemas",
            {"maxResults": 101},
            "at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
        ),
        ("ListSchemas", {"maxResults": True}, "Value 'True' at 'maxResults'"),
        (
            "CreateDatasetImportJob",
            {"jobName": "j", "datasetArn": P + "dataset/a/ITEMS", "dataSource": {"dataLocation": "ftp://x"}},
            "Value 'ftp://x' at 'dataSource.dataLocation' failed to satisfy constraint",
        ),
        ("DescribeCampaign", {"campaignArn": "movies"}, "Value 'movies' at 'campaignArn'"),
        ("GetRecommendations", {"campaignArn": P + "campaign/x", "numResults": -1}, "Value '-1' at 'numResults'"),
    ],
)
def test_constraints_of_the_model_are_checked(service, operation, request_, problem):
    status, _, body = call(service, operation, **request_)
    assert (status, body["__type"]) == (400, "InvalidInputException")
    assert body["message"].startswith("1 validation error detected: ")
    assert problem in body["message"]


def test_all_violations_are_listed(service):
    message = call(service, "CreateCampaign", name="", minProvisionedTPS=0)[2]["message"]
    assert message.startswith("4 validation errors detected: ")
    assert "Value null at 'solutionVersionArn'" in message
    assert "Value '0' at 'minProvisionedTPS'" in message


def test_unknown_members_are_ignored(service):
    assert call(service, "CreateDatasetGroup", name="movies", colour="red")[0] == 200


def test_every_pattern_of_the_model_can_be_read():
    patterns = 0
    for service in ("personalize", "personalize-runtime", "personalize-events"):
        model = service_model(service)
        for name in model.shape_names:
            shape = model.shape_for(name)
            if shape.type_name == "string" and "pattern" in shape.metadata:
                from personalize_sfn.local.aws.shapes import _compiled

                assert _compiled(shape.metadata["pattern"]).fullmatch("\N{SNOWMAN}") is None
                patterns += 1
    assert patterns >= 11
    assert validated(operations()["ListSchemas"].model.input_shape, {"nextToken": "abc="}) == {"nextToken": "abc="}
