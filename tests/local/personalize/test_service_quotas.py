"""Service Quotas answers what the embedded Personalize enforces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.gateway_aws import refusal
from personalize_sfn.local import LocalAws
from personalize_sfn.quotas import QUOTAS


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws() as running:
        yield running


@pytest.fixture
def client(aws: LocalAws) -> Any:
    return aws.session().client("service-quotas")


def values(client: Any, operation: str = "list_service_quotas") -> dict[str, float]:
    pages = client.get_paginator(operation).paginate(ServiceCode="personalize", PaginationConfig={"PageSize": 4})
    return {each["QuotaName"]: each["Value"] for page in pages for each in page["Quotas"]}


def test_every_quota_that_is_known_there_is_listed_with_its_default(client: Any):
    assert values(client) == {each.name: each.default for each in QUOTAS if each.code is not None}
    assert values(client)["Active campaigns per dataset group"] == 5


def test_a_quota_has_the_members_that_aws_tells(client: Any):
    assert client.get_service_quota(ServiceCode="personalize", QuotaCode="L-052ECD67")["Quota"] == {
        "ServiceCode": "personalize",
        "ServiceName": "Amazon Personalize",
        "QuotaArn": "arn:aws:servicequotas:us-east-1:123456789012:personalize/L-052ECD67",
        "QuotaCode": "L-052ECD67",
        "QuotaName": "Active campaigns per dataset group",
        "Value": 5.0,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def test_it_tells_what_is_enforced_now_and_beside_it_the_default(aws: LocalAws, client: Any):
    quotas = aws.personalize.quotas
    before = dict(quotas.per_dataset_group)
    quotas.per_dataset_group["campaign"] = 50
    del quotas.per_dataset_group["filter"]
    try:
        assert values(client)["Active campaigns per dataset group"] == 50
        assert values(client)["Active filters per dataset group"] == 10_000_000_000
        assert values(client, "list_aws_default_service_quotas")["Active campaigns per dataset group"] == 5
    finally:
        quotas.per_dataset_group.update(before)


def test_what_the_model_does_not_allow_is_refused(client: Any):
    assert refusal(client.list_service_quotas, ServiceCode="personalize", MaxResults=101) == (
        "ValidationException",
        "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
    )
    assert refusal(client.list_service_quotas, ServiceCode="personalize", NextToken="?") == (
        "InvalidPaginationTokenException",
        "Invalid token was used",
    )
    assert refusal(client.get_service_quota, ServiceCode="personalize", QuotaCode="L-00000000") == (
        "NoSuchResourceException",
        "The request failed because the specified service quota does not exist.",
    )


def test_of_other_services_and_increases_it_knows_nothing(client: Any):
    assert refusal(client.list_service_quotas, ServiceCode="sagemaker")[0] == "UnsupportedOperation"
    asked = {"ServiceCode": "personalize", "QuotaCode": "L-052ECD67", "DesiredValue": 9.0}
    assert refusal(client.request_service_quota_increase, **asked)[0] == "UnsupportedOperation"
