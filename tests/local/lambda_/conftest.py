"""Fixtures that several files share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes import lambda_functions
from personalize_sfn.local.lambda_.pool import LambdaExecutor


@pytest.fixture(params=[None, False], ids=["forked", "spawned"])
def pool(request: pytest.FixtureRequest) -> Iterator[LambdaExecutor]:
    running = lambda_functions.executor(fork=request.param)
    yield running
    running.stop()
