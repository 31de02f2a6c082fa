"""What an operation of Step Functions is called with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from personalize_sfn.local.aws.permission import Decision
from personalize_sfn.local.stepfunctions.driver import Driver
from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.records import StatesStore
from personalize_sfn.local.stepfunctions.role_clients import RoleClients

__all__ = ["RoleAuthorizer", "StepFunctionsContext"]


class RoleAuthorizer(Protocol):
    """What roles may do."""

    def decide(self, role_arn: str, action: str, resource: str, /) -> Decision:
        """Whether the policies of a role allow it."""

    def role_trusts(self, role_arn: str, service: str, *, region: str) -> bool:
        """Whether the role exists and its trust policy lets the service assume it."""


@dataclass(frozen=True, slots=True)
class StepFunctionsContext:
    """Where a request is for, what is there, and what may be asked of the rest of the embedded AWS."""

    account: str
    region: str
    authorizer: RoleAuthorizer
    store: StatesStore
    driver: Driver
    clients: RoleClients
    pace: Pace
    now: float
    """Seconds since 1970."""

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:{kind}:{name}"
