"""Two configs of one project: which of them is deployed decides which of them runs."""

from __future__ import annotations

import dataclasses
import logging

import pytest

from fakes.pipelines import Pipeline
from fakes.solutions import served
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import AlreadyRunningError, OtherConfigDeployedError
from personalize_sfn.evaluation import evaluate
from personalize_sfn.execution import run
from personalize_sfn.recommendations import recommend


@pytest.mark.slow
def test_what_is_not_deployed_is_neither_run_nor_asked_by_the_workflow(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    session, first = pipeline.session, pipeline.config
    other = dataclasses.replace(first, solutions=served("aws-popularity-count"))
    run(session, first).wait(timeout=60)

    with pytest.raises(OtherConfigDeployedError, match="recipe/aws-user-personalization-v2 -> recipe/aws-popularity"):
        run(session, other)
    with caplog.at_level(logging.WARNING):
        changes = deploy(session, other).changes

    assert "movies: After the next run the campaign answers otherwise: " in caplog.text
    assert changes[0].name == "movies-main"
    assert "for-you.recipeArn recipe/aws-user-personalization-v2 -> recipe/aws-popularity-count" in changes[0].sentence
    with pytest.raises(OtherConfigDeployedError):
        run(session, first)
    with pytest.raises(OtherConfigDeployedError):
        recommend(session, first, "u1")
    assert len(recommend(session, first, "u1", num_results=5, via="api").items) == 5
    assert evaluate(session, first).versions[0].recipe == "aws-user-personalization-v2"
    running = run(session, other)
    with pytest.raises(AlreadyRunningError) as refused:
        run(session, other)
    assert refused.value.arns == (running.execution_arn,)
    running.wait(timeout=60)
    assert len(recommend(session, other, "u1", num_results=5).items) == 5
