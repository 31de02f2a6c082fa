"""A pipeline deployed on an embedded AWS of its own, with data uploaded, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from fakes.model_answers import watched_answers
from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.local import LocalAws
from personalize_sfn.local.lambda_ import pool


@pytest.fixture(scope="module", autouse=True)
def one_warm_process() -> Iterator[None]:
    """All functions of a file are forked from one process: each test would warm up one, for half a second."""
    starter = pool.Starter()
    kept = SimpleNamespace(warm=starter.warm, start=starter.start, stop=lambda: None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pool, "Starter", lambda fork: kept)
        yield
    starter.stop()


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    """Every answer that it gave, to the functions and the interpreter too, is held against botocore's models."""
    with watched_answers() as answers:
        with LocalAws(wait_scale=1 / 20_000) as running:
            yield running
        assert answers.differences == set()
        assert {"CreateStateMachine", "StartExecution"} <= answers.operations


@pytest.fixture
def pipeline(aws: LocalAws) -> Pipeline:
    session, config = aws.session(), Config(project="movies")
    deploy(session, config)
    made = Pipeline(aws, session, config)
    made.upload(interactions())
    return made
