"""What a request to Step Functions comes with."""

from __future__ import annotations

from typing import Any, Protocol

from personalize_sfn.local.aws.responses import Answer

__all__ = ["Context", "Decision"]


class Decision(Protocol):
    """Whether a role may do something, and why not."""

    @property
    def allowed(self) -> bool: ...


class Context(Protocol):
    """What the gateway tells about a request, and does for it."""

    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    def forward(self, body: dict[str, Any]) -> Answer:
        """Send the request on to moto with this body."""

    def authorize(self, role_arn: str, action: str, resource: str) -> Decision:
        """Whether the policies of a role allow it."""

    def role_trusts(self, role_arn: str, service: str) -> bool:
        """Whether the role exists and its trust policy lets the service assume it."""
