"""The user's own bucket, and regions."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from fakes.deploy_session import session_in
from personalize_sfn.config import Config
from personalize_sfn.deploy import apply
from personalize_sfn.deploy.bucket import plan_bucket, plan_destroy_bucket
from personalize_sfn.deploy.plan import Blueprint, require_region
from personalize_sfn.deploy.policies import bucket_sid
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.session import Session

MINE = "my-own-bucket"
OTHERS: dict[str, Any] = {
    "Version": "2012-10-17",
    "Id": "mine",
    "Statement": [
        {
            "Sid": "OnlyEncrypted",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{MINE}", f"arn:aws:s3:::{MINE}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}


@pytest.fixture
def own_bucket(session: Session, config: Config) -> Config:
    session.client("s3").create_bucket(Bucket=MINE)
    return dataclasses.replace(config, bucket=MINE)


def policy_of(session: Session, bucket: str) -> Any:
    return json.loads(session.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])


def test_an_existing_bucket_policy_survives_deploy_and_destroy(session: Session, own_bucket: Config) -> None:
    session.client("s3").put_bucket_policy(Bucket=MINE, Policy=json.dumps(OTHERS))

    apply(session, plan_bucket(session, own_bucket))

    both = policy_of(session, MINE)
    assert [each["Sid"] for each in both["Statement"]] == ["OnlyEncrypted", bucket_sid(own_bucket)]
    assert both["Id"] == "mine"
    assert plan_bucket(session, own_bucket) == []

    apply(session, plan_destroy_bucket(session, own_bucket))

    assert policy_of(session, MINE) == OTHERS
    assert plan_destroy_bucket(session, own_bucket) == []


def test_leave_to_write_output_comes_and_goes_with_the_config(session: Session, own_bucket: Config) -> None:
    with_output = dataclasses.replace(own_bucket, exports=True)
    (change,) = plan_bucket(session, with_output)
    sid = bucket_sid(own_bucket)
    assert change.sentence == (
        f"let Personalize read bucket {MINE} and write to movies/out/ (policy statements {sid} and {sid}Output)"
    )
    apply(session, [change])
    assert plan_bucket(session, with_output) == []

    apply(session, plan_bucket(session, own_bucket))

    assert [each["Sid"] for each in policy_of(session, MINE)["Statement"]] == [sid]
    apply(session, plan_bucket(session, with_output))
    (change,) = plan_destroy_bucket(session, own_bucket)
    assert change.sentence == f"remove statements {sid} and {sid}Output from the policy of bucket {MINE}"


def test_two_projects_share_a_bucket_without_touching_each_others_statement(
    session: Session, own_bucket: Config
) -> None:
    other = dataclasses.replace(own_bucket, project="series")
    apply(session, plan_bucket(session, own_bucket))
    apply(session, plan_bucket(session, other))

    apply(session, plan_destroy_bucket(session, own_bucket))

    assert [each["Sid"] for each in policy_of(session, MINE)["Statement"]] == [bucket_sid(other)]


def test_the_users_bucket_is_neither_tagged_nor_emptied_nor_deleted(session: Session, own_bucket: Config) -> None:
    s3 = session.client("s3")
    s3.put_object(Bucket=MINE, Key="precious", Body=b"data")
    apply(session, plan_bucket(session, own_bucket))

    with pytest.raises(s3.exceptions.ClientError) as no_tags:
        s3.get_bucket_tagging(Bucket=MINE)
    assert no_tags.value.response["Error"]["Code"] == "NoSuchTagSet"
    apply(session, plan_destroy_bucket(session, own_bucket))

    assert s3.get_object(Bucket=MINE, Key="precious")["Body"].read() == b"data"
    with pytest.raises(s3.exceptions.ClientError) as gone:
        s3.get_bucket_policy(Bucket=MINE)
    assert gone.value.response["Error"]["Code"] == "NoSuchBucketPolicy"


@pytest.mark.parametrize("name", ["company-data", "movies-123456789012-us-east-1"], ids=["own", "once made by deploy"])
def test_a_bucket_that_the_config_names_stays_with_its_data_whatever_its_tags_say(
    session: Session, config: Config, name: str
) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(
        Bucket=name, Tagging={"TagSet": [{"Key": "personalize-sfn:project", "Value": config.project}]}
    )
    for body in (b"old", b"new"):
        s3.put_object(Bucket=name, Key="finance/ledger", Body=body)
        s3.put_object(Bucket=name, Key="movies/interactions.csv", Body=body)
    named = dataclasses.replace(config, bucket=name)
    apply(session, plan_bucket(session, named))

    changes = plan_destroy_bucket(session, named)
    apply(session, changes)

    assert [change.sentence for change in changes] == [
        f"remove statement {bucket_sid(named)} from the policy of bucket {name}"
    ]
    assert len(s3.list_object_versions(Bucket=name)["Versions"]) == 4
    assert plan_destroy_bucket(session, named) == []


def test_the_plan_counts_old_versions_and_delete_markers_too(session: Session, config: Config) -> None:
    apply(session, plan_bucket(session, config))
    s3, bucket = session.client("s3"), config.bucket_name(session.region, session.account_id)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2", b"3"):
        s3.put_object(Bucket=bucket, Key="a", Body=body)
        s3.put_object(Bucket=bucket, Key="b", Body=body)
    s3.delete_object(Bucket=bucket, Key="a")

    assert [change.sentence for change in plan_destroy_bucket(session, config)] == [
        f"delete bucket {bucket} with 1 object, 5 old versions and 1 delete marker"
    ]


def test_a_bucket_that_holds_only_old_versions_is_not_taken_for_a_half_made_one(
    session: Session, config: Config
) -> None:
    s3, bucket = session.client("s3"), config.bucket_name(session.region, session.account_id)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="precious", Body=b"data")
    s3.delete_object(Bucket=bucket, Key="precious")

    with pytest.raises(NotOursError) as refused:
        plan_bucket(session, config)

    assert str(refused.value).startswith(f"bucket {bucket} exists and has no tag personalize-sfn:project")


def test_a_statement_that_someone_changed_is_set_back(session: Session, own_bucket: Config) -> None:
    apply(session, plan_bucket(session, own_bucket))
    policy = policy_of(session, MINE)
    del policy["Statement"][0]["Condition"]
    session.client("s3").put_bucket_policy(Bucket=MINE, Policy=json.dumps(policy))

    changes = plan_bucket(session, own_bucket)
    apply(session, changes)

    assert [change.kind for change in changes] == ["bucket policy"]
    assert policy_of(session, MINE)["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:123456789012:*"},
    }


def test_a_bucket_that_the_config_names_must_exist(session: Session, config: Config) -> None:
    with pytest.raises(DeployError) as refused:
        plan_bucket(session, dataclasses.replace(config, bucket="nowhere"))

    assert str(refused.value) == (
        "bucket nowhere does not exist in account 123456789012: create it, or leave `bucket` out of the config and "
        "deploy makes one"
    )


def test_a_bucket_outside_us_east_1_names_its_region(config: Config) -> None:
    session = session_in("eu-west-1")

    apply(session, plan_bucket(session, config))

    location = session.client("s3").get_bucket_location(Bucket="movies-123456789012-eu-west-1")
    assert location["LocationConstraint"] == "eu-west-1"


def test_a_bucket_of_another_region_is_refused(config: Config) -> None:
    session_in("eu-west-1").client("s3").create_bucket(
        Bucket=MINE, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )

    with pytest.raises(DeployError) as refused:
        plan_bucket(session_in("us-west-2"), dataclasses.replace(config, bucket=MINE))

    assert str(refused.value) == (
        "bucket my-own-bucket is in eu-west-1: Personalize in us-west-2 reads buckets of its own region only"
    )


def test_a_region_without_personalize_is_refused_before_anything_is_read(
    config: Config, make_blueprint: Callable[[Config], Blueprint]
) -> None:
    with pytest.raises(DeployError) as refused:
        require_region(session_in("sa-east-1"))

    assert str(refused.value).startswith(
        "Amazon Personalize is not offered in sa-east-1, as far as the installed boto3 knows: choose one of "
    )
    assert "us-east-1" in str(refused.value)
