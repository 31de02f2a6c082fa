"""Values against the shapes of botocore's model."""

import botocore.session
import pytest

from personalize_sfn.local.aws.shapes import known, trimmed, violations

MODEL = botocore.session.get_session().get_service_model("personalize")
GROUP = MODEL.shape_for("CreateDatasetGroupRequest")


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"name": "a"}, ""),
        ({"name": "a", "domain": None}, ""),
        ({}, "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"),
        (
            {"name": ["a"]},
            "1 validation error detected: Value '['a']' at 'name' failed to satisfy constraint: "
            "Member must be of type string",
        ),
        (
            {"name": "a", "domain": "FILMS"},
            "1 validation error detected: Value 'FILMS' at 'domain' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]",
        ),
    ],
)
def test_a_request_is_held_against_what_the_model_says(request_, problem):
    assert violations(GROUP, request_) == problem


def test_values_that_the_model_marks_as_sensitive_are_not_repeated():
    shape = botocore.session.get_session().get_service_model("stepfunctions").shape_for("StartExecutionInput")
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    problem = violations(shape, {"stateMachineArn": arn, "input": 5})
    assert problem == (
        "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must be of type string"
    )


def test_what_the_shape_does_not_know_and_null_are_left_out():
    given = {"name": "a", "colour": "red", "domain": None, "tags": [{"tagKey": "k", "tagValue": "v", "more": 1}]}
    assert known(GROUP, given) == {"name": "a", "tags": [{"tagKey": "k", "tagValue": "v"}]}
    assert trimmed(GROUP, given) == known(GROUP, given)


def test_an_answers_times_have_milliseconds():
    answer = {"campaigns": [{"campaignArn": "a", "creationDateTime": 1.23456, "secret": 1}]}
    shape = MODEL.shape_for("ListCampaignsResponse")
    assert trimmed(shape, answer) == {"campaigns": [{"campaignArn": "a", "creationDateTime": 1.235}]}
    assert trimmed(None, answer) is answer
