"""A process that is killed in the middle of the main workflow, with a data directory: the next one ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakes import killed_pipeline
from fakes.pipelines import Pipeline
from personalize_sfn.deploy import plan
from personalize_sfn.execution import Execution
from personalize_sfn.local import LocalAws


def killed_after(data: Path, events: int) -> str:
    """The ARN of an execution whose process was killed when all executions had so many events."""
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(killed_pipeline.__file__), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=paths, text=True) as process:
        assert process.stdout is not None
        arn = ""
        for line in process.stdout:
            what, value = json.loads(line)
            arn = value if what == "started" else arn
            if what == "events" and value >= events:
                process.kill()
                break
    return arn


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("events", [80, 150])
def test_an_execution_whose_process_is_killed_ends_with_one_of_each(tmp_path: Path, events: int):
    data = tmp_path / "data"
    arn = killed_after(data, events)
    with LocalAws(data_dir=data, wait_scale=1 / 2000) as aws:
        session = aws.session()
        execution = Execution.attach(arn, session=session)
        assert execution.wait(timeout=60).get_output()["campaignArn"]
        personalize = Pipeline(aws, session, killed_pipeline.PROJECT).personalize()
        assert len(personalize.list_campaigns()["campaigns"]) == 1
        assert len(personalize.list_solution_versions()["solutionVersions"]) == 1
        assert len(personalize.list_dataset_import_jobs()["datasetImportJobs"]) == 1
        assert plan(session, killed_pipeline.PROJECT) == []
    with LocalAws(data_dir=data) as aws:
        assert aws.session().client("stepfunctions").describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
        assert plan(aws.session(), killed_pipeline.PROJECT) == []
