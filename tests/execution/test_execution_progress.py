"""Progress of an execution as a picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.execution import Execution

MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:run"


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetExecutionHistory")


@pytest.fixture
def started(client: Any, history: Any) -> Callable[..., Execution]:
    """An execution that starts another, and ends as it is told."""

    def start(*, child: Any, **end: str) -> Execution:
        states = {"Run Campaign Workflow": {"Type": "Task", "End": True}}
        told = {"name": "", "definition": json.dumps({"StartAt": "Run Campaign Workflow", "States": states})}
        client.machines = {
            arn.replace(":execution:", ":stateMachine:").rsplit(":", 1)[0]: told for arn in (MAIN, CHILD)
        }
        client.histories[MAIN] = history().enter("Run Campaign Workflow").starts(CHILD)
        if end:
            client.histories[MAIN].add("ExecutionFailed", **end)
        if child is not None:
            client.histories[CHILD] = child
        return Execution(None, MAIN, client=client)

    return start


def test_it_says_how_it_stands_and_why_above_the_picture(started: Any, history: Any) -> None:
    picture = started(child=history().add("ExecutionFailed"), error="Broken", cause="why").render_progress()

    assert "<b>✕ movies-main: failed" in picture._repr_html_()
    assert ">Broken: why</div>" in picture._repr_html_()
    assert f"<code>{MAIN}</code>" in picture._repr_html_()


def test_an_execution_that_it_started_is_below_it_with_its_own_error(started: Any, history: Any) -> None:
    failed = history().add("ExecutionFailed", error="CampaignFailed", cause="out of luck")

    html = started(child=failed, error="Broken", cause="why").render_progress()._repr_html_()

    assert html.count("<details open") == 1
    assert "<b>✕ movies-campaign: failed · 1.0 s</b><br>CampaignFailed: out of luck</summary>" in html
    assert f"<code>{CHILD}</code>" in html


@pytest.mark.parametrize("code", ["AccessDeniedException", "ExecutionDoesNotExist"])
def test_one_that_cannot_be_read_is_named_by_its_arn(client: Any, started: Any, code: str) -> None:
    execution = started(child=None)
    read = client.get_execution_history

    def refuse(**request: Any) -> Any:
        if request["executionArn"] == CHILD:
            raise refused(code, "not for you")
        return read(**request)

    client.get_execution_history = refuse
    picture = execution.render_progress()

    assert [(part.title, part.arn, part.svg) for part in picture.parts] == [
        ("? movies-campaign: cannot be read", CHILD, "")
    ]
    assert f"<code>{CHILD}</code>" in picture._repr_html_()
    assert CHILD in str(picture)


def test_a_throttled_look_at_one_is_told(client: Any, started: Any) -> None:
    execution = started(child=None)
    read = client.get_execution_history

    def refuse(**request: Any) -> Any:
        if request["executionArn"] == CHILD:
            raise refused("ThrottlingException", "Rate exceeded")
        return read(**request)

    client.get_execution_history = refuse
    with pytest.raises(ClientError, match="Rate exceeded"):
        execution.render_progress()


def test_where_no_html_shows_it_is_a_tree_of_text(started: Any, history: Any) -> None:
    shown = started(child=history())._repr_mimebundle_()

    assert "▶ movies-main: running" in shown["text/plain"]
    assert f"\n      {CHILD}\n" in shown["text/plain"]
    assert shown["text/html"].startswith("<div>")
