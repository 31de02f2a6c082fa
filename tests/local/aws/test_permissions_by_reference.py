"""Tests of ``local.aws.permissions_by_reference``."""

from __future__ import annotations

from fakes.gateway_aws import Account, refusal, statement

ACCOUNT = "123456789012"


def test_log_groups_are_listed_by_permission_on_every_resource_alone(account: Account):
    narrowed = statement("logs:DescribeLogGroups", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*")
    assert refusal(account.as_role(narrowed)("logs").describe_log_groups)[0] == "AccessDeniedException"
    account.as_role(statement("logs:DescribeLogGroups"))("logs").describe_log_groups()
