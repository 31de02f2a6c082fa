"""Where the histories of state machines may be written."""

from __future__ import annotations

from personalize_sfn.arns import parse

__all__ = ["exists"]


def exists(arn: str) -> bool:
    """Whether an ARN (``...:log-group:NAME:*``) names a log group that is there."""
    from moto.logs.models import logs_backends

    try:
        parts = parse(arn)
    except ValueError:
        return False
    name = parts.resource.removeprefix("log-group:").removesuffix(":*")
    return parts.service == "logs" and name in logs_backends[parts.account_id][parts.region].groups
