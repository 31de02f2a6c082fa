"""Tests of ``session_tokens``: getSessionToken and GetFederationToken: keys of their own."""

from __future__ import annotations

from fakes.gateway_aws import Account, refusal

ROLE_TRUSTED_BY_ACCOUNT = {"AWS": "123456789012"}


def test_a_role_is_assumed_by_whom_it_trusts_only(account: Account):
    for_lambda = account.role({"Service": "lambda.amazonaws.com"})
    sts = account.client("sts")
    assert refusal(sts.assume_role, RoleArn=for_lambda, RoleSessionName="me") == (
        "AccessDenied",
        f"User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: {for_lambda}",
    )
    nobody = "arn:aws:iam::123456789012:role/nobody"
    assert refusal(sts.assume_role, RoleArn=nobody, RoleSessionName="me")[0] == "AccessDenied"


def test_trust_in_the_account_needs_permission_and_trust_in_the_caller_does_not(account: Account):
    user = account.user()("sts")
    user_arn = user.get_caller_identity()["Arn"]
    by_account, by_name = account.role(ROLE_TRUSTED_BY_ACCOUNT), account.role({"AWS": user_arn})
    assert refusal(user.assume_role, RoleArn=by_account, RoleSessionName="me")[0] == "AccessDenied"
    assert user.assume_role(RoleArn=by_name, RoleSessionName="me")["AssumedRoleUser"]["Arn"].endswith("/me")
