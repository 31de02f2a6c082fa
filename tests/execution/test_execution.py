"""Waiting for executions, and what they tell when they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from personalize_sfn import sdk
from personalize_sfn.display import Run
from personalize_sfn.errors import SessionError, WorkflowError
from personalize_sfn.execution import Execution, history_reader
from personalize_sfn.execution.history_reader import back_off, poll_of

MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:run"


def attached(client: Any, history: Any) -> Execution:
    client.histories[MAIN] = history
    return Execution.attach(MAIN, client)


def throttling() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "GetExecutionHistory")


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


def test_only_new_events_are_fetched(make_client: Any, history: Any) -> None:
    client = make_client(step=1200)
    long = history()
    for number in range(1500):
        long.state(f"S{number}")
    execution = attached(client, long.add("ExecutionSucceeded", output="{}"))

    execution.wait(poll=0)

    # 3002 events; each page holds 1000; a page may bring some that are known already, never whole pages of them.
    assert len(execution.snapshot().spans) == 1500
    assert sum(client.sent) < 3002 + 3 * 1000
    assert [request["reverseOrder"] for request in client.named("get_execution_history")[:3]] == [False, False, True]


def test_a_failure_names_stage_resource_reason_and_what_to_do(client: Any, history: Any) -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/movies-campaign"
    failed = (
        history()
        .state("Check Campaign", "Task")
        .enter("Campaign Failed", "Fail", {"campaign": {"campaignArn": arn}})
        .add("ExecutionFailed", error="CampaignFailed", cause="not enough capacity")
    )

    with pytest.raises(WorkflowError) as raised:
        attached(client, failed).wait(poll=0)

    assert str(raised.value) == (
        'movies-main failed at "Check Campaign" (campaign/movies-campaign): CampaignFailed: not enough capacity. '
        "Fix the cause, then run it again: it resumes where it stopped."
    )
    assert raised.value.error == "CampaignFailed"
    assert raised.value.stage == "movies-main: Check Campaign"
    assert raised.value.status == "FAILED"


def test_a_failures_sentence_names_its_resource_once_and_without_the_account(client: Any, history: Any) -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/movies-campaign"
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
        'movies-main failed at "Check Campaign": CampaignFailed: campaign/movies-campaign is CREATE FAILED: '
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


def test_a_throttled_look_is_tried_again(client: Any, history: Any) -> None:
    execution = attached(client, history().add("ExecutionSucceeded"))
    client.failures = [throttling(), throttling()]

    execution.wait(poll=0)

    assert len(client.named("get_execution_history")) == 3


def service_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetExecutionHistory")


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://states.us-east-1.amazonaws.com"),
        ConnectTimeoutError(endpoint_url="https://states.us-east-1.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://states.us-east-1.amazonaws.com"),
        ConnectionClosedError(endpoint_url="https://states.us-east-1.amazonaws.com"),
        ProxyConnectionError(proxy_url="http://proxy"),
        ResponseParserError("<html>502</html>"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        service_error("InternalFailure", 500),
        service_error("503", 503),
        service_error("ServiceUnavailable"),
        throttling(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_that_may_pass_does_not_end_the_wait(client: Any, history: Any, error: Exception) -> None:
    execution = attached(client, history().add("ExecutionSucceeded"))
    client.failures = [error, error, error]

    assert execution.wait(poll=0) is execution


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


def test_events_are_all_there_beyond_a_hundred_and_beyond_a_page(client: Any, history: Any) -> None:
    long = history()
    for number in range(600):
        long.state(f"S{number}")
    client._step = 10_000
    execution = attached(client, long)

    assert [event["id"] for event in execution.list_events()] == list(range(1, 1202))
    assert len(execution.list_events(max_items=7)) == 7
    assert execution.list_events(reverse_order=True)[0]["id"] == 1201


def test_events_as_a_table_survive_details_that_are_no_text(client: Any, history: Any) -> None:
    events = history().enter("A")
    events.events[-1]["stateEnteredEventDetails"]["inputDetails"] = {"truncated": False}

    assert "inputDetails" in attached(client, events).list_events(html=True)._repr_html_()


def test_children_are_the_executions_that_it_started(client: Any, history: Any) -> None:
    client.histories[CHILD] = history()

    children = attached(client, history().enter("Run").starts(CHILD)).children()

    assert [child.execution_arn for child in children] == [CHILD]
    assert children[0].status == "RUNNING"


def test_attaching_to_no_execution_says_so(client: Any) -> None:
    with pytest.raises(WorkflowError, match="there is no execution"):
        Execution.attach(MAIN, client)


def test_without_a_client_or_session_nothing_is_called() -> None:
    with pytest.raises(SessionError, match="say which AWS is meant"):
        Execution.attach(MAIN)


def test_polls_are_short_on_the_embedded_aws_and_grow_on_aws(make_client: Callable[..., Any]) -> None:
    local = poll_of(make_client())
    aws = poll_of(make_client(endpoint_url="https://states.us-east-1.amazonaws.com"))

    assert [local(0), local(60)] == [0.05, 0.2]
    assert [aws(0), aws(119), aws(120), aws(600)] == [10, 10, 30, 60]


def test_throttling_backs_off_to_two_minutes_at_most() -> None:
    assert [back_off(10, factor) for factor in (1, 2, 4, 100)] == [10, 20, 40, 120]
