"""Tests of ``execution.history_reader``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from personalize_sfn.execution import Execution
from personalize_sfn.execution.history_reader import back_off, poll_of

MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:run"


def attached(client: Any, history: Any) -> Execution:
    client.histories[MAIN] = history
    return Execution.attach(MAIN, client)


def throttling() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "GetExecutionHistory")


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


def test_a_throttled_look_is_retried(client: Any, history: Any) -> None:
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
def test_a_transient_error_is_retried_and_does_not_end_the_wait(client: Any, history: Any, error: Exception) -> None:
    execution = attached(client, history().add("ExecutionSucceeded"))
    client.failures = [error, error, error]

    assert execution.wait(poll=0) is execution


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


def test_polls_are_short_on_the_embedded_aws_and_grow_on_aws(make_client: Callable[..., Any]) -> None:
    local = poll_of(make_client())
    aws = poll_of(make_client(endpoint_url="https://states.us-east-1.amazonaws.com"))

    assert [local(0), local(60)] == [0.05, 0.2]
    assert [aws(0), aws(119), aws(120), aws(600)] == [10, 10, 30, 60]


def test_retry_of_throttling_backs_off_to_two_minutes_at_most() -> None:
    assert [back_off(10, factor) for factor in (1, 2, 4, 100)] == [10, 20, 40, 120]
