"""Which roles there are, by their keys: those that deploy makes, and those that the config names."""

from __future__ import annotations

from personalize_sfn.arns import Arns, parse
from personalize_sfn.config import Config
from personalize_sfn.errors import DeployError

__all__ = ["ROLE_KEYS", "function_role", "given_role", "made_roles", "require_own_account", "role_arns"]

#: The roles, by the names under which a deployment and the config know them.
ROLE_KEYS = ("step_functions", "lambda_read", "lambda_change", "personalize")


def role_arns(config: Config, arns: Arns) -> dict[str, str]:
    """ARN of each role by its key: the configured one, or the one that deploy makes."""
    return {
        key: given_role(config, key) or arns.role(config.role_name(key, arns.region), config.roles.path)
        for key in ROLE_KEYS
    }


def made_roles(config: Config, arns: Arns) -> list[str]:
    """ARNs of the roles that deploy makes."""
    return [arn for key, arn in role_arns(config, arns).items() if given_role(config, key) is None]


def function_role(function: str) -> str:
    """The key of the role under which a function runs, by its name without the project.

    ``lambda_read`` answers people's requests and looks, ``lambda_change`` makes, changes and deletes.
    """
    return "lambda_read" if function.startswith(("describe-", "get-", "report-")) else "lambda_change"


def require_own_account(config: Config, arns: Arns) -> None:
    """A role, or a boundary, can only be used in its own account.

    Raises:
        DeployError: the config names one of another account, or of another partition.
    """
    for field in ("step_functions_arn", "lambda_arn", "lambda_read_arn", "lambda_change_arn", "personalize_arn"):
        _require_account(f"roles.{field}", getattr(config.roles, field), arns, (arns.account_id,))
    boundary = config.roles.permissions_boundary_arn
    _require_account("roles.permissions_boundary_arn", boundary, arns, (arns.account_id, "aws"))


def _require_account(field: str, arn: str | None, arns: Arns, accounts: tuple[str, ...]) -> None:
    if arn is None:
        return
    parts = parse(arn)
    if parts.account_id not in accounts or parts.partition != arns.partition:
        raise DeployError(
            f"{field} is {arn}, of another account than the one that is deployed to, {arns.account_id} "
            f"(partition {arns.partition}): AWS takes roles and boundaries of its own account only. Name one of "
            f"account {arns.account_id}, or leave the field out"
        )


def given_role(config: Config, key: str) -> str | None:
    """The ARN that the config names for a role; ``roles.lambda_arn`` serves for all functions."""
    given: str | None = getattr(config.roles, f"{key}_arn")
    return given or (config.roles.lambda_arn if key.startswith("lambda_") else None)
