"""A session on moto inside this process, and a small thing to deploy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from fakes.deploy_session import session_in
from personalize_sfn.config import Config
from personalize_sfn.deploy.packages import package
from personalize_sfn.deploy.plan import Blueprint
from personalize_sfn.deploy.role_arns import role_arns
from personalize_sfn.session import Session

CODE = '"""{title}."""\n\n\ndef lambda_handler(event, context):\n    return {number}\n'


@pytest.fixture(autouse=True)
def moto_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws(
        config={
            "iam": {"load_aws_managed_policies": True},
            "lambda": {"use_docker": False},
            "stepfunctions": {"execute_state_machine": False},
        }
    ):
        yield


@pytest.fixture
def config() -> Config:
    return Config(project="movies", tags={"team": "films"})


@pytest.fixture
def session(moto_aws: None) -> Session:
    return session_in("us-east-1")


@pytest.fixture
def make_blueprint(tmp_path: Path, session: Session):
    """What a deployment wants: two functions and two state machines, changeable."""

    def make(config: Config, *, number: int = 1, comment: str = "first") -> Blueprint:
        packages = {}
        for title in ("Create Campaign", "Create Schema"):
            file = tmp_path / f"{title.lower().replace(' ', '_')}.py"
            file.write_text(CODE.format(title=title, number=number))
            packages[package(file).name] = package(file)
        definition = {"Comment": comment, "StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
        return Blueprint(
            packages=packages,
            definitions={"campaign": definition, "main": definition},
            role_arns=role_arns(config, session.arns),
        )

    return make
