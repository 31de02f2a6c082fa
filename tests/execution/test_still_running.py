"""Tests of ``execution.still_running``."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.failed_runs import CHILD, MAIN, TRAINING, VERSION, failure
from personalize_sfn.display import stages
from personalize_sfn.execution import Execution
from personalize_sfn.resources import BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB, ResourceType


def test_a_stopped_run_says_what_goes_on_training_and_how_to_stop_it(client: Any, history: Any) -> None:
    client.histories[CHILD] = (
        history()
        .state("Create Solution Version", "Task")
        .enter("Wait for Solution Version", "Wait", TRAINING)
        .add("ExecutionAborted")
    )
    stopped = history().enter("Run Solution Workflow").starts(CHILD).add("ExecutionAborted")

    assert (
        "Solution version movies-v2/run-1 continues to train, and is billed, until it is done or you stop it: "
        f"session.client('personalize').stop_solution_version_creation(solutionVersionArn='{VERSION}')."
    ) in str(failure(client, stopped))


def test_stop_answers_what_goes_on(client: Any, history: Any, caplog: pytest.LogCaptureFixture) -> None:
    client.histories[CHILD] = (
        history().state("Create Solution Version", "Task").enter("Wait for Solution Version", "Wait", TRAINING)
    )
    client.histories[MAIN] = history().enter("Run Solution Workflow").starts(CHILD)
    client.stop_execution = lambda **request: {"stopDate": 1, **request}

    answer = Execution.attach(MAIN, client).stop(cause="enough")

    assert answer == {"stopDate": 1, "executionArn": MAIN, "cause": "enough"}
    assert repr(answer).startswith("Stopped. Solution version movies-v2/run-1 continues to train, and is billed, until")
    assert "stop_solution_version_creation" in caplog.text


@pytest.mark.parametrize("row", [BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB], ids=lambda row: row.key)
def test_a_stopped_run_says_that_a_job_it_waited_for_is_billed_all_the_same(
    client: Any, history: Any, row: ResourceType
) -> None:
    arn = f"arn:aws:personalize:us-east-1:123456789012:{row.arn_prefix}movies-newsletter-1"
    state = {row.key: {row.arn_field: arn}}
    stopped = history().enter(f"Wait for {row.title}", "Wait", state).add("ExecutionAborted")

    assert (
        f"{row.words.capitalize()} movies-newsletter-1 runs to its end, and is billed; it cannot be stopped."
    ) in str(failure(client, stopped))


def test_between_two_visits_of_its_states_a_stage_still_runs(client: Any, history: Any) -> None:
    story = history().state("Create Campaign", "Task").state("Check Campaign", "Task")
    client.histories[MAIN] = story
    execution = Execution.attach(MAIN, client)

    def statuses() -> list[tuple[str, str]]:
        return [(stage.label, stage.status) for stage in stages(execution.snapshot())]

    assert statuses() == [("Campaign", "RUNNING")]
    story.state("Is Campaign Active?", "Choice")
    assert statuses() == [("Campaign", "RUNNING")]
    story.state("Wait for Campaign", "Wait")
    assert statuses() == [("Campaign", "RUNNING")]
    story.state("Check Campaign", "Task").state("Is Campaign Active?", "Choice").enter("Campaign Is Active", "Pass")
    assert statuses() == [("Campaign", "RUNNING")]
    story.leave("Campaign Is Active", "Pass").enter("Return Campaign", "Pass")
    assert statuses() == [("Campaign", "SUCCEEDED")]
