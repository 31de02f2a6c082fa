"""Quotas: how many resources there may be, and how often one may ask."""

from __future__ import annotations

import pytest

from personalize_sfn.local.personalize.controls.quotas import Quotas, aws_rates
from personalize_sfn.local.personalize.store import Record, Store
from personalize_sfn.resources import BY_KEY

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def store_with(key, count, status):
    store = Store("123456789012", "us-east-1")
    for number in range(count):
        members = {"status": status}
        store.add(Record(BY_KEY[key], f"arn:{key}/{number}", store.next_number(), {"datasetGroup": GROUP}, members))
    return store


def refusal_of(key, count, status="ACTIVE"):
    from personalize_sfn.local.aws.responses import AwsError

    Quotas.default().check(store_with(key, count - 1, status), BY_KEY[key], GROUP)
    with pytest.raises(AwsError) as error:
        Quotas.default().check(store_with(key, count, status), BY_KEY[key], GROUP)
    return error.value.code, error.value.message


@pytest.mark.parametrize(
    ("key", "most"),
    [
        ("datasetGroup", 5),
        ("schema", 500),
        ("solution", 10),
        ("campaign", 5),
        ("recommender", 5),
        ("filter", 30),
    ],
)
def test_there_are_so_many_of_a_kind(key, most):
    assert refusal_of(key, most) == (
        "LimitExceededException",
        f"More than {most} resources in ACTIVE state. Please delete some and try again.",
    )


@pytest.mark.parametrize(
    ("key", "most", "status"),
    [
        ("datasetImportJob", 5, "CREATE PENDING"),
        ("batchInferenceJob", 5, "CREATE IN_PROGRESS"),
        ("batchSegmentJob", 5, "CREATE IN_PROGRESS"),
        ("solutionVersion", 20, "CREATE IN_PROGRESS"),
        ("dataDeletionJob", 5, "IN_PROGRESS"),
    ],
)
def test_so_many_of_a_kind_are_pending_at_a_time(key, most, status):
    assert refusal_of(key, most, status) == (
        "LimitExceededException",
        f"More than {most} resources with PENDING or IN_PROGRESS status.",
    )
    Quotas.default().check(store_with(key, most, "ACTIVE"), BY_KEY[key], GROUP)


def test_a_quota_is_a_setting(aws, refused):
    aws.service.quotas.per_region["datasetGroup"] = 1
    aws.group("one")
    assert refused(aws.group, name="two")[0] == "LimitExceededException"
    del aws.service.quotas.per_region["datasetGroup"]
    aws.group("two")


def test_nobody_is_throttled_unless_asked_for(aws):
    for _ in range(30):
        aws.personalize.list_schemas()


def frozen(aws, monkeypatch):
    monkeypatch.setattr(aws.environment, "now", lambda: 1_700_000_000.0 + aws.environment.ahead)


def test_one_request_too_many_in_a_second_is_throttled(aws, refused, monkeypatch):
    frozen(aws, monkeypatch)
    aws.service.quotas.requests_per_second = 2
    aws.personalize.list_schemas()
    aws.personalize.list_schemas()
    assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")
    aws.personalize.list_filters()
    aws.environment.ahead = 0.5
    aws.personalize.list_schemas()
    assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")
    aws.environment.ahead = 100
    aws.personalize.list_schemas()
    aws.personalize.list_schemas()
    assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")


def test_rates_can_be_those_of_some_operations(aws, refused, monkeypatch):
    frozen(aws, monkeypatch)
    aws.service.quotas.requests_per_second = {"ListSchemas": 1}
    aws.personalize.list_schemas()
    assert refused(aws.personalize.list_schemas)[0] == "ThrottlingException"
    for _ in range(3):
        aws.personalize.list_dataset_groups()


def test_a_throttled_request_does_nothing(aws, refused, monkeypatch):
    frozen(aws, monkeypatch)
    aws.service.quotas.requests_per_second = aws_rates()
    aws.schema("one")
    assert refused(aws.schema, name="two")[0] == "ThrottlingException"
    assert [schema["name"] for schema in aws.personalize.list_schemas()["schemas"]] == ["one"]


def test_the_rates_of_aws_name_every_operation():
    rates = aws_rates()
    assert len(rates) == 79
    assert (rates["CreateSchema"], rates["PutEvents"], rates["PutItems"]) == (1, 1000, 10)
    assert rates["GetRecommendations"] == 2500


def test_regions_are_throttled_each_on_its_own(aws, refused, monkeypatch):
    frozen(aws, monkeypatch)
    aws.service.quotas.requests_per_second = 1
    aws.personalize.list_schemas()
    assert refused(aws.personalize.list_schemas)[0] == "ThrottlingException"
    aws.client("personalize", region="eu-west-1").list_schemas()
