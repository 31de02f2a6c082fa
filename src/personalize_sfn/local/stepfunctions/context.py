"""What a request to Step Functions comes with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from personalize_sfn.local.aws.permission import Decision
from personalize_sfn.local.aws.responses import Response

__all__ = ["RoleAuthorizer", "StepFunctionsContext"]


class RoleAuthorizer(Protocol):
    """What roles may do."""

    def decide(self, role_arn: str, action: str, resource: str, /) -> Decision:
        """Whether the policies of a role allow it."""

    def role_trusts(self, role_arn: str, service: str, *, region: str) -> bool:
        """Whether the role exists and its trust policy lets the service assume it."""


@dataclass(frozen=True, slots=True)
class StepFunctionsContext:
    """What the gateway tells about a request, and does for it."""

    account: str
    region: str
    authorizer: RoleAuthorizer
    forward: Callable[[dict[str, Any]], Response]
    """Sends the request on to moto with this body."""
