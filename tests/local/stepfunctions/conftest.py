"""Fixtures: one loopback server a session, emptied for each test."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from moto.core.config import default_user_config

from fakes.stepfunctions_aws import TRUST, Aws
from personalize_sfn.local import stepfunctions


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    server = Aws()
    os.environ["MOTO_PORT"] = server.url.rsplit(":", 1)[1]
    yield server
    server.stop()


@pytest.fixture
def aws(aws_server: Aws) -> Aws:
    """An empty AWS with one role for state machines, patches applied, time at a thousandth."""
    from moto.core.base_backend import BackendDict  # noqa: F401 - loaded before the reset
    from moto.moto_api._internal import moto_api_backend

    moto_api_backend.reset()
    aws_server.functions = {}
    aws_server.keys_seen = []
    aws_server.invocation_types = []
    aws_server.states_calls = []
    aws_server.denied = set()
    aws_server.fronted = True
    stepfunctions.install(stepfunctions.InterpreterSettings(endpoint_url=lambda: aws_server.url))
    aws_server.client("iam").create_role(RoleName="machines", AssumeRolePolicyDocument=json.dumps(TRUST))
    return aws_server
