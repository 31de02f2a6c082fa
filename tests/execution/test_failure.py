"""Which stage is to blame: in parallel branches, when a time limit ends a child, and when somebody stops a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.failed_runs import CHILD, TRAINING, failure


def raised_by(message: str, error: str) -> str:
    return json.dumps({"errorMessage": message, "errorType": error, "stackTrace": []})


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
