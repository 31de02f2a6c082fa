"""The roles of a deployment: those of another region, or of an earlier version."""

from __future__ import annotations

import dataclasses
import json

from fakes.deploy_session import session_in
from personalize_sfn.config import Config
from personalize_sfn.deploy import apply, plan, plan_destroy
from personalize_sfn.deploy.role_arns import ROLE_KEYS
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
