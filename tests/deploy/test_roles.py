"""The roles: of their region, of their account, and made by an administrator."""

from __future__ import annotations

import dataclasses
import json

import boto3
import pytest

from fakes.deploy_session import session_in
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import apply, plan, plan_destroy
from personalize_sfn.deploy.role_arns import ROLE_KEYS, require_own_account
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session


def role_names(session: Session) -> list[str]:
    return sorted(role["RoleName"] for role in session.client("iam").list_roles()["Roles"])


def test_two_regions_of_one_account_leave_each_others_roles_alone(config: Config, make_blueprint) -> None:
    east, west = session_in("us-east-1"), session_in("us-west-2")
    for session in (east, west):
        wanted = dataclasses.replace(
            make_blueprint(config), role_arns={key: arn(session, config, key) for key in ROLE_KEYS}
        )
        apply(session, plan(session, config, wanted))
    assert len(role_names(east)) == 8

    again = dataclasses.replace(make_blueprint(config), role_arns={key: arn(east, config, key) for key in ROLE_KEYS})
    assert plan(east, config, again) == []
    apply(west, plan_destroy(west, config))

    assert role_names(east) == sorted(config.role_name(key, "us-east-1") for key in ROLE_KEYS)
    assert plan(east, config, again) == []


def arn(session: Session, config: Config, key: str) -> str:
    return session.arns.role(config.role_name(key, session.region))


def test_a_roles_name_fits_into_what_iam_takes() -> None:
    """64 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    regions = [
        region
        for part in ("aws", "aws-cn", "aws-us-gov")
        for region in boto3.Session().get_available_regions("lambda", part)
    ]

    names = [Config(project="p" * 28).role_name(key, region) for key in ROLE_KEYS for region in regions]

    assert max(map(len, names)) <= 64


def test_roles_of_an_earlier_version_go_with_the_deployment_of_their_region(config: Config, session: Session) -> None:
    iam = session.client("iam")
    for name, region in (("movies-step-functions", "us-east-1"), ("movies-personalize", "eu-west-1")):
        source = f"arn:aws:states:{region}:{session.account_id}:*"
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": source}},
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        tags = [{"Key": "personalize-sfn:project", "Value": "movies"}]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=tags)

    apply(session, plan_destroy(session, config))

    assert role_names(session) == ["movies-personalize"]


@pytest.mark.parametrize(
    "field", ["step_functions_arn", "lambda_arn", "lambda_read_arn", "lambda_change_arn", "personalize_arn"]
)
def test_a_role_of_another_account_is_refused_by_name(config: Config, session: Session, field: str) -> None:
    theirs = "arn:aws:iam::999999999999:role/theirs"
    given = dataclasses.replace(config, roles=RolesConfig(**{field: theirs}))

    with pytest.raises(DeployError, match=rf"^roles\.{field} is {theirs}, of another account than the one"):
        plan(session, given)


def test_a_boundary_of_awss_own_is_of_every_account(config: Config) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    given = dataclasses.replace(config, roles=RolesConfig(permissions_boundary_arn=boundary))

    require_own_account(given, Arns("us-east-1", "111122223333"))
