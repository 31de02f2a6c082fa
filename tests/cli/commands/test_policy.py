"""``policy`` prints JSON of the account, the region and the configuration, and divides what is too long."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from moto import mock_aws

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import caller_policy, role_template
from personalize_sfn.deploy.caller import MANAGED_POLICY_SIZE, size_note

ARNS = Arns("eu-west-1", "123456789012")
WORDS = ("--target", "aws", "--region", "eu-west-1", "--config")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch):
    """An AWS account, played by moto."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def movies(tmp_path: Path) -> Path:
    path = tmp_path / "movies.yaml"
    path.write_text("project: movies\n")
    return path


def test_stdout_is_the_callers_policy_and_nothing_else(command: Callable, account: None, movies: Path) -> None:
    result = command(*WORDS, str(movies), "policy")

    assert (result.code, result.json) == (0, caller_policy(Config(project="movies"), ARNS))
    assert result.err.startswith("AWS · account 123456789012 · region eu-west-1")


def test_without_roles_it_is_that_of_a_caller_who_makes_none(command: Callable, account: None, movies: Path) -> None:
    result = command(*WORDS, str(movies), "policy", "--no-roles")

    assert (result.code, result.json) == (0, caller_policy(Config(project="movies"), ARNS, roles=False))
    assert "iam:CreateRole" not in result.out


def test_the_template_of_the_roles_is_for_cloudformation(command: Callable, account: None, movies: Path) -> None:
    result = command(*WORDS, str(movies), "policy", "--role-template")

    assert (result.code, result.json) == (0, role_template(Config(project="movies"), ARNS))
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    assert len(result.out.encode()) <= 51_200


def test_a_template_of_no_role_is_refused(command: Callable, account: None, tmp_path: Path) -> None:
    names = ("step_functions_arn", "lambda_arn", "personalize_arn")
    path = tmp_path / "roles.yaml"
    path.write_text("roles:\n" + "".join(f"  {name}: arn:aws:iam::123456789012:role/{name}\n" for name in names))

    result = command(*WORDS, str(path), "policy", "--role-template")

    assert result.code == 2
    assert "the configuration names every role: leave out those that the template is to make" in result.err


def test_two_documents_are_not_printed_at_once(command: Callable) -> None:
    result = command("policy", "--no-roles", "--role-template")

    assert (result.code, result.out) == (2, "")
    assert "--no-roles and --role-template print two documents: ask for one at a time" in result.err


def test_without_an_embedded_aws_none_is_started_for_it(command: Callable, home: Path) -> None:
    result = command("policy")

    assert result.code == 1
    assert "'--target aws' means an account" in result.err
    assert not (home / "local.log").exists()


def longest() -> Config:
    return Config(
        project="p" * 28,
        bucket="b" * 63,
        bucket_kms_key_arn="arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012",
        roles=RolesConfig(permissions_boundary_arn=f"arn:aws:iam::123456789012:policy/{'b' * 128}"),
    )


def test_a_policy_that_is_too_long_says_where_to_divide_it() -> None:
    policy = caller_policy(longest(), Arns("ap-northeast-1", "123456789012"))

    note = size_note(policy)

    assert note is not None
    size = len(json.dumps(policy, separators=(",", ":")))
    assert note.startswith(f"this policy has {size:,} characters, and IAM takes 6,144 in a managed policy")
    second = note.partition("the second from the statement ")[2].partition(" on")[0]
    number = [each["Sid"] for each in policy["Statement"]].index(second)
    for part in (policy["Statement"][:number], policy["Statement"][number:]):
        assert 0 < len(json.dumps({**policy, "Statement": part}, separators=(",", ":"))) <= MANAGED_POLICY_SIZE


def test_a_policy_that_fits_says_nothing() -> None:
    assert size_note(caller_policy(Config(project="p" * 28), Arns("ap-northeast-1", "123456789012"))) is None


def test_the_command_notes_a_policy_that_is_too_long(command: Callable, account: None, tmp_path: Path) -> None:
    config = longest()
    path = tmp_path / "long.yaml"
    path.write_text(
        f"project: {config.project}\nbucket: {config.bucket}\nbucket_kms_key_arn: {config.bucket_kms_key_arn}\n"
        f"roles: {{permissions_boundary_arn: '{config.roles.permissions_boundary_arn}'}}\n"
    )

    result = command("--target", "aws", "--region", "ap-northeast-1", "--config", str(path), "policy")

    assert (result.code, result.json["Version"]) == (0, "2012-10-17")
    assert "note this policy has 6," in result.err
