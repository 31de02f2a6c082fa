"""The services that a Task names, as botocore models them."""

from __future__ import annotations

import pytest

from personalize_sfn.local.stepfunctions.definition.services import (
    boto_service_name,
    is_modelled,
    java_service_name,
    operation_model,
)


@pytest.mark.parametrize(
    ("name", "boto", "java"),
    [
        ("personalizeruntime", "personalize-runtime", "PersonalizeRuntime"),
        ("sfn", "stepfunctions", "Sfn"),
        ("dynamodb", "dynamodb", "DynamoDb"),
        ("s3", "s3", "S3"),
    ],
)
def test_a_service_has_its_name_in_boto3_and_in_the_sdk_for_java(name: str, boto: str, java: str):
    assert (boto_service_name(name), java_service_name(name)) == (boto, java)


@pytest.mark.parametrize("action", ["describeCampaign", "describe_campaign", "DescribeCampaign"])
def test_an_operation_is_found_in_any_spelling(action: str):
    found = operation_model("personalize", action)
    assert found is not None
    assert found.name == "DescribeCampaign"


def test_what_no_service_has_is_none():
    assert operation_model("personalize", "paintCampaign") is None
    assert operation_model("telepathy", "describeThought") is None


def test_only_declared_error_codes_are_modelled():
    assert is_modelled("personalize", "ResourceInUseException")
    assert not is_modelled("personalize", "OutOfPaint")
