"""Which roles there are, by their keys."""

from __future__ import annotations

import dataclasses

import boto3
import pytest

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import plan
from personalize_sfn.deploy.role_arns import ROLE_KEYS, function_role, made_roles, require_own_account, role_arns
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session


def test_a_roles_name_fits_into_what_iam_takes() -> None:
    """64 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    regions = [
        region
        for part in ("aws", "aws-cn", "aws-us-gov")
        for region in boto3.Session().get_available_regions("lambda", part)
    ]

    names = [Config(project="p" * 28).role_name(key, region) for key in ROLE_KEYS for region in regions]

    assert max(map(len, names)) <= 64


@pytest.mark.parametrize(
    "field", ["step_functions_arn", "lambda_arn", "lambda_read_arn", "lambda_change_arn", "personalize_arn"]
)
def test_a_role_of_another_account_is_refused_by_name(config: Config, session: Session, field: str) -> None:
    theirs = "arn:aws:iam::999999999999:role/theirs"
    given = dataclasses.replace(config, roles=RolesConfig(**{field: theirs}))

    with pytest.raises(DeployError, match=rf"^roles\.{field} is {theirs}, of another account than the one"):
        plan(session, given)


def test_a_boundary_of_awss_own_is_of_every_account(config: Config) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    given = dataclasses.replace(config, roles=RolesConfig(permissions_boundary_arn=boundary))

    require_own_account(given, Arns("us-east-1", "111122223333"))


def test_a_role_that_the_config_names_is_not_made() -> None:
    arns, given = Arns("us-east-1", "111122223333"), "arn:aws:iam::111122223333:role/given"
    config = Config(project="movies", roles=RolesConfig(lambda_arn=given))
    found = role_arns(config, arns)
    assert (found["lambda_read"], found["lambda_change"]) == (given, given)
    assert made_roles(config, arns) == [found["step_functions"], found["personalize"]]
    own = dataclasses.replace(config.roles, lambda_read_arn=given + "-read")
    assert role_arns(dataclasses.replace(config, roles=own), arns)["lambda_read"] == given + "-read"


@pytest.mark.parametrize(
    ("function", "role"),
    [
        ("describe-campaign", "lambda_read"),
        ("get-recommendations", "lambda_read"),
        ("create-campaign", "lambda_change"),
        ("delete-old-filters", "lambda_change"),
    ],
)
def test_what_only_looks_runs_under_a_role_that_changes_nothing(function: str, role: str) -> None:
    assert function_role(function) == role
