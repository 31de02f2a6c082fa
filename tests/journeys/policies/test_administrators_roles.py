"""A pipeline of somebody who makes no roles: an administrator made them once, from the template's data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pandas as pd
import pytest
from botocore.exceptions import ClientError

from fakes.solutions import served
from personalize_sfn import datasets
from personalize_sfn.clean_up import ours
from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import caller_policy, deploy, destroy, role_template
from personalize_sfn.evaluation import evaluate
from personalize_sfn.execution import Workflow
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session

CONFIG = Config(project="movies", solutions=served("aws-popularity-count"))


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws() as started:
        yield started


@pytest.fixture(scope="module")
def users_config(aws: LocalAws) -> Config:
    """The config with the roles that the administrator made, as CloudFormation makes them and names its outputs."""
    owner = aws.session()
    iam = owner.client("iam")
    template = json.loads(json.dumps(role_template(CONFIG, owner.arns)))
    made = {}
    for logical_id, resource in template["Resources"].items():
        assert resource["Type"] == "AWS::IAM::Role"
        properties = dict(resource["Properties"])
        policies = properties.pop("Policies")
        properties["AssumeRolePolicyDocument"] = json.dumps(properties["AssumeRolePolicyDocument"])
        made[logical_id] = iam.create_role(**properties)["Role"]["Arn"]
        for policy in policies:
            document = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(
                RoleName=properties["RoleName"], PolicyName=policy["PolicyName"], PolicyDocument=document
            )
    fields = {
        output["Description"].removeprefix("roles."): made[output["Value"]["Fn::GetAtt"][0]]
        for output in template["Outputs"].values()
    }
    return dataclasses.replace(CONFIG, roles=RolesConfig(**fields))


@pytest.fixture(scope="module")
def user(aws: LocalAws, users_config: Config) -> Session:
    """Keys of a user who has the policy without roles, as a managed policy, and nothing else."""
    iam = aws.session().client("iam")
    document = json.dumps(caller_policy(users_config, aws.session().arns, roles=False), separators=(",", ":"))
    assert len(document) <= 6144
    policy = iam.create_policy(PolicyName="caller", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    boto_session = boto3.Session(
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], region_name=aws.region
    )
    return Session(boto_session, aws.endpoint_url)


def interactions() -> pd.DataFrame:
    """40 users with 30 of 60 items each."""
    rows = [
        (f"u{user}", f"i{(user * 7 + step * 3) % 60}", 1_600_000_000 + step, "watch")
        for user in range(40)
        for step in range(30)
    ]
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])


def run(session: Session, machine: str, **inputs: Any) -> Any:
    execution = Workflow.attach(session.arns.state_machine(CONFIG.name(machine)), session=session).execute(
        inputs=inputs
    )
    execution.wait(timeout=120)
    return execution.get_output()


@pytest.mark.slow
def test_who_makes_no_roles_deploys_runs_recommends_and_destroys(
    aws: LocalAws, user: Session, users_config: Config
) -> None:
    deployment = deploy(user, users_config)
    assert "role" not in {change.kind for change in deployment.changes}
    assert deploy(user, users_config, dry_run=True).changes == ()
    datasets.upload(user, interactions(), f"s3://{deployment.bucket}/{users_config.data_key('INTERACTIONS')}")
    run(user, "main")
    recommended = run(user, "recommendation", userId="u1", numResults=5)
    assert len(recommended["itemList"]) == 5
    directly = user.client("personalize-runtime").get_recommendations(
        campaignArn=user.arns.personalize("campaign/movies-for-you"), userId="u1", numResults=5
    )
    assert directly["itemList"] == recommended["itemList"]
    assert len(evaluate(user, users_config).versions) == 1

    removed = destroy(user, users_config)

    assert "role" not in {change.kind for change in removed}
    owner = aws.session()
    assert ours(owner, users_config) == []
    assert destroy(owner, users_config, dry_run=True) == []
    roles = {role["Arn"] for role in owner.client("iam").list_roles()["Roles"]}
    assert roles == set(deployment.role_arns.values()), "the administrator's roles stay"
    assert [call for call in aws.calls if not call.allowed] == []


def test_who_makes_no_roles_can_change_none(user: Session, users_config: Config) -> None:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    name = CONFIG.role_name("lambda_change", user.region)

    with pytest.raises(
        ClientError,
        match=r"not authorized to perform: iam:PutRolePolicy on resource: arn:aws:iam::123456789012:role/movies-",
    ) as refused:
        user.client("iam").put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=json.dumps(everything))

    assert refused.value.response["Error"]["Code"] == "AccessDenied"
