"""What deploy tells its caller to do elsewhere: in the policies of KMS keys, with roles of an earlier version."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import deploy, plan_destroy
from personalize_sfn.deploy.keys import key_statements
from personalize_sfn.deploy.notes import deployment_notes, left_over
from personalize_sfn.session import Session

KEY = "arn:aws:kms:us-east-1:123456789012:key/group"
BUCKET_KEY = "arn:aws:kms:us-east-1:123456789012:key/bucket"
PERSONALIZE_ROLE = "arn:aws:iam::123456789012:role/movies-personalize-us-east-1"
#: As AWS's page has it: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
OF_PERSONALIZE = {
    "Sid": "PersonalizeSfnPersonalize",
    "Effect": "Allow",
    "Principal": {"AWS": PERSONALIZE_ROLE, "Service": "personalize.amazonaws.com"},
    "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"],
    "Resource": "*",
}
OF_FUNCTIONS = {
    "Sid": "PersonalizeSfnFunctions",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/movies-lambda-change-us-east-1"},
    "Action": ["kms:Decrypt"],
    "Resource": "*",
}


def test_who_may_not_list_personalize_deploys_and_is_told_of_nothing_left_over(
    config: Config, session: Session
) -> None:
    asked = []

    def refuse(model, **_) -> None:
        asked.append(model.name)
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, model.name)

    session.client("personalize").meta.events.register("before-call.personalize", refuse)

    assert left_over(session, config) == []
    assert asked, "it did look"


def test_nothing_is_noted_where_no_key_is_configured(config: Config, session: Session) -> None:
    assert deployment_notes(session, config) == []
    assert key_statements(config, session.arns) == {}


def test_the_key_of_the_dataset_group_has_to_let_personalize_and_its_role_use_it(
    config: Config, session: Session
) -> None:
    given = dataclasses.replace(config, kms_key_arn=KEY)

    assert key_statements(given, session.arns) == {KEY: [OF_PERSONALIZE]}
    (note,) = deployment_notes(session, given)
    assert note.startswith(f"the policy of KMS key {KEY} must hold what follows before the next run, or AWS refuses")
    assert note.endswith(
        "(https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html): "
        f"{json.dumps(OF_PERSONALIZE)}"
    )
    assert "Who uploads data" not in note


def test_the_key_of_the_bucket_has_to_let_the_functions_read_too(config: Config, session: Session) -> None:
    given = dataclasses.replace(config, bucket_kms_key_arn=BUCKET_KEY)

    assert key_statements(given, session.arns) == {BUCKET_KEY: [OF_PERSONALIZE, OF_FUNCTIONS]}
    (note,) = deployment_notes(session, given)
    assert "Who uploads data needs kms:GenerateDataKey and kms:Decrypt too" in note
    assert note.endswith(f"{json.dumps(OF_PERSONALIZE)}, {json.dumps(OF_FUNCTIONS)}")


def test_two_keys_are_two_notes_and_one_key_for_both_is_one(config: Config, session: Session) -> None:
    two = dataclasses.replace(config, kms_key_arn=KEY, bucket_kms_key_arn=BUCKET_KEY)
    assert key_statements(two, session.arns) == {KEY: [OF_PERSONALIZE], BUCKET_KEY: [OF_PERSONALIZE, OF_FUNCTIONS]}
    assert len(deployment_notes(session, two)) == 2

    one = dataclasses.replace(config, kms_key_arn=BUCKET_KEY, bucket_kms_key_arn=BUCKET_KEY)
    assert key_statements(one, session.arns) == {BUCKET_KEY: [OF_PERSONALIZE, OF_FUNCTIONS]}
    assert len(deployment_notes(session, one)) == 1


def test_a_role_that_the_config_names_stands_in_the_keys_statement(config: Config, session: Session) -> None:
    own = "arn:aws:iam::123456789012:role/data/reader"
    given = dataclasses.replace(config, kms_key_arn=KEY, roles=RolesConfig(personalize_arn=own))

    (told,) = key_statements(given, session.arns)[KEY]

    assert told["Principal"] == {"AWS": own, "Service": "personalize.amazonaws.com"}


def make_old_role(session: Session, name: str, region: str | None, *, project: str = "movies") -> None:
    source = "*" if region is None else f"arn:aws:states:{region}:{session.account_id}:*"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    session.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        Tags=[{"Key": "personalize-sfn:project", "Value": project}],
    )


@pytest.mark.parametrize(
    ("region", "removal"),
    [
        ("us-east-1", "destroy in us-east-1 removes it"),
        ("eu-west-1", "destroy in eu-west-1 removes it"),
        (None, "nothing in it tells its region, so that no destroy removes it"),
    ],
)
def test_a_role_of_an_earlier_version_is_named_with_who_removes_it(
    config: Config, session: Session, region: str | None, removal: str
) -> None:
    make_old_role(session, "movies-lambda", region)

    assert deployment_notes(session, config) == [
        "role movies-lambda of an earlier version is still there, and what is deployed here now does not use it: "
        f"{removal}; or delete it in IAM once no other region's deployment uses it"
    ]


def test_other_projects_roles_and_roles_that_the_config_names_are_not_of_an_earlier_version(
    config: Config, session: Session
) -> None:
    make_old_role(session, "movies-lambda", "us-east-1")
    make_old_role(session, "movies-personalize", "us-east-1", project="series")
    named = RolesConfig(lambda_arn=session.arns.role("movies-lambda"))

    assert deployment_notes(session, dataclasses.replace(config, roles=named)) == []


def test_a_role_that_the_config_names_stays_though_its_name_is_an_old_one(config: Config, session: Session) -> None:
    make_old_role(session, "movies-lambda", "us-east-1")
    named = RolesConfig(lambda_arn=session.arns.role("movies-lambda"))

    assert [change.name for change in plan_destroy(session, config)] == ["movies-lambda"]
    assert plan_destroy(session, dataclasses.replace(config, roles=named)) == []


def test_python_tells_the_notes_in_its_log(config: Config, session: Session, caplog: pytest.LogCaptureFixture) -> None:
    make_old_role(session, "movies-lambda", "us-east-1")
    given = dataclasses.replace(config, kms_key_arn=KEY)

    with caplog.at_level(logging.WARNING, logger="personalize_sfn.deploy"):
        deploy(session, given, dry_run=True)
        assert caplog.messages == []
        deploy(session, given)

    assert [message.split(" must ")[0].split(" is ")[0] for message in caplog.messages] == [
        f"movies: the policy of KMS key {KEY}",
        "movies: role movies-lambda of an earlier version",
    ]
