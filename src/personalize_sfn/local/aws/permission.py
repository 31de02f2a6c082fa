"""What a request needs to be allowed, and the answer whether it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Decision", "Permission", "tag_keys"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One action on one resource."""

    action: str
    """``lambda:InvokeFunction``."""
    resource: str
    """An ARN, ``*`` for actions that have none, or :data:`~personalize_sfn.local.aws.iam_policy.UNKNOWN`."""
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    """Condition keys of this request."""
    other_forms: tuple[str, ...] = ()
    """Other ARNs under which AWS accepts the same resource in a policy."""
    bucket: str = ""
    """Set for S3: the bucket whose policy speaks too."""


@dataclass(frozen=True, slots=True)
class Decision:
    """May it be done; if not, ``reason`` is AWS's sentence, from "because" on."""

    allowed: bool
    reason: str = ""
    explicit: bool = False
    """A policy denies it, so that no other policy can allow it."""


def tag_keys(tags: Mapping[str, str], removed: Any = None) -> dict[str, str | list[str]]:
    """``aws:RequestTag/...`` and ``aws:TagKeys`` of the tags that a request puts on, or of the keys that it removes."""
    keys = [*tags, *(str(key) for key in removed)] if isinstance(removed, list) else list(tags)
    if not keys:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, "aws:TagKeys": keys}
