"""Where a watched run is shown: a notebook, a terminal, or a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from personalize_sfn.display import GLYPHS, Html, Picture, Run, duration
from personalize_sfn.display.formatting import polls_text
from personalize_sfn.display.terminal import stage_table
from personalize_sfn.execution.status import Status
from personalize_sfn.notices import notebook_shell

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Draw", "View", "view_for_here"]

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
    """The status and a table of the stages, redrawn in place; the clock runs on between two looks."""

    def __init__(self) -> None:
        from rich.live import Live

        self._status: Status | None = None
        self._live = Live(get_renderable=self._renderable, refresh_per_second=4)
        self._live.start()

    def show(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        self._status = status

    def leave(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        self._status = status
        self._live.stop()

    def _renderable(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        if self._status is None:
            return Text("")
        status, now = self._status, datetime.now(UTC)
        lines = [Text(status.head(now), style="bold"), *map(Text, [" · ".join(status.facts())])]
        table = stage_table(status.run.stages, status.outlook.plan.steps, None if status.note else now)
        last = [status.outlook.console_url, status.again(), status.note]
        card = [Text(status.card.text(min(100, self._live.console.width)))] if status.card else []
        return Group(*lines, table, *card, *(Text(text, style="dim", overflow="fold") for text in last if text))


class Lines:
    """One line a change."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str, str]] = set()
        self._has_begun = False

    def show(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        if not self._has_begun:
            self._has_begun = True
            print(status.line(), flush=True)
        for stage in status.run.stages:
            key = (stage.workflow, stage.label, stage.status)
            if key not in self._said:
                self._said.add(key)
                took = duration(stage.ended - stage.began) if stage.ended else ""
                words = (stage.status.lower().replace("_", " "), took, polls_text(stage.polls))
                line = " · ".join(word for word in words if word)
                print(f"{GLYPHS[stage.status]} {stage.label}: {line}", flush=True)

    def leave(self, status: Status, draw: Draw) -> None:
        self.show(status, draw)
        print(status.line(), flush=True)
        if status.card:
            print(status.card.text(), flush=True)
