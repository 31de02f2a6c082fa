"""Tests of ``execution.watch``."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from fakes.watched_runs import RUN, Seen, error, until
from personalize_sfn.execution import Execution
from personalize_sfn.execution.watch import Watch


def test_it_is_live_until_the_execution_ends_and_then_shows_how_it_ended(running: Execution) -> None:
    view = Seen()
    watch = Watch(running, view, poll=0.001)
    watch.join(10)
    assert not watch.is_live
    assert watch.error is None
    assert view.statuses[0].run.status == "RUNNING"
    assert view.statuses[-1].run.status == "SUCCEEDED"
    assert "Create Campaign" in view.pictures[-1].text


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


def test_a_wait_returns_when_the_live_watch_shows_the_end_so_that_saved_notebooks_keep_it(
    running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = Seen()
    monkeypatch.setattr("personalize_sfn.execution.watch.view_for_here", lambda: view)
    watch = running.watch(poll=3600)
    until(lambda: view.statuses)
    assert view.statuses[-1].run.status == "RUNNING"

    running.wait(poll=0)

    assert view.statuses[-1].run.status == "SUCCEEDED"
    assert not watch.is_live
