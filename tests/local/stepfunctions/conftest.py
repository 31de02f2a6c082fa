"""Fixtures: one loopback server a session, emptied for each test."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fakes.stepfunctions_aws import TRUST, Aws


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    server = Aws()
    yield server
    server.stop()


@pytest.fixture
def aws(aws_server: Aws) -> Aws:
    """An empty AWS with one role for state machines, time at a thousandth."""
    from moto.core.base_backend import BackendDict  # noqa: F401 - loaded before the reset
    from moto.moto_api._internal import moto_api_backend

    moto_api_backend.reset()
    aws_server.functions = {}
    aws_server.keys_seen = []
    aws_server.invocation_types = []
    aws_server.states_calls = []
    aws_server.denied = set()
    aws_server.install()
    aws_server.client("iam").create_role(RoleName="machines", AssumeRolePolicyDocument=json.dumps(TRUST))
    return aws_server
