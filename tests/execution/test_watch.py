"""Watching an execution in the background."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console

from personalize_sfn.display import Html, Picture, Run
from personalize_sfn.execution import Execution, views
from personalize_sfn.execution.status import Outlook, Status, console_url, outlook_of
from personalize_sfn.execution.views import Draw, Terminal, view_for_here
from personalize_sfn.execution.watch import Watch

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main"
RUN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"


class Seen:
    """A view that remembers."""

    def __init__(self) -> None:
        self.statuses: list[Status] = []
        self.pictures: list[Picture] = []

    def show(self, status: Status, draw: Draw) -> None:
        self.statuses.append(status)
        self.pictures.append(draw())

    leave = show


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
    assert view.statuses[0].run.status == "RUNNING"
    assert view.statuses[-1].run.status == "SUCCEEDED"
    assert "Create Campaign" in view.pictures[-1].text


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def watched(running: Execution) -> tuple[Watch, Seen]:
    """A watch that has looked once, and will not again for an hour."""
    view = Seen()
    watch = Watch(running, view, poll=3600)
    until(lambda: view.statuses)
    return watch, view


def test_stopping_it_leaves_the_execution_running_and_says_so(running: Execution) -> None:
    watch, view = watched(running)
    watch.stop()

    assert not watch.is_live
    assert not hasattr(running.client, "stop_execution")
    assert view.statuses[-1].note == "Stopped watching; the execution continues"
    assert (
        view.statuses[-1]
        .line()
        .endswith(f"with Execution.attach('{RUN}', session=session) · Stopped watching; the execution continues")
    )


def test_interrupting_the_wait_for_its_end_stops_it_and_says_that_the_execution_goes_on(
    running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, view = watched(running)
    join = watch._thread.join

    def interrupted(timeout: float | None = None) -> None:
        monkeypatch.setattr(watch._thread, "join", join)
        raise KeyboardInterrupt

    monkeypatch.setattr(watch._thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        watch.join()

    assert not watch.is_live
    assert view.statuses[-1].note == "Stopped watching; the execution continues"


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "GetExecutionHistory")


def test_a_look_that_is_throttled_or_finds_no_connection_is_tried_again_and_said(running: Execution) -> None:
    view = Seen()
    unreachable = EndpointConnectionError(endpoint_url="https://states.us-east-1.amazonaws.com")
    read = running.client.get_execution_history

    def fail_once(**request: Any) -> Any:
        if view.statuses and not running.client.failures and len(said := view.statuses) == 1:
            running.client.failures = [error("ThrottlingException"), unreachable]
            assert said[0].note == ""
        return read(**request)

    running.client.get_execution_history = fail_once
    watch = Watch(running, view, poll=0.001)
    watch.join(10)

    assert watch.error is None
    assert [status.note.partition(":")[0] for status in view.statuses if status.note] == [
        "The service did not answer, trying again"
    ] * 2
    assert view.statuses[-1].run.status == "SUCCEEDED"
    assert view.statuses[-1].note == ""


def test_another_error_ends_it_and_is_kept_and_shown(running: Execution) -> None:
    view = Seen()
    read = running.client.get_execution_history

    def refuse_the_second(**request: Any) -> Any:
        if view.statuses:
            raise error("AccessDeniedException")
        return read(**request)

    running.client.get_execution_history = refuse_the_second
    watch = Watch(running, view, poll=0.001)
    watch.join(10)

    assert "AccessDeniedException" in str(watch.error)
    assert view.statuses[-1].note.startswith(
        "The watch ended, the execution continues: An error occurred (AccessDenied"
    )


def test_the_status_says_which_step_of_how_many_how_long_such_runs_take_and_how_to_come_back(
    running: Execution,
) -> None:
    run = running.snapshot()
    assert run.began is not None
    outlook = Outlook(("Schema", "Dataset", "Campaign"), "the last 2 runs took 2 min 00 s to 3 min 00 s")
    status = Status(run, outlook, run.began + timedelta(seconds=80))
    line = status.line(run.began + timedelta(seconds=90))

    assert line.startswith("▶ movies-main: running · 1 min 30 s · step 1 of 3: Schema · the last 2 runs took 2 min")
    assert "last checked " in line
    assert f"Execution.attach('{RUN}', session=session)" in line
    assert "%" not in line
    assert f"<code>Execution.attach(&#x27;{RUN}&#x27;, session=session)</code>" in status.html()
    assert "console" not in status.html()


def test_polls_of_what_goes_on_are_counted(running: Execution, client: Any, history: Any) -> None:
    client._step = 1000
    client.histories[RUN] = history().state("Create Campaign", "Task").state("Wait for Campaign", "Wait")
    client.histories[RUN].enter("Check Campaign", "Task")

    assert Status(running.snapshot(), Outlook(("Schema", "Campaign"))).facts() == ["step 2 of 2: Campaign (1 poll)"]


def test_the_status_of_a_run_that_failed_says_why_and_no_more(running: Execution) -> None:
    run = Run(RUN, "TIMED_OUT", error="Broken", cause='{"errorMessage": "out of luck", "errorType": "Broken"}')

    assert Status(run, Outlook(("Schema",), "typically long")).line() == (
        "✕ movies-main: timed out · 0.0 s · Broken: out of luck"
    )


def test_what_lies_ahead_is_read_from_the_definitions_and_the_last_runs(running: Execution) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    took = [timedelta(minutes=80), timedelta(minutes=55)]
    listed = [{"startDate": began, "stopDate": began + each} for each in took]
    running.client.list_executions = lambda **_: {"executions": listed}

    assert outlook_of(running) == Outlook(("Schema", "Campaign"), "the last 2 runs took 55 min 00 s to 1 h 20 min", "")


def test_on_aws_the_definitions_say_how_long_a_first_run_takes_and_there_is_a_console(running: Execution) -> None:
    running.client.meta.endpoint_url = "https://states.us-east-1.amazonaws.com"
    check = {"Type": "Task", "Parameters": {"Payload": {"typicalSeconds": 3360}}, "End": True}
    definition = json.dumps({"StartAt": "Check Campaign", "States": {"Check Campaign": check}})
    running.client.machines[MACHINE] = {"definition": definition}

    outlook = outlook_of(running)

    assert outlook.steps == ("Campaign",)
    assert outlook.typical == "such a run typically takes 56 min 00 s"
    assert f'<a href="{outlook.console_url}" target="_blank"' in Status(running.snapshot(), outlook).html()


@pytest.mark.parametrize(
    ("partition", "region", "begins"),
    [
        ("aws", "us-east-1", "https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/"),
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/"),
        ("aws-iso", "us-iso-east-1", ""),
    ],
)
def test_the_console_is_that_of_the_partition(partition: str, region: str, begins: str) -> None:
    url = console_url(f"arn:{partition}:states:{region}:123456789012:execution:movies-main:run")

    assert url.startswith(begins)
    assert bool(url) == bool(begins)


def test_what_may_not_be_read_is_left_out(running: Execution) -> None:
    def refuse(**_: Any) -> Any:
        raise error("AccessDeniedException")

    for name in ("describe_state_machine_for_execution", "list_executions"):
        setattr(running.client, name, refuse)

    assert outlook_of(running) == Outlook()


def test_where_nobody_looks_it_is_one_line_a_change(running: Execution, capsys: pytest.CaptureFixture[str]) -> None:
    running.watch(poll=0.001).join(10)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("▶ movies-main: running · ")
    assert f"pick it up elsewhere with Execution.attach('{RUN}', session=session)" in printed[0]
    assert [line for line in printed[1:-1] if "Campaign" in line][-1] == "✓ Campaign: succeeded · 1.0 s"
    assert len(printed) == len(set(printed))
    assert printed[-1].startswith("✓ movies-main: succeeded")


def test_where_nobody_looks_it_says_once_how_to_come_back_also_before_the_first_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = views.Lines()
    for _ in range(3):
        view.show(Status(Run(RUN)), Seen)

    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a notebook's cell shows, one value after the other."""
    shown: list[Any] = []
    handle = SimpleNamespace(update=shown.append)
    display = SimpleNamespace(display=lambda first, display_id: (shown.append(first), handle)[1])
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=display))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return shown


def test_in_a_notebook_without_widgets_its_output_is_replaced(
    running: Execution, cell: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    watch = Watch(running, view_for_here(), poll=0.001)
    watch.join(10)

    assert watch.error is None
    assert "running" in cell[1].html
    assert isinstance(cell[-1], Picture)
    assert "<b>✓ movies-main: succeeded" in cell[-1]._repr_html_()


def test_in_a_notebook_it_is_a_widget_that_a_static_picture_replaces_in_the_end(
    running: Execution, cell: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_SOONEST", 0.0)
    seen: list[str] = []

    class Field:
        def __setattr__(self, name: str, value: str) -> None:
            seen.append(value)
            super().__setattr__(name, value)

    box = SimpleNamespace(children=())
    monkeypatch.setitem(sys.modules, "ipywidgets", SimpleNamespace(HTML=Field, VBox=lambda children: box))
    watch = Watch(running, view_for_here(), poll=0.001)
    watch.join(10)

    assert watch.error is None
    assert cell[0] is box
    assert [type(value) for value in cell[1:]] == [Picture]
    assert any("<b>▶ movies-main: running" in value for value in seen)
    # What a page shows that was reloaded, and so has only the widgets.
    assert seen[-1] == cell[-1]._repr_html_()


def test_in_a_notebook_a_picture_is_drawn_when_something_has_happened_and_the_clock_goes_on(
    running: Execution, cell: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr(views, "_SOONEST", 0.0)
    view, run, drawn = view_for_here(), running.snapshot(), []

    def draw() -> Picture:
        drawn.append(1)
        return Picture("", "")

    for _ in range(3):
        view.show(Status(run), draw)
    assert len(drawn) == 1
    view.show(Status(running.snapshot()), draw)
    assert len(drawn) == 2


def test_stopped_in_a_notebook_it_leaves_a_static_picture_that_says_so(running: Execution, cell: list[Any]) -> None:
    watch = Watch(running, view_for_here(), poll=3600)
    until(lambda: len(cell) > 1 or not watch.is_live or watch._status)
    watch.stop()

    assert isinstance(cell[-1], Html)
    assert "Stopped watching; the execution continues" in cell[-1].html
    assert "data:image/svg+xml" in cell[-1].html


def test_it_shows_nothing_more_as_the_last_value_of_a_cell(running: Execution) -> None:
    watch = Watch(running, Seen(), poll=0.001)
    assert watch._ipython_display_() is None  # type: ignore[func-returns-value]
    watch.join(10)


def test_in_a_terminal_it_is_a_table_with_the_steps_to_come_and_the_clock_goes_on(
    running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    view = view_for_here()
    assert isinstance(view, Terminal)
    view.show(Status(running.snapshot(), Outlook(("Schema", "Campaign"), "", "https://console.invalid")), Seen)

    def text() -> list[str]:
        console = Console(file=io.StringIO(), width=200)
        console.print(view._renderable())
        return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]

    shown = text()
    view.leave(Status(running.snapshot(), note="Stopped watching; the execution continues"), Seen)
    assert shown[0].startswith("▶ movies-main: running · ")
    assert shown[1] == "step 1 of 2: Schema"
    assert [line.split()[:2] for line in shown[3:4]] == [["○", "Campaign"]]
    assert shown[4:] == ["https://console.invalid", f"Execution.attach('{RUN}', session=session)"]
    assert text()[-1] == "Stopped watching; the execution continues"
