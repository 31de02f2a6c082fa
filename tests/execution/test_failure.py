"""Which stage is to blame: in parallel branches, when a time limit ends a child, and when somebody stops a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_sfn.display import stages
from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution import Execution

MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-solution:run"
VERSION = "arn:aws:personalize:us-east-1:123456789012:solution/movies-v2/run-1"
TRAINING = {"solutionVersion": {"solutionVersionArn": VERSION, "check": {"status": "CREATE IN_PROGRESS"}}}


def raised_by(message: str, error: str) -> str:
    return json.dumps({"errorMessage": message, "errorType": error, "stackTrace": []})


def failure(client: Any, history: Any) -> WorkflowError:
    client.histories[MAIN] = history
    with pytest.raises(WorkflowError) as raised:
        Execution.attach(MAIN, client).wait(poll=0)
    return raised.value


@pytest.mark.parametrize("first", ["Interactions", "Items"])
def test_of_parallel_branches_the_one_that_failed_is_named(client: Any, history: Any, first: str) -> None:
    """Wherever its branch stands: the other one was only stopped with it."""
    second = {"Interactions": "Items", "Items": "Interactions"}[first]
    cause = raised_by("dataset exists already with another schema", "DefinitionConflictError")
    failed = history().enter("Create Datasets", "Parallel")  # 2
    failed.add("ParallelStateStarted")  # 3
    for kind in (first, second):
        failed.enter(f"Create {kind} Dataset").events[-1]["previousEventId"] = 3  # 4, 5
    failed.add("TaskScheduled", previous=4).add("TaskScheduled", previous=5)  # 6, 7
    failing = 6 if first == "Items" else 7
    failed.add("TaskFailed", previous=failing, error="DefinitionConflictError", cause=cause)
    failed.add("TaskStateAborted", previous=13 - failing)
    failed.add("ParallelStateFailed", previous=8)
    failed.add("ExecutionFailed", error="DefinitionConflictError", cause=cause)

    error = failure(client, failed)

    assert error.stage == "movies-main: Create Items Dataset"
    assert str(error).startswith(
        'movies-main failed at "Create Items Dataset": DefinitionConflictError: dataset exists'
    )


def main_whose_limit_is_over(history: Any) -> Any:
    return (
        history()
        .enter("Run Solution Workflow")
        .starts(CHILD)
        .add("TaskTimedOut", error="States.Timeout")
        .leave("Run Solution Workflow")
        .state("Did a Sub-Workflow Fail?", "Choice")
        .enter("Sub-Workflow Gave No Cause", "Fail")
        .add("ExecutionFailed", error="States.Timeout", cause="A sub-workflow did not end within its time limit")
    )


def test_a_child_that_the_parents_limit_ended_is_named_with_the_state_it_was_in(client: Any, history: Any) -> None:
    client.histories[CHILD] = (
        history()
        .state("Create Solution Version", "Task")
        .enter("Wait for Solution Version", "Wait", TRAINING)
        .add("ExecutionAborted")
    )

    error = failure(client, main_whose_limit_is_over(history))

    assert str(error) == (
        'movies-solution ran out of time at "Wait for Solution Version": States.Timeout: the time limit that '
        "movies-main gives it was over. Raise the time limit in the configuration's polling section, deploy, then run "
        "it again: it resumes where it stopped."
    )
    assert (error.error, error.stage) == ("States.Timeout", "movies-solution: Wait for Solution Version")


def test_lasting_throttling_is_told_when_the_limit_ends_the_tries(client: Any, history: Any) -> None:
    client.histories[CHILD] = (
        history()
        .enter("Create Solution")
        .add("TaskScheduled")
        .add("TaskFailed", error="TransientError", cause=raised_by("CreateSolution: Rate exceeded", "TransientError"))
        .add("TaskScheduled")
        .add("ExecutionAborted")
    )

    error = failure(client, main_whose_limit_is_over(history))

    assert str(error) == (
        'movies-solution ran out of time at "Create Solution": States.Timeout: the time limit that movies-main gives '
        "it was over; the last try ended with TransientError: CreateSolution: Rate exceeded. It may pass by itself: "
        "run it again: it resumes where it stopped."
    )


def test_a_child_that_somebody_stopped_is_what_failed(client: Any, history: Any) -> None:
    client.histories[CHILD] = history().enter("Create Solution").add("ExecutionAborted", error="Me", cause="enough")
    failed = (
        history()
        .enter("Run Solution Workflow")
        .starts(CHILD)
        .add("TaskFailed", error="States.TaskFailed", cause="{}")
        .leave("Run Solution Workflow")
        .enter("Sub-Workflow Stopped", "Fail")
        .add("ExecutionFailed", error="SubWorkflowStopped", cause="movies-solution ended as ABORTED")
    )

    assert str(failure(client, failed)).startswith('movies-solution was stopped at "Create Solution": Me: enough.')


def test_an_earlier_failure_that_was_caught_and_handled_is_not_blamed(client: Any, history: Any) -> None:
    client.histories[CHILD] = history().enter("Create Solution").add("ExecutionFailed", error="Old", cause="handled")
    failed = (
        history()
        .enter("Run Solution Workflow")
        .starts(CHILD)
        .add("TaskFailed", error="States.TaskFailed", cause="{}")
        .leave("Run Solution Workflow")
        .enter("Send Report")
        .add("TaskScheduled")
        .add("TaskFailed", error="SmtpError", cause="no route")
        .add("ExecutionFailed", error="SmtpError", cause="no route")
    )

    assert str(failure(client, failed)).startswith('movies-main failed at "Send Report": SmtpError: no route.')


def test_an_input_that_is_no_object_is_told_in_our_words(client: Any, history: Any) -> None:
    failed = (
        history()
        .state("Set Defaults")
        .enter("Read Input", "Pass", [1])
        .add("ExecutionFailed", error="States.IntrinsicFailure", cause="States.JsonMerge($.defaults, ...")
    )

    assert str(failure(client, failed)) == (
        'movies-main failed at "Read Input": States.IntrinsicFailure: the input of an execution must be a JSON object, '
        'such as {} or {"train": "auto"}. Fix the cause, then run it again: it resumes where it stopped.'
    )


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
