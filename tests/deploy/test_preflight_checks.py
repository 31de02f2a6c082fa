"""Preflight: what AWS would refuse an hour into a run, told before it costs anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from personalize_sfn import deploy, preflight
from personalize_sfn.config import CampaignConfig, Config, RolesConfig, SolutionConfig
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session

KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"
SERVED = SolutionConfig(recipe="aws-popularity-count", campaign=CampaignConfig())


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with LocalAws() as aws:
        yield aws.session()


def outcome(session: Session, config: Config, what: str) -> tuple[str, str]:
    found = next(each for each in preflight(session, config).checks if each.what == what)
    return found.outcome, found.text


def other_session(session: Session, access_key: str, secret_key: str, region: str = "us-east-1") -> Session:
    keys: Any = boto3.Session(access_key, secret_key, region_name=region)
    return replace(session, boto_session=keys, _clients={})


def test_before_a_deploy_nothing_is_in_the_way_of_a_plain_config(session: Session):
    found = preflight(session, Config(project="plain"))

    assert found.refused == ()
    assert [(each.what, each.outcome) for each in found.checks] == [
        ("region", "ok"),
        ("accounts", "ok"),
        ("role", "ok"),
        ("bucket", "ok"),
        ("keys", "ok"),
    ]
    assert outcome(session, Config(project="plain"), "role")[1] == "deploy makes plain-personalize-us-east-1"
    assert "plain" not in str(session.client("s3").list_buckets()["Buckets"])


def test_after_a_deploy_the_role_and_the_bucket_are_as_they_should_be(session: Session):
    config = Config(project="made")
    deploy(session, config)

    assert outcome(session, config, "role")[1] == "made-personalize-us-east-1 trusts personalize.amazonaws.com"
    assert outcome(session, config, "bucket")[1] == (
        "made-123456789012-us-east-1 is in us-east-1, and its policy lets Personalize in"
    )


def test_eleven_solutions_and_as_many_campaigns_are_refused_by_name(session: Session):
    found = preflight(session, Config(project="big", solutions={f"s{number}": SERVED for number in range(11)}))

    assert [text.partition(" more")[0] for text in found.refused] == [
        "quota: solutions per dataset group: 11",
        "quota: campaigns per dataset group: 11",
    ]
    assert "10 of 10 left (Service Quotas)" in found.refused[0]
    assert "big: 2 in the way, nothing was changed" in repr(found)
    assert "11 more needed" in found._repr_html_()


def test_five_campaigns_are_not_refused(session: Session):
    config = Config(project="big", solutions={f"s{number}": SERVED for number in range(5)})

    assert preflight(session, config).refused == ()


def test_a_role_that_does_not_trust_personalize_is_refused(session: Session):
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = session.client("iam").create_role(RoleName="own", AssumeRolePolicyDocument=document)["Role"]["Arn"]

    assert outcome(session, Config(roles=RolesConfig(personalize_arn=arn)), "role") == (
        "refused",
        "role own does not trust personalize.amazonaws.com: its trust policy needs a statement that allows it "
        "sts:AssumeRole; 'personalize-sfn policy --role-template' prints one",
    )


@pytest.mark.parametrize(
    ("config", "what", "text"),
    [
        (
            Config(roles=RolesConfig(personalize_arn="arn:aws:iam::123456789012:role/absent")),
            "role",
            "roles.personalize_arn: there is no role absent in account 123456789012: make it, or leave the field out",
        ),
        (Config(roles=RolesConfig(personalize_arn="arn:aws:iam::999999999999:role/x")), "accounts", "999999999999"),
        (Config(bucket="absent-bucket"), "bucket", "bucket absent-bucket does not exist in account 123456789012"),
        (Config(kms_key_arn=KEY), "keys", "kms_key_arn: the key is of eu-west-1, expected one of us-east-1"),
        (Config(bucket="b1b", bucket_kms_key_arn=KEY), "keys", "bucket_kms_key_arn: the key is of eu-west-1"),
    ],
    ids=["no role", "role of another account", "no bucket", "key of another region", "bucket's key elsewhere"],
)
def test_what_would_fail_is_refused_with_what_to_do(session: Session, config: Config, what: str, text: str):
    found = outcome(session, config, what)

    assert found[0] == "refused"
    assert text in found[1]


def test_a_bucket_of_another_region_is_refused(session: Session):
    place = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    keys = session.boto_session.get_credentials()
    other_session(session, keys.access_key, keys.secret_key, "eu-west-1").client("s3").create_bucket(
        Bucket="far-away-bucket", **place
    )

    assert outcome(session, Config(bucket="far-away-bucket"), "bucket") == (
        "refused",
        "bucket far-away-bucket is in eu-west-1: Personalize in us-east-1 reads buckets of its own region only",
    )


def test_in_a_region_without_personalize_it_is_not_asked(session: Session):
    keys = session.boto_session.get_credentials()

    found = preflight(other_session(session, keys.access_key, keys.secret_key, "sa-east-1"), Config(project="plain"))

    assert found.refused[0].startswith("region: Amazon Personalize is not offered in sa-east-1")
    assert found.quotas == ()


def test_what_the_caller_may_not_read_is_told_and_not_refused(session: Session):
    iam = session.client("iam")
    iam.create_user(UserName="narrow")
    key = iam.create_access_key(UserName="narrow")["AccessKey"]

    found = preflight(other_session(session, key["AccessKeyId"], key["SecretAccessKey"]), Config(project="plain"))

    assert {each.what: each.outcome for each in found.checks}["role"] == "not read"
    assert all((use.used, use.source) == (None, "default, not read") for use in found.quotas)
