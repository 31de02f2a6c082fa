"""A policy that is in use, or has several versions, cannot be deleted, as on AWS."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from fakes.gateway_aws import Account, document, refusal, statement, unique

READS = document(statement("s3:GetObject"))
TRUST = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
ATTACHED = ("DeleteConflict", "Cannot delete a policy attached to entities.")


def _policy(account: Account) -> str:
    made = account.client("iam").create_policy(PolicyName=unique("policy"), PolicyDocument=READS)
    return str(made["Policy"]["Arn"])


@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_an_attached_policy_is_not_deleted_until_it_is_detached(account: Account, kind: str):
    iam, arn, name = account.client("iam"), _policy(account), unique(kind)
    named = {f"{kind.title()}Name": name}
    getattr(iam, f"create_{kind}")(**named, **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}))
    getattr(iam, f"attach_{kind}_policy")(**named, PolicyArn=arn)
    assert refusal(iam.delete_policy, PolicyArn=arn) == ATTACHED
    getattr(iam, f"detach_{kind}_policy")(**named, PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam.get_policy, PolicyArn=arn)[0] == "NoSuchEntity"


def test_the_refusal_has_the_status_of_the_service_model(account: Account):
    iam, arn, name = account.client("iam"), _policy(account), unique("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    with pytest.raises(ClientError) as found:
        iam.delete_policy(PolicyArn=arn)
    status = iam.meta.service_model.shape_for("DeleteConflictException").metadata["error"]["httpStatusCode"]
    assert found.value.response["ResponseMetadata"]["HTTPStatusCode"] == status == 409


def test_a_policy_of_several_versions_is_not_deleted_until_one_is_left(account: Account):
    iam, arn = account.client("iam"), _policy(account)
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=READS)["PolicyVersion"]["VersionId"]
    code, message = refusal(iam.delete_policy, PolicyArn=arn)
    assert (code, message.partition(".")[0]) == ("DeleteConflict", "This policy has more than one version")
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)


def test_a_policy_that_is_not_there_is_said(account: Account):
    arn = f"arn:aws:iam::123456789012:policy/{unique('none')}"
    assert refusal(account.client("iam").delete_policy, PolicyArn=arn)[0] == "NoSuchEntity"
