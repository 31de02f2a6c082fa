"""Tests of ``local.aws.iam``."""

from __future__ import annotations

from fakes.gateway_aws import Account, document, refusal, statement, unique

ROLE_TRUSTED_BY_ACCOUNT = {"AWS": "123456789012"}


def test_the_dummy_keys_are_the_accounts_owner(account: Account):
    identity = account.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert account.client("personalize").list_dataset_groups()["datasetGroups"] == []


def test_a_users_keys_carry_the_users_policies(account: Account):
    client = account.user(statement("iam:ListRoles"))("iam")
    client.list_roles()
    code, message = refusal(client.list_users)
    assert code == "AccessDenied"
    assert message.endswith("because no identity-based policy allows the iam:ListUsers action")


def test_a_policy_attached_from_aws_counts(account: Account):
    arn = account.role(ROLE_TRUSTED_BY_ACCOUNT)
    iam = account.client("iam")
    iam.attach_role_policy(RoleName=arn.split("/")[-1], PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    s3 = account.assume(arn)("s3")
    s3.list_buckets()
    assert refusal(s3.create_bucket, Bucket=unique("bucket"))[0] == "AccessDenied"


def test_the_default_version_of_a_managed_policy_counts(account: Account):
    iam, name = account.client("iam"), unique("policy")
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document(statement("iam:ListRoles")))["Policy"]["Arn"]
    arn = account.role(ROLE_TRUSTED_BY_ACCOUNT)
    iam.attach_role_policy(RoleName=arn.split("/")[-1], PolicyArn=policy)
    client = account.assume(arn)("iam")
    client.list_roles()
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(statement("iam:ListUsers")), SetAsDefault=True)
    assert refusal(client.list_roles)[0] == "AccessDenied"
    client.list_users()
