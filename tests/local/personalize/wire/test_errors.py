"""Tests of ``errors``: the errors that the service answers: an error code of Personalize's model and a text."""

from __future__ import annotations

import json

from fakes.personalize_aws import ACCOUNT, REGION
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.personalize.wire.protocol import operation_request

P = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def call(service, operation, **request):
    """The operation over its protocol, without a client that checks first: status, headers, body."""
    status, sent, body = service.handle(operation_request(operation, request, REGION), owner_of(ACCOUNT))
    return status, {name.lower(): value for name, value in sent}, json.loads(body or b"null")


def test_errors_carry_type_and_text_in_body_and_header(service):
    status, headers, body = call(service, "DescribeSchema", schemaArn=P + "schema/none")
    assert (status, headers["x-amzn-errortype"]) == (400, "ResourceNotFoundException")
    assert body == {
        "__type": "ResourceNotFoundException",
        "message": f"Resource Arn {P}schema/none does not exist.",
    }


def test_runtime_errors_have_the_status_of_the_model(service):
    status, _, body = call(service, "GetRecommendations", campaignArn=P + "campaign/none", userId="u")
    assert (status, body["__type"]) == (404, "ResourceNotFoundException")
    status, _, body = call(service, "PutEvents", trackingId="t", sessionId="s", eventList=[])
    assert (status, body["__type"]) == (400, "InvalidInputException")
