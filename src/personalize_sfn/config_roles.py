"""Roles and functions of a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, Stated, shown

__all__ = ["FunctionsConfig", "RolesConfig"]

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _retention(value: int) -> str | None:
    return None if value in _RETENTIONS else f"expected one of {', '.join(map(str, _RETENTIONS))}, got {shown(value)}"


_LOG_RETENTION_DAYS = Stated(_retention, {"enum": [*_RETENTIONS]})


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesConfig(Checked):
    """Existing roles to use instead of making them, and how to make those that are made."""

    step_functions_arn: str | None = None
    """The state machines run as this one.  None, here and below: deploy makes it."""
    lambda_arn: str | None = None
    """Of all functions, unless one of the next two says otherwise."""
    lambda_read_arn: str | None = None
    """Of the functions that only read: recommendations, and the status of what is being made."""
    lambda_change_arn: str | None = None
    """Of the functions that make, change and delete."""
    personalize_arn: str | None = None
    """Personalize reads the data, and writes outputs, as this one."""
    permissions_boundary_arn: str | None = None
    """A policy that bounds every role which deploy makes."""
    path: str = "/"
    """IAM path of the roles that deploy makes: ``/teams/shop/``."""

    _where = "roles"
    _checks: ClassVar[Checks] = {
        "step_functions_arn": rules.role_arn,
        "lambda_arn": rules.role_arn,
        "lambda_read_arn": rules.role_arn,
        "lambda_change_arn": rules.role_arn,
        "personalize_arn": rules.role_arn,
        "permissions_boundary_arn": rules.policy_arn,
        "path": rules.role_path,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionsConfig(Checked):
    """The Lambda functions' settings."""

    runtime: Literal["python3.11", "python3.12", "python3.13"] = "python3.13"
    """Of every function."""
    memory_mb: int = 256
    """Of every function, in MB: 128 to 10,240."""
    timeout_seconds: int = 60
    """After which Lambda ends a function: 1 to 900."""
    log_retention_days: int = 30
    """After which CloudWatch deletes the functions' log lines."""

    _where = "functions"
    _checks: ClassVar[Checks] = {
        "memory_mb": rules.between(128, 10240),
        "timeout_seconds": rules.between(1, 900),
        "log_retention_days": _LOG_RETENTION_DAYS,
    }
