"""Solutions run side by side, and one that fails is caught: the error still tells where and why it failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakes.failed_runs import TRAINING, VERSION, failure

OF_SIMILAR = "arn:aws:states:us-east-1:123456789012:execution:movies-solution:similar-5f"
OF_POPULAR = "arn:aws:states:us-east-1:123456789012:execution:movies-solution:popular-5f"
CAUSE = (
    "1 of 2 solutions failed. similar: SolutionVersionFailed: movies-solution: it is CREATE FAILED: too few users. "
    "It has no campaign. Fix the cause, then run it again: finished steps are not repeated."
)


def main_with_solutions(history: Any, tasks: Mapping[str, Mapping[str, str]], cause: str) -> Any:
    """main that ran one task for each execution that it started, or tried to; each ends as ``tasks`` say."""
    main = history().enter("Train and Serve Each Solution", "Map").add("MapStateStarted", length=len(tasks))
    for started, end in tasks.items():
        main.add("MapIterationStarted", previous=3).enter("Run Solution Workflow").add("TaskScheduled")
        if started.startswith("arn:"):
            main.add("TaskSubmitted", output=json.dumps({"ExecutionArn": started}))
        if end:
            main.add("TaskTimedOut" if end["error"] == "States.Timeout" else "TaskFailed", **end)
            main.leave("Run Solution Workflow").state("Solution Failed")
        else:
            main.add("TaskSucceeded").leave("Run Solution Workflow").state("Solution Is Done")
        main.add("MapIterationSucceeded")
    return (
        main.add("MapStateSucceeded")
        .leave("Train and Serve Each Solution", "Map")
        .state("Report Solutions", "Task")
        .state("Did Every Solution Succeed?", "Choice")
        .enter("Solutions Failed", "Fail")
        .add("ExecutionFailed", error="SolutionsFailed", cause=cause)
    )


def of_child(arn: str, **description: str) -> dict[str, str]:
    """How a task ends whose execution has failed."""
    return {"error": "States.TaskFailed", "cause": json.dumps({"ExecutionArn": arn, "Status": "FAILED", **description})}


def failed_training(history: Any) -> Any:
    return (
        history()
        .state("Check Solution Version", "Task")
        .state("Is Solution Version Active?", "Choice")
        .enter("Solution Version Failed", "Fail", TRAINING)
        .add("ExecutionFailed", error="SolutionVersionFailed", cause="it is CREATE FAILED: too few users")
    )


def test_of_one_solution_that_failed_all_is_told_as_if_it_were_the_only_one(client: Any, history: Any) -> None:
    client.histories[OF_SIMILAR] = failed_training(history)
    client.histories[OF_POPULAR] = history().state("Create Solution", "Task").add("ExecutionSucceeded", output="{}")
    ends = {OF_SIMILAR: of_child(OF_SIMILAR, Error="SolutionVersionFailed"), OF_POPULAR: {}}

    error = failure(client, main_with_solutions(history, ends, CAUSE))

    assert str(error) == (
        f'movies-solution failed at "Check Solution Version" ({VERSION.split(":", 5)[-1]}): SolutionVersionFailed: '
        "it is CREATE FAILED: too few users. Fix the cause, then run it again: it resumes where it stopped."
    )
    assert (error.error, error.cause) == ("SolutionVersionFailed", "it is CREATE FAILED: too few users")
    assert (error.stage, error.arn) == ("movies-solution: Check Solution Version", OF_SIMILAR)


def test_of_several_that_failed_each_is_named_with_its_reason_by_mains_cause(client: Any, history: Any) -> None:
    client.histories[OF_SIMILAR] = client.histories[OF_POPULAR] = failed_training(history)
    ends = {arn: of_child(arn, Error="SolutionVersionFailed") for arn in (OF_SIMILAR, OF_POPULAR)}
    cause = (
        "2 of 2 solutions failed. similar: SolutionVersionFailed: too few users. It has no campaign. popular: "
        "SolutionVersionFailed: too few users. Campaign movies-popular goes on serving solution/movies-popular/1. "
        "Fix the cause, then run it again: finished steps are not repeated."
    )

    error = failure(client, main_with_solutions(history, ends, cause))

    assert str(error) == f'movies-main failed at "Train and Serve Each Solution": SolutionsFailed: {cause}'
    assert (error.error, error.cause) == ("SolutionsFailed", cause)
    assert error.stage == "movies-main: Train and Serve Each Solution"


def test_a_solution_that_could_not_be_started_is_told_by_what_the_service_said(client: Any, history: Any) -> None:
    refused = {"error": "StepFunctions.AccessDeniedException", "cause": "not authorized to start movies-solution"}

    error = failure(client, main_with_solutions(history, {"refused": refused}, CAUSE))

    assert str(error).startswith(
        'movies-main failed at "Run Solution Workflow": StepFunctions.AccessDeniedException: '
        "not authorized to start movies-solution."
    )


def test_a_solution_that_mains_limit_ended_is_named_with_the_state_it_was_in(client: Any, history: Any) -> None:
    client.histories[OF_SIMILAR] = history().enter("Wait for Solution Version", "Wait").add("ExecutionAborted")

    ends = {OF_SIMILAR: {"error": "States.Timeout"}}
    error = failure(client, main_with_solutions(history, ends, CAUSE))

    assert str(error).startswith(
        'movies-solution ran out of time at "Wait for Solution Version": States.Timeout: the time limit that '
        "movies-main gives it was over."
    )


def test_the_cause_of_main_is_told_where_no_state_that_failed_is_known(client: Any, history: Any) -> None:
    failed = history().enter("Solutions Failed", "Fail").add("ExecutionFailed", error="SolutionsFailed", cause=CAUSE)

    assert str(failure(client, failed)) == f'movies-main failed at "Solutions Failed": SolutionsFailed: {CAUSE}'
