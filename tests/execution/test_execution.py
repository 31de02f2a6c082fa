"""Waiting for executions, and what they tell when they fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from personalize_sfn import sdk
from personalize_sfn.display import Run
from personalize_sfn.errors import SessionError, WorkflowError
from personalize_sfn.execution import Execution, history_reader

MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:run"


def attached(client: Any, history: Any) -> Execution:
    client.histories[MAIN] = history
    return Execution.attach(MAIN, client)


def test_an_execution_is_the_sdks(client: Any, history: Any) -> None:
    assert isinstance(attached(client, history()), sdk.Execution)


def test_wait_returns_the_execution_when_it_has_succeeded(client: Any, history: Any) -> None:
    execution = attached(client, history().state("A").add("ExecutionSucceeded", output="{}"))

    assert execution.wait(poll=0) is execution
    assert execution.status == "SUCCEEDED"


def test_wait_tells_its_progress_after_each_look(make_client: Any, history: Any) -> None:
    client = make_client(step=2)
    execution = attached(client, history().state("A").state("B").add("ExecutionSucceeded", output="{}"))
    seen: list[Run] = []

    execution.wait(poll=0, progress=seen.append)

    assert [[span.name for span in run.spans] for run in seen] == [["A"], ["A", "B"], ["A", "B"]]
    assert [run.status for run in seen] == ["RUNNING", "RUNNING", "SUCCEEDED"]


def test_run_is_the_deprecated_name_of_snapshot(make_client: Any, history: Any) -> None:
    execution = attached(make_client(), history().state("A").add("ExecutionSucceeded", output="{}"))

    with pytest.warns(DeprecationWarning, match=r"Execution\.run\(\) is now called Execution\.snapshot\(\)"):
        assert execution.run() is execution.snapshot()


def test_a_snapshot_works_out_its_stages_once(make_client: Any, history: Any) -> None:
    done = attached(make_client(), history().state("A", "Task").add("ExecutionSucceeded", output="{}")).snapshot()

    assert [stage.label for stage in done.stages] == ["A"]
    assert done.stages is done.stages


def test_the_events_of_a_look_are_read_once(make_client: Any, history: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read, times = history_reader.read, []
    monkeypatch.setattr(history_reader, "read", lambda *given: times.append(1) or read(*given))

    attached(make_client(), history().state("A").add("ExecutionSucceeded", output="{}")).snapshot()

    assert len(times) == 1


def test_a_failure_names_stage_resource_reason_and_what_to_do(client: Any, history: Any) -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/movies-for-you"
    failed = (
        history()
        .state("Check Campaign", "Task")
        .enter("Campaign Failed", "Fail", {"campaign": {"campaignArn": arn}})
        .add("ExecutionFailed", error="CampaignFailed", cause="not enough capacity")
    )

    with pytest.raises(WorkflowError) as raised:
        attached(client, failed).wait(poll=0)

    assert str(raised.value) == (
        'movies-main failed at "Check Campaign" (campaign/movies-for-you): CampaignFailed: not enough capacity. '
        "Fix the cause, then run it again: it resumes where it stopped."
    )
    assert raised.value.error == "CampaignFailed"
    assert raised.value.stage == "movies-main: Check Campaign"
    assert raised.value.status == "FAILED"


def test_a_failures_sentence_names_its_resource_once_and_without_the_account(client: Any, history: Any) -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/movies-for-you"
    cause = f"{arn} is CREATE FAILED: not enough capacity"
    failed = (
        history()
        .state("Check Campaign", "Task")
        .enter("Campaign Failed", "Fail", {"campaign": {"campaignArn": arn}})
        .add("ExecutionFailed", error="CampaignFailed", cause=cause)
    )

    with pytest.raises(WorkflowError) as raised:
        attached(client, failed).wait(poll=0)

    assert str(raised.value) == (
        'movies-main failed at "Check Campaign": CampaignFailed: campaign/movies-for-you is CREATE FAILED: '
        "not enough capacity. Fix the cause, then run it again: it resumes where it stopped."
    )
    assert raised.value.cause == cause


def test_a_failure_is_followed_into_the_execution_where_it_began(client: Any, history: Any) -> None:
    lambda_error = json.dumps({"errorMessage": "no such data", "errorType": "InvalidInputError", "stackTrace": []})
    client.histories[CHILD] = (
        history()
        .enter("Create Campaign")
        .add("TaskScheduled")
        .add("TaskFailed", error="InvalidInputError", cause=lambda_error)
        .add("ExecutionFailed", error="InvalidInputError", cause=lambda_error)
    )
    failed = (
        history()
        .enter("Run Campaign Workflow")
        .starts(CHILD)
        .add("TaskFailed", error="States.TaskFailed", cause="{}")
        .leave("Run Campaign Workflow")
        .enter("Sub-Workflow Failed", "Fail")
        .add("ExecutionFailed", error="InvalidInputError", cause="movies-campaign: no such data")
    )

    with pytest.raises(WorkflowError) as raised:
        attached(client, failed).wait(poll=0)

    assert str(raised.value) == (
        'movies-campaign failed at "Create Campaign": InvalidInputError: no such data. '
        "Fix the cause, then run it again: it resumes where it stopped."
    )
    assert raised.value.arn == CHILD


def test_a_cause_that_is_a_nested_executions_description_is_read(client: Any, history: Any) -> None:
    cause = json.dumps({"ExecutionArn": CHILD, "Error": "CampaignFailed", "Cause": "out of luck"})
    failed = history().enter("Run").add("ExecutionFailed", error="States.TaskFailed", cause=cause)

    with pytest.raises(WorkflowError, match=r"CampaignFailed: out of luck\."):
        attached(client, failed).wait(poll=0)


def test_a_stopped_execution_says_who_stopped_it_not_what_its_child_was_doing(client: Any, history: Any) -> None:
    client.histories[CHILD] = history().enter("Create Campaign").add("ExecutionAborted")
    stopped = history().enter("Run Campaign Workflow").starts(CHILD).add("ExecutionAborted", error="Me", cause="enough")

    with pytest.raises(WorkflowError) as raised:
        attached(client, stopped).wait(poll=0)

    assert raised.value.status == "ABORTED"
    assert str(raised.value) == (
        'movies-main was stopped at "Run Campaign Workflow": Me: enough. Run it again: it resumes where it stopped.'
    )


def test_a_failure_without_any_reason_says_so(client: Any, history: Any) -> None:
    with pytest.raises(WorkflowError, match=r"movies-main failed: no reason was given\."):
        attached(client, history().add("ExecutionFailed")).wait(poll=0)


def test_output_is_none_while_it_runs_and_raises_after_a_failure_when_waited_for(client: Any, history: Any) -> None:
    execution = attached(client, history().enter("A"))
    assert execution.get_output() is None

    client.histories[MAIN].add("ExecutionFailed", error="CampaignFailed", cause="why")
    with pytest.raises(WorkflowError, match="CampaignFailed: why"):
        execution.get_output(wait=True)


def test_output_is_parsed(client: Any, history: Any) -> None:
    client.outputs[MAIN] = {"campaignArn": "x"}

    assert attached(client, history().add("ExecutionSucceeded")).get_output(wait=True) == {"campaignArn": "x"}


def test_waiting_longer_than_the_time_limit_says_that_the_execution_goes_on(client: Any, history: Any) -> None:
    with pytest.raises(TimeoutError, match=r"still runs after 0.01 s. It continues"):
        attached(client, history().enter("A")).wait(timeout=0.01, poll=0.02)


def service_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetExecutionHistory")


@pytest.mark.parametrize(
    "error",
    [
        service_error("ExpiredTokenException"),
        service_error("ExpiredToken", 403),
        service_error("UnrecognizedClientException"),
        NoCredentialsError(),
        CredentialRetrievalError(provider="sso", error_msg="expired"),
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="expired"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_expired_keys_end_the_wait_with_how_to_go_on(client: Any, history: Any, error: Exception) -> None:
    execution = attached(client, history())
    client.failures = [error]

    with pytest.raises(SessionError) as raised:
        execution.wait(poll=0)

    assert str(raised.value) == (
        f"AWS no longer takes these credentials: {error}. Execution {MAIN} continues without you: "
        "sign in again (aws sso login, or new keys), then pick it up with "
        f"Execution.attach({MAIN!r}, session=session).wait(), or 'personalize-sfn status --wait {MAIN}'"
    )


def test_another_refusal_is_not_tried_again_and_says_how_to_pick_the_execution_up(client: Any, history: Any) -> None:
    execution = attached(client, history())
    client.failures = [service_error("AccessDeniedException")]

    with pytest.raises(SessionError, match=f"AWS refuses to tell how it stands: .*AccessDenied.* {MAIN} continues"):
        execution.wait(poll=0)


def test_a_server_that_stays_silent_ends_the_wait(client: Any, history: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = attached(client, history())
    client.failures = [service_error("InternalFailure", 500)] * 2
    clock = iter([0.0, 0.0, 0.0, 1.0, 61.0])
    monkeypatch.setattr("personalize_sfn.execution.execution.time.monotonic", lambda: next(clock))

    with pytest.raises(
        SessionError, match=f"AWS has not answered for 61 s: .*Execution {MAIN} continues without you: "
    ):
        execution.wait(poll=0)


def test_an_interrupt_says_how_to_pick_the_execution_up(client: Any, history: Any) -> None:
    def interrupt(_: Run) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        attached(client, history()).wait(progress=interrupt)

    assert raised.value.__notes__ == [f"Stopped watching; the execution continues. Execution.attach({MAIN!r})"]


def test_attaching_to_no_execution_says_so(client: Any) -> None:
    with pytest.raises(WorkflowError, match="there is no execution"):
        Execution.attach(MAIN, client)


def test_without_a_client_or_session_nothing_is_called() -> None:
    with pytest.raises(SessionError, match="say which AWS is meant"):
        Execution.attach(MAIN)
