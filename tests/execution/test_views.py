"""Watching an execution in the background."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from fakes.watched_runs import RUN, Seen, until
from personalize_sfn.display import Picture, Run, markup
from personalize_sfn.display.steps import Plan
from personalize_sfn.execution import Execution, views
from personalize_sfn.execution.status import Outlook, Status
from personalize_sfn.execution.views import Terminal, shown_in, view_for_here, view_on
from personalize_sfn.execution.watch import Watch


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
    assert "movies-main: running" in cell[1]._repr_html_()
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
    assert f"<div>{markup.stacked(*seen[-3:-1])}{markup.stacked(seen[-1])}</div>" == cell[-1]._repr_html_()


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

    assert isinstance(cell[-1], Picture)
    assert "Stopped watching; the execution continues" in cell[-1]._repr_html_()
    assert "data:image/svg+xml" in cell[-1]._repr_html_()


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
    outlook = Outlook(Plan(("Schema", "Campaign")), "", "https://console.invalid")
    view.show(Status(running.snapshot(), outlook, again="type this"), Seen)

    def text() -> list[str]:
        console = Console(file=io.StringIO(), width=200)
        console.print(view._renderable())
        return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]

    shown = text()
    view.leave(Status(running.snapshot(), note="Stopped watching; the execution continues"), Seen)
    assert shown[0].startswith("▶ movies-main: running · ")
    assert shown[1] == "step 1 of 2: Schema"
    assert [line.split()[:2] for line in shown[3:4]] == [["○", "Campaign"]]
    assert shown[4:] == ["https://console.invalid", "type this"]
    assert text()[-1] == "Stopped watching; the execution continues"


def test_what_waits_for_a_run_shows_it_in_the_views_of_a_watch_and_asks_once_what_lies_ahead(
    running: Execution, client: Any
) -> None:
    seen = Seen()
    with shown_in(seen, client) as progress:
        running.wait(poll=0, progress=progress)

    assert [status.run.status for status in seen.statuses][-2:] == ["SUCCEEDED"] * 2  # the last look, and leaving
    assert seen.statuses[0].outlook.plan.steps == ("Schema", "Campaign")
    assert len({id(status.outlook) for status in seen.statuses}) == 1
    assert not any(status.again for status in seen.statuses)  # who waits says that itself


def test_a_wait_that_is_interrupted_leaves_the_last_look_in_the_view(running: Execution, client: Any) -> None:
    seen = Seen()

    def interrupted(_: Run) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), shown_in(seen, client) as progress:
        running.wait(progress=lambda run: (progress(run), interrupted(run)))
    assert [status.run.status for status in seen.statuses] == ["RUNNING"] * 2


def test_where_nothing_is_started_nothing_is_shown(client: Any) -> None:
    seen = Seen()
    with shown_in(seen, client):
        pass
    assert seen.statuses == []


def test_why_a_run_failed_is_left_to_the_error_that_the_wait_raises(client: Any) -> None:
    console = Console(file=io.StringIO(), width=20)
    with shown_in(view_on(console), client) as progress:
        progress(Run(RUN, "FAILED", error="Broken", cause="the data"))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines == ["✕ movies-main: failed · 0.0 s"]


def test_no_cause_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(Run(RUN, "FAILED", error="Broken", cause="\x1b[2J\nthe data"))
    views.Lines().leave(status, Seen)
    (line,) = capsys.readouterr().out.splitlines()
    assert line == "✕ movies-main: failed · 0.0 s · Broken: \N{REPLACEMENT CHARACTER}[2J the data"


def test_a_run_that_succeeded_has_no_steps_to_come() -> None:
    console = Console(file=io.StringIO(), width=80)
    view = Terminal(console)
    steps = Outlook(Plan(("Campaign", "Filter")))
    for status in ("SUCCEEDED", "FAILED"):
        view.show(Status(Run(RUN, status), steps), Seen)
        with console.capture() as captured:
            console.print(view._renderable())
        assert ("Filter" in captured.get()) == (status == "FAILED")
    view.leave(Status(Run(RUN, "FAILED")), Seen)
