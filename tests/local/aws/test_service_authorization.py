"""The local IAM's table against AWS's service-authorization reference."""

from __future__ import annotations

import pytest

from contracts.iam_reference import SERVICES, actions
from personalize_sfn.local.aws.service_authorization import kind_of, service

ARNS = {
    "arn:aws:personalize:us-east-1:123456789012:campaign/movies": "campaign",
    "arn:aws:personalize:us-east-1:123456789012:solution/movies/1a2b": "solution",
    "arn:aws:personalize:::recipe/aws-sims": "recipe",
    "arn:aws:lambda:us-east-1:123456789012:function:movies": "function",
    "arn:aws:states:us-east-1:123456789012:stateMachine:movies": "statemachine",
    "arn:aws:states:us-east-1:123456789012:execution:movies:1": "execution",
    "arn:aws:iam::123456789012:role/service-role/movies": "role",
    "arn:aws:s3:::movies": "bucket",
    "arn:aws:s3:::movies/a/b.csv": "object",
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/movies": "log-group",
    "arn:aws:dynamodb:us-east-1:123456789012:table/movies": "table",
    "arn:aws:dynamodb:us-east-1:123456789012:table/movies/index/by-year": "index",
    "arn:aws:events:us-east-1:123456789012:event-bus/default": "event-bus",
}


@pytest.mark.parametrize("arn", ARNS)
def test_an_arn_tells_its_resource_type(arn: str) -> None:
    found = kind_of(arn)

    assert found is not None
    assert found.name == ARNS[arn]


@pytest.mark.parametrize("arn", ["", "movies", "arn:aws:ec2:us-east-1:123456789012:instance/i-1", "arn:aws:s3", "*"])
def test_other_texts_have_no_resource_type(arn: str) -> None:
    assert kind_of(arn) is None


def test_every_service_has_actions_with_and_without_resources() -> None:
    for name in SERVICES:
        assert actions(name), name
        found = service(name)
        assert found is not None
        assert set(found.required) == set(actions(name))
