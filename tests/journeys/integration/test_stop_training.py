"""An execution that is stopped with its training: Personalize trains no more, and nothing of it is served."""

from __future__ import annotations

import pytest

from fakes.filled_buckets import send_plan
from fakes.pipelines import Pipeline
from personalize_sfn.errors import SessionError
from personalize_sfn.execution import Execution, run


@pytest.mark.slow
def test_a_stopped_execution_takes_its_training_with_it(pipeline: Pipeline) -> None:
    send_plan(pipeline.aws.endpoint_url, {"durations": {"solution_version": 3600}})
    execution = run(pipeline.session, pipeline.config)
    personalize = pipeline.personalize()
    while not names_of_what_runs(execution) & {"Check Solution Version", "Wait for Solution Version"}:
        assert execution.status == "RUNNING"

    stopped = execution.stop(training="stop")

    (version,) = personalize.list_solution_versions()["solutionVersions"]
    assert version["status"] == "CREATE STOPPED"
    assert stopped.goes_on == ()


def names_of_what_runs(execution: Execution) -> set[str]:
    """What it and those that it started are waiting for now."""
    return {span.name for _, part in execution.snapshot().walk() for span in part.spans if span.status == "RUNNING"}


def test_without_a_session_a_training_cannot_be_stopped(pipeline: Pipeline) -> None:
    execution = run(pipeline.session, pipeline.config)
    apart = Execution.attach(execution.execution_arn, pipeline.session.client("stepfunctions"))
    with pytest.raises(SessionError, match=r"attach with the session: Execution\.attach\(arn, session=session\)"):
        apart.stop(training="stop")
    assert execution.status == "RUNNING"
