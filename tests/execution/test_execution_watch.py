"""Watching an execution in the background."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.display import Picture, Run
from personalize_sfn.execution import Execution
from personalize_sfn.execution.watching import Draw, Watch, status_line, view_for_here

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main"
RUN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"


class Seen:
    """A view that remembers."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.pictures: list[Picture] = []
        self.lines: list[str] = []

    def show(self, run: Run, line: str, draw: Draw) -> None:
        self.statuses.append(run.status)
        self.lines.append(line)
        self.pictures.append(draw())


@pytest.fixture
def running(client: Any, history: Any) -> Execution:
    """An execution of two states of which each look shows two more events."""
    told = history().state("Create Schema", "Task").state("Create Campaign", "Task").add("ExecutionSucceeded")
    client.histories[RUN] = told
    states = {"Create Schema": {"Type": "Task", "Next": "Create Campaign"}, "Create Campaign": {"Type": "Task"}}
    client.machines[MACHINE] = {"definition": json.dumps({"StartAt": "Create Schema", "States": states})}
    client._step = 2
    client.list_executions = lambda **_: {"executions": []}
    return Execution.attach(RUN, client)


def test_it_is_live_until_the_execution_ends_and_then_shows_how_it_ended(running: Execution) -> None:
    view = Seen()
    watch = Watch(running, view, poll=0.001)
    watch.join(10)
    assert not watch.is_live
    assert watch.error is None
    assert view.statuses[0] == "RUNNING"
    assert view.statuses[-1] == "SUCCEEDED"
    assert "Create Campaign" in view.pictures[-1].text


def test_stopping_it_leaves_the_execution_running(running: Execution) -> None:
    watch = Watch(running, Seen(), poll=3600)
    watch.stop()
    assert not watch.is_live
    assert not hasattr(running.client, "stop_execution")


def test_a_throttled_look_is_tried_again_and_another_error_is_kept(running: Execution) -> None:
    def error(code: str) -> ClientError:
        return ClientError({"Error": {"Code": code, "Message": code}}, "GetExecutionHistory")

    running.client.failures = [error("ThrottlingException"), error("AccessDeniedException")]
    watch = Watch(running, Seen(), poll=0.001)
    watch.join(10)
    assert "AccessDeniedException" in str(watch.error)


def test_the_line_says_what_goes_on_how_long_such_runs_take_and_how_to_come_back(running: Execution) -> None:
    run = running.run()
    line = status_line(run, RUN, "usually 2 min 00 s", now=run.began + timedelta(seconds=90))
    assert line.startswith("\u25b6 movies-main: running · 1 min 30 s")
    assert "now Schema" in line
    assert "usually 2 min 00 s" in line
    assert f"Execution.attach('{RUN}')" in line
    assert "%" not in line


def test_where_nobody_looks_it_is_one_line_a_change(running: Execution, capsys: pytest.CaptureFixture[str]) -> None:
    running.watch(poll=0.001).join(10)
    printed = capsys.readouterr().out.splitlines()
    assert "✓ Campaign: succeeded" in printed
    assert len(printed) == len(set(printed))
    assert printed[-1].startswith("✓ movies-main: succeeded")


def test_in_a_notebook_it_is_a_widget_and_in_the_end_the_picture(
    running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    handle = SimpleNamespace(update=shown.append)
    display = SimpleNamespace(display=lambda first, display_id: (shown.append(first), handle)[1])
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=display))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    watch = Watch(running, view_for_here(), poll=0.001)
    watch.join(10)
    assert watch.error is None
    assert "running" in shown[1].html
    assert isinstance(shown[-1], Picture)
