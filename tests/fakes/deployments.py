"""What the tests of plan and its neighbours share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.deploy import apply, plan
from personalize_sfn.deploy.changes import Change
from personalize_sfn.deploy.plan import Blueprint
from personalize_sfn.session import Session

__all__ = ["BUCKET", "MakeBlueprint", "deployed", "everything"]


BUCKET = "movies-123456789012-us-east-1"
MakeBlueprint = Callable[..., Blueprint]


def deployed(session: Session, config: Config, wanted: Blueprint) -> list[Change]:
    changes = plan(session, config, wanted)
    apply(session, changes)
    return changes


def everything(session: Session) -> dict[str, Any]:
    """All that the account holds of what deploy makes."""
    lambdas = session.client("lambda").list_functions()["Functions"]
    return {
        "buckets": [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]],
        "roles": sorted(role["RoleName"] for role in session.client("iam").list_roles()["Roles"]),
        "functions": sorted(function["FunctionName"] for function in lambdas),
        "log groups": sorted(g["logGroupName"] for g in session.client("logs").describe_log_groups()["logGroups"]),
        "machines": sorted(m["name"] for m in session.client("stepfunctions").list_state_machines()["stateMachines"]),
    }
