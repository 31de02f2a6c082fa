"""Watching an execution without waiting for it: a picture that stays live while the notebook goes on.

In a notebook the picture is an ipywidgets.HTML, which survives a reload of the page, and gives way to the static
picture when the execution ends, so that the saved notebook shows the truth; without ipywidgets the output is replaced
in place.  In a terminal it is a live table, elsewhere one line a change.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from personalize_sfn.display import GLYPHS, Html, Picture, Run, duration, render_run, stages
from personalize_sfn.execution.follow import Poll, back_off, is_throttling, poll_of

if TYPE_CHECKING:
    from personalize_sfn.execution.running import Execution

__all__ = ["View", "Watch", "status_line", "view_for_here"]

Draw = Callable[[], Picture]
"""The run as a picture; asked only by views that show one."""


class View(Protocol):
    """Where a run is shown."""

    def show(self, run: Run, line: str, draw: Draw) -> None:
        """Bring what is shown up to date; ``run.status`` says whether it is the last time."""


class Watch:
    """A watch in the background; the execution neither notices nor needs it.

    >>> watch = execution.watch()  # doctest: +SKIP
    >>> watch.stop()  # the execution goes on  # doctest: +SKIP
    """

    def __init__(self, execution: Execution, view: View, poll: float | Poll | None = None) -> None:
        self._execution = execution
        self._view = view
        self._rhythm = poll_of(execution.client) if poll is None else poll if callable(poll) else (lambda _: poll)
        self._stopped = threading.Event()
        self._typical = ""
        self._definition_of = functools.cache(execution._definition)
        self.error: Exception | None = None
        """What ended the watch before the execution: the service refused to tell.  None: nothing did."""
        self._thread = threading.Thread(target=self._run, name=f"watch {execution.name}", daemon=True)
        self._thread.start()

    @property
    def is_live(self) -> bool:
        """Whether it still follows the execution."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop watching; the execution goes on."""
        self._stopped.set()
        self._thread.join()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the watch has ended, which it does with the execution; at most ``timeout`` seconds."""
        self._thread.join(timeout)

    def __repr__(self) -> str:
        return f"<Watch of {self._execution.execution_arn}: {'live' if self.is_live else 'over'}>"

    def _run(self) -> None:
        began = time.monotonic()
        slower = 1.0
        try:
            self._typical = _typical(self._execution)
            while not self._stopped.is_set():
                try:
                    run = self._execution.run()
                    slower = 1.0
                except ClientError as error:
                    if not is_throttling(error):
                        raise
                    slower *= 2
                else:
                    line = status_line(run, self._execution.execution_arn, self._typical)
                    self._view.show(run, line, functools.partial(render_run, run, self._definition_of))
                    if run.status != "RUNNING":
                        return
                self._stopped.wait(back_off(self._rhythm(time.monotonic() - began), slower))
        except Exception as error:
            self.error = error


def status_line(run: Run, arn: str, typical: str = "", now: datetime | None = None) -> str:
    """How a run stands, in one line: no percentages, because nobody knows them."""
    now = now or datetime.now(UTC)
    found = stages(run)
    current = [stage for stage in found if stage.status == "RUNNING"]
    parts = [f"{GLYPHS[run.status]} {run.machine}: {run.status.lower()}", duration(run.elapsed(now))]
    if run.status == "RUNNING":
        done = sum(stage.status == "SUCCEEDED" for stage in found)
        parts.append(f"{done} stage{'' if done == 1 else 's'} done")
        parts += [
            f"now {stage.label}" + (f" ({stage.polls} poll{'' if stage.polls == 1 else 's'})" if stage.polls else "")
            for stage in current
        ]
        parts += [typical] if typical else []
        parts.append(f"last checked {now.astimezone():%H:%M:%S}")
        parts.append(f"pick it up elsewhere with Execution.attach({arn!r})")
    elif run.error:
        parts.append(run.error)
    return " · ".join(parts)


def _typical(execution: Execution) -> str:
    """What the last successful runs of the workflow took; empty when there are none."""
    machine = execution.execution_arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    try:
        listed = execution.client.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED", maxResults=10)
    except ClientError:
        return ""  # not allowed to list: nothing is lost but this
    took = sorted(found["stopDate"] - found["startDate"] for found in listed["executions"] if "stopDate" in found)
    if not took:
        return ""
    low, high = duration(took[0]), duration(took[-1])
    return f"usually {low}" if low == high else f"usually {low} to {high}"


def view_for_here() -> View:
    """The view that suits where this runs: a notebook, a terminal, or a log."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        return _Notebook()
    return _Terminal() if sys.stdout.isatty() else _Lines()


class _Notebook:
    """A widget while the execution runs, then the static picture in its place."""

    def __init__(self) -> None:
        from IPython.display import display

        self._widget = _html_widget()
        self._handle: Any = display(self._widget if self._widget is not None else Html("", ""), display_id=True)

    def show(self, run: Run, line: str, draw: Draw) -> None:
        picture = draw()
        if run.status != "RUNNING":
            self._handle.update(picture)
            return
        html = f"<div>{escape(line)}</div>{picture._repr_html_()}"
        if self._widget is not None:
            self._widget.value = html
        else:
            self._handle.update(Html(html, f"{line}\n{picture.text}"))


def _html_widget() -> Any | None:
    try:
        from ipywidgets import HTML
    except ImportError:
        return None
    return HTML()


class _Terminal:
    """A table of the stages that is redrawn in place."""

    def __init__(self) -> None:
        from rich.live import Live

        self._live = Live(refresh_per_second=4)
        self._live.start()

    def show(self, run: Run, line: str, draw: Draw) -> None:  # noqa: ARG002
        rows = [f"  {GLYPHS[stage.status]} {stage.label}" for stage in stages(run)]
        self._live.update("\n".join([line, *rows]))
        if run.status != "RUNNING":
            self._live.stop()


class _Lines:
    """One line a change."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str, str]] = set()

    def show(self, run: Run, line: str, draw: Draw) -> None:  # noqa: ARG002
        for stage in stages(run):
            key = (stage.workflow, stage.label, stage.status)
            if key not in self._said:
                self._said.add(key)
                print(f"{GLYPHS[stage.status]} {stage.label}: {stage.status.lower()}", flush=True)
        if run.status != "RUNNING":
            print(line, flush=True)
