"""The key of a log group is changed and taken off, which moto alone cannot do."""

from __future__ import annotations

from fakes.gateway_aws import Account, refusal, unique

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_log_group_gets_a_key_and_loses_it(account: Account):
    logs, name = account.client("logs"), unique("group")
    logs.create_log_group(logGroupName=name)

    def key() -> str | None:
        (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return group.get("kmsKeyId")

    logs.associate_kms_key(logGroupName=name, kmsKeyId=KEY)
    assert key() == KEY
    logs.disassociate_kms_key(logGroupName=name)
    assert key() is None


def test_a_log_group_that_is_not_there_gets_none(account: Account):
    code, message = refusal(account.client("logs").associate_kms_key, logGroupName=unique("none"), kmsKeyId=KEY)
    assert (code, message) == ("ResourceNotFoundException", "The specified log group does not exist.")
