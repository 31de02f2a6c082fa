"""Tests of ``deploy.role_template``."""

from __future__ import annotations

import dataclasses
import json

from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import caller_policy, plan, plan_destroy, role_template
from personalize_sfn.deploy.role_arns import ROLE_KEYS
from personalize_sfn.session import Session


def arn(session: Session, config: Config, key: str) -> str:
    return session.arns.role(config.role_name(key, session.region))


def test_roles_that_an_administrator_made_are_used_and_stay(config: Config, session: Session, make_blueprint) -> None:
    """The template's roles, made as CloudFormation makes them; then a user whose policy makes none."""
    template = role_template(config, session.arns)
    iam = session.client("iam")
    for resource in template["Resources"].values():
        given = dict(resource["Properties"])
        for policy in given.pop("Policies"):
            policy_document = json.dumps(policy["PolicyDocument"])
            policies = {"PolicyName": policy["PolicyName"], "PolicyDocument": policy_document}
        iam.create_role(**{**given, "AssumeRolePolicyDocument": json.dumps(given["AssumeRolePolicyDocument"])})
        iam.put_role_policy(RoleName=given["RoleName"], **policies)
    arns = {f"{key}_arn": arn(session, config, key) for key in ROLE_KEYS}
    assert [each["Description"] for each in template["Outputs"].values()] == [f"roles.{name}" for name in arns]
    users = dataclasses.replace(config, roles=RolesConfig(**arns))

    changes = plan(session, users, make_blueprint(users))
    policy = caller_policy(users, session.arns, roles=False)

    assert {change.kind for change in changes} == {"bucket", "bucket policy", "function", "state machine"}
    assert [change for change in plan_destroy(session, users) if change.kind == "role"] == []
    actions = [action for each in policy["Statement"] for action in each["Action"] if action.startswith("iam:")]
    assert actions == ["iam:PassRole", "iam:PassRole"]
