"""Tests of ``role_clients``: how long a role stays assumed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions.role_clients import RoleClients

OWN, OTHER = "arn:aws:iam::123456789012:role/machines", "arn:aws:iam::999999999999:role/theirs"


class Sts:
    """Stands for the STS client of the machine's role."""

    def __init__(self) -> None:
        self.calls, self.trusted = 0, True

    def assume_role(self, RoleArn: str, RoleSessionName: str) -> dict[str, Any]:
        self.calls += 1
        if not self.trusted:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"not {RoleArn}"}}, "AssumeRole")
        return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}}


class OneSts(RoleClients):
    """Clients whose role has that STS."""

    sts = Sts()

    def client(self, region: str, service: str, role_arn: str, through: str = "") -> Any:
        return self.sts if service == "sts" else super().client(region, service, role_arn, through)


def test_a_trust_that_was_removed_holds_for_a_minute_at_most() -> None:
    now = 0.0
    clients = OneSts(lambda: "http://127.0.0.1:1", lambda _: Keys("a", "s", "t"), clock=lambda: now)
    clients.sts = Sts()
    first = clients.client("us-east-1", "lambda", OWN, OTHER)
    now = 59.0
    clients.sts.trusted = False
    assert clients.client("us-east-1", "lambda", OWN, OTHER) is first
    assert clients.sts.calls == 1
    now = 61.0
    with pytest.raises(ClientError, match=f"not {OTHER}"):
        clients.client("us-east-1", "lambda", OWN, OTHER)
    clients.sts.trusted = True
    assert clients.client("us-east-1", "lambda", OWN, OTHER) is not first


def test_the_clients_of_a_machines_own_role_are_kept() -> None:
    now = 0.0
    clients = OneSts(lambda: "http://127.0.0.1:1", lambda _: Keys("a", "s", "t"), clock=lambda: now)
    first = clients.client("us-east-1", "lambda", OWN)
    now = 3600.0
    assert clients.client("us-east-1", "lambda", OWN) is first
