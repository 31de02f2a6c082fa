"""Where a run is shown: a notebook, a terminal, or a log; by a watch in the background, or by what waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Protocol

from personalize_sfn.display import GLYPHS, Html, Picture, Run, duration, render_run
from personalize_sfn.display.formatting import polls_text
from personalize_sfn.display.terminal import stage_table
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.status import Status, outlook_of
from personalize_sfn.notices import notebook_shell
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["Draw", "Lines", "Notebook", "Terminal", "View", "shown_in", "view_for_here", "view_on"]

Draw = Callable[[], Picture]
"""The run as a picture; asked only by views that show one."""


class View(Protocol):
    """Where a run is shown."""

    def show(self, status: Status, draw: Draw) -> None:
        """Bring what is shown up to date."""

    def leave(self, status: Status, draw: Draw) -> None:
        """The last time: the run is over, or ``status.note`` says why the watch ended."""


def view_for_here() -> View:
    """The view that suits where this runs."""
    if notebook_shell() is not None:
        return Notebook()
    return Terminal() if sys.stdout.isatty() else Lines()


def view_on(console: Console) -> View:
    """The view that suits what ``console`` writes to."""
    return Terminal(console) if console.is_terminal else Lines(console)


@contextmanager
def shown_in(view: View, client: Any) -> Iterator[Callable[[Run], None]]:
    """A function to pass as ``progress=`` to what waits for an execution: each look at it is shown in ``view``.

    Args:
        view: where to show it.
        client: of Step Functions; asked once for each execution which steps come and how long such runs take.
    """
    last: Status | None = None

    def progress(run: Run) -> None:
        nonlocal last
        known = last.outlook if last is not None and last.run.arn == run.arn else None
        outlook = known or outlook_of(client, run.arn, is_over=run.status != "RUNNING")
        if run.error or run.cause:
            run = replace(run, error="", cause="")  # what waits raises it, with more words
        last = Status(run, outlook, datetime.now(UTC))
        view.show(last, draw)

    def draw() -> Picture:
        return render_run(last.run if last else Run(""), partial(definition_of, client))

    try:
        yield progress
    finally:
        if last is not None:
            view.leave(last, draw)


#: A picture is up to 100 kB, and a notebook's server cuts a kernel off that sends more than 1 MB a second
#: (iopub_data_rate_limit): so many seconds between two of them at least, and at most while only the clock runs.
_SOONEST, _LATEST = 0.5, 60.0


class Notebook:
    """Widgets while the execution runs, then the static form of the same in their place; without ipywidgets an output
    that is replaced.  The strip is brought up to date at every look.  The pictures below it are only drawn when
    something has happened: drawing closes what the reader has unfolded.
    """

    def __init__(self) -> None:
        from IPython.display import display

        self._widgets = _html_widgets()
        self._handle: Any = display(self._widgets[0] if self._widgets else Html("", ""), display_id=True)
        self._drawn: Run | None = None
        self._drawn_at = 0.0

    def show(self, status: Status, draw: Draw) -> None:
        since = time.monotonic() - self._drawn_at
        is_due = since >= _LATEST or (status.run is not self._drawn and since >= _SOONEST)
        if self._widgets:
            _, strip, about, _ = self._widgets
            strip.value = status.html()
            if self._drawn is None:
                about.value = status.about_html()  # once: a reader may have opened it
        if not is_due:
            return
        self._drawn, self._drawn_at = status.run, time.monotonic()
        picture = draw()
        if self._widgets:
            self._widgets[3].value = picture.below_html()
        else:
            self._handle.update(replace(picture, lead=status.lead()))

    def leave(self, status: Status, draw: Draw) -> None:
        last = replace(draw(), lead=status.lead(), card=status.card.shown() if status.card else None)
        self._handle.update(last)
        if self._widgets:
            # In a page that was reloaded the widgets are all there is: what replaces them does not reach it.
            _, strip, about, below = self._widgets
            strip.value, about.value, below.value = status.html(), status.about_html(), last.below_html()


def _html_widgets() -> tuple[Any, Any, Any, Any] | None:
    """A box, and in it the widgets of the strip, of how to come back, and of the pictures."""
    try:
        from ipywidgets import HTML, VBox
    except ImportError:
        return None
    parts = HTML(), HTML(), HTML()
    return VBox(list(parts)), *parts


class Terminal:
    """The status and a table of the stages, redrawn in place; the clock runs on between two looks.

    Args:
        console: whose terminal it is; default: stdout's.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.live import Live

        self._status: Status | None = None
        self._live = Live(console=console, get_renderable=self._renderable, refresh_per_second=8)

    def show(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        self._status = status
        if not self._live.is_started:
            self._live.start()

    def leave(self, status: Status, draw: Draw) -> None:
        self.show(status, draw)
        self._live.stop()

    def _renderable(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        if self._status is None:
            return Text("")
        status, now = self._status, datetime.now(UTC)
        facts = " · ".join(map(one_line, status.facts()))
        lines = [Text(status.head(now), style="bold"), *([Text(facts)] if facts else [])]
        to_come = () if status.run.status == "SUCCEEDED" else status.outlook.plan.steps
        table = stage_table(status.run.stages, to_come, None if status.note else now)
        last = [status.outlook.console_url, status.again, one_line(status.note)]
        card = [Text(status.card.text(min(100, self._live.console.width)))] if status.card else []
        return Group(*lines, table, *card, *(Text(text, style="dim", overflow="fold") for text in last if text))


class Lines:
    """One line a change.

    Args:
        console: where to print; default: stdout.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._said: set[tuple[str, str, str]] = set()
        self._first = ""

    def show(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        if not self._first:
            self._first = status.line()
            self._say(self._first)
        for stage in status.run.stages:
            key = (stage.workflow, stage.label, stage.status)
            if key not in self._said:
                self._said.add(key)
                took = duration(stage.ended - stage.began) if stage.ended else ""
                words = (stage.status.lower().replace("_", " "), took, polls_text(stage.polls))
                line = " · ".join(word for word in words if word)
                self._say(f"{GLYPHS[stage.status]} {stage.label}: {line}")

    def leave(self, status: Status, draw: Draw) -> None:
        self.show(status, draw)
        if (line := status.line()) != self._first:
            self._say(line)
        if status.card:
            print(status.card.text(), file=self._file(), flush=True)

    def _say(self, line: str) -> None:
        print(one_line(line), file=self._file(), flush=True)

    def _file(self) -> IO[str] | None:
        return None if self._console is None else self._console.file
