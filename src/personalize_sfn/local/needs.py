"""What a request needs to be allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Need"]


@dataclass(frozen=True, slots=True)
class Need:
    """One action on one resource."""

    action: str
    """``lambda:InvokeFunction``."""
    resource: str
    """An ARN, or ``*`` for actions that have none."""
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    """Condition keys of this request."""
    other_forms: tuple[str, ...] = ()
    """Other ARNs under which AWS accepts the same resource in a policy."""
    bucket: str = ""
    """Set for S3: the bucket whose policy speaks too."""
