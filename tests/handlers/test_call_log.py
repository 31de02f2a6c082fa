"""What the functions log: one JSON object for each call, with nothing of users in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers import aws
from personalize_sfn.handlers.call_log import logged

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/movies-for-you"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:one"


def client(service: str) -> Any:
    keys = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    made: Any = boto3.client
    return logged(made(service, endpoint_url="http://127.0.0.1:9", config=Config(retries={"max_attempts": 0}), **keys))


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, str]]]:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_call_is_one_line_with_what_the_answer_says(lines: Callable):
    personalize = client("personalize")
    with Stubber(personalize) as stubbed, aws.translating_errors({"execution": EXECUTION}):
        stubbed.add_response("create_campaign", {"campaignArn": CAMPAIGN})
        stubbed.add_response("describe_campaign", {"campaign": {"campaignArn": CAMPAIGN, "status": "CREATE PENDING"}})
        personalize.create_campaign(name="movies-for-you", solutionVersionArn="arn:aws:personalize:::solution/x")
        personalize.describe_campaign(campaignArn=CAMPAIGN)

    assert lines() == [
        {"operation": "CreateCampaign", "resource": CAMPAIGN, "status": "ok", "execution": EXECUTION},
        {"operation": "DescribeCampaign", "resource": CAMPAIGN, "status": "CREATE PENDING", "execution": EXECUTION},
    ]


def test_a_refusal_is_its_code_and_the_function_that_fails_a_line_of_its_own(
    lines: Callable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "movies-create-campaign")
    personalize = client("personalize")
    stubbed = Stubber(personalize)
    stubbed.add_client_error("describe_campaign", "InvalidInputException", "user 4711 is wrong", 400)
    with stubbed, pytest.raises(InvalidInputError), aws.translating_errors({"execution": EXECUTION}):
        personalize.describe_campaign(campaignArn=CAMPAIGN)

    assert [(each["operation"], each["status"]) for each in lines()] == [
        ("DescribeCampaign", "InvalidInputException"),
        ("movies-create-campaign", "InvalidInputError"),
    ]


def test_no_line_holds_what_is_asked_for_a_user_or_answered(lines: Callable):
    runtime = client("personalize-runtime")
    with Stubber(runtime) as stubbed:
        stubbed.add_response("get_recommendations", {"itemList": [{"itemId": "secret-item"}], "recommendationId": "r"})
        runtime.get_recommendations(campaignArn=CAMPAIGN, userId="secret-user", context={"DEVICE": "secret-device"})

    (line,) = lines()
    assert (line["operation"], line["resource"], line["status"]) == ("GetRecommendations", CAMPAIGN, "ok")
    assert "secret" not in json.dumps(line)


def test_keys_of_objects_which_may_name_users_are_left_out(lines: Callable):
    s3 = client("s3")
    with Stubber(s3) as stubbed:
        stubbed.add_response("put_object", {})
        s3.put_object(Bucket="movies-data", Key="lists/secret-user.csv", Body=b"")

    assert [each["resource"] for each in lines()] == ["movies-data"]


def test_an_aws_that_does_not_answer_is_told_too(lines: Callable):
    with pytest.raises(EndpointConnectionError):
        client("personalize").describe_campaign(campaignArn=CAMPAIGN)

    assert lines()[-1] | {"execution": ""} == {
        "operation": "DescribeCampaign",
        "resource": CAMPAIGN,
        "status": "EndpointConnectionError",
        "execution": "",
    }
