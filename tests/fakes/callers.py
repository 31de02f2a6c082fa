"""A caller who has the documented policy and nothing else."""

from __future__ import annotations

import json

import boto3

from personalize_sfn.config import Config
from personalize_sfn.deploy import caller_policy
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session

__all__ = ["ACCOUNT", "assumed"]

ACCOUNT = "123456789012"


def assumed(aws: LocalAws, config: Config) -> Session:
    """A session of a role that has the caller's policy of ``config`` and nothing else."""
    owner = aws.session()
    iam, name = owner.client("iam"), f"caller-of-{config.project}"
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    policy = json.dumps(caller_policy(config, owner.arns))
    iam.put_role_policy(RoleName=name, PolicyName="caller", PolicyDocument=policy)
    keys = owner.client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="test")["Credentials"]
    boto_session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=aws.region,
    )
    return Session(boto_session, aws.endpoint_url)
