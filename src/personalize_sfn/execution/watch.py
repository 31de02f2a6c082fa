"""Watching an execution without waiting for it: a picture that stays live while the notebook runs other cells.

In a notebook the picture is a widget, which survives a reload of the page, and gives way to the static picture when the
execution ends, so that the saved notebook shows the truth; without ipywidgets the output is replaced in place.  In a
terminal it is a live table, elsewhere one line a change.
"""

from __future__ import annotations

import functools
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from personalize_sfn.display import render_run
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.history_reader import Poll, back_off, is_passing, poll_of
from personalize_sfn.execution.status import Outlook, Status, attach_line, outlook_of
from personalize_sfn.execution.views import Draw, View, view_for_here

if TYPE_CHECKING:
    from personalize_sfn.execution.execution import Execution

__all__ = ["View", "Watch", "view_for_here"]

_TICK_SECONDS = 10.0
"""What is shown is brought up to date so often even when it is not yet time to ask the service again: clocks go on."""


class Watch:
    """A watch in the background; the execution neither notices nor needs it.

    >>> watch = execution.watch()  # doctest: +SKIP
    >>> watch.stop()  # the execution continues  # doctest: +SKIP
    """

    def __init__(self, execution: Execution, view: View, poll: float | Poll | None = None) -> None:
        self._execution = execution
        self._view = view
        self._rhythm = poll_of(execution.client) if poll is None else poll if callable(poll) else (lambda _: poll)
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._definition_of = functools.cache(functools.partial(definition_of, execution.client))
        self._status: Status | None = None
        self.error: Exception | None = None
        """What ended the watch before the execution: the service refused to tell.  None: nothing did."""
        self._thread = threading.Thread(target=self._run, name=f"watch {execution.name}", daemon=True)
        self._thread.start()

    @property
    def is_live(self) -> bool:
        """Whether it still follows the execution."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop watching; the execution continues, and what is shown says so."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def catch_up(self, timeout: float) -> None:
        """Look again now and wait until the end is shown, at most ``timeout`` seconds: the execution is over."""
        self._woken.set()
        self._thread.join(timeout)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the watch has ended, which it does with the execution; at most ``timeout`` seconds.

        An interrupt stops the watch; the execution continues.
        """
        try:
            self._thread.join(timeout)
        except KeyboardInterrupt:
            self.stop()
            raise

    def __repr__(self) -> str:
        return f"<Watch of {self._execution.execution_arn}: {'live' if self.is_live else 'over'}>"

    def _ipython_display_(self) -> None:
        """As the last value of a cell it shows nothing more: it is shown already."""

    def _run(self) -> None:
        try:
            self._follow()
        except Exception as error:
            self.error = error
            self._leave(f"The watch ended, the execution continues: {error}")
        else:
            if self._stopped.is_set():
                self._leave("Stopped watching; the execution continues")

    def _leave(self, note: str) -> None:
        """Say why the watch ended, if there is anything to say it of."""
        if self._status is not None and self._status.run.status == "RUNNING":
            self._view.leave(replace(self._status, note=note), self._draw(self._status))

    def _follow(self) -> None:
        began = due = time.monotonic()
        slower = 1.0
        outlook: Outlook | None = None
        while not self._stopped.is_set():
            if self._woken.is_set() or time.monotonic() >= due:
                self._woken.clear()
                try:
                    run = self._execution.snapshot()
                    for _, part in run.walk():
                        self._definition_of(part.arn)  # now, so that drawing asks the service nothing
                    card = self._execution.card() if run.status != "RUNNING" else None
                    outlook = outlook or outlook_of(self._execution.client, run.arn, is_over=run.status != "RUNNING")
                except (ClientError, BotoCoreError, ResponseParserError) as error:
                    if not is_passing(error):
                        raise
                    slower *= 2
                    note = f"The service did not answer, trying again: {error}"
                    self._status = replace(self._status, note=note) if self._status is not None else None
                else:
                    slower = 1.0
                    again = attach_line(run.arn) if run.status == "RUNNING" else ""
                    self._status = Status(run, outlook, datetime.now(UTC), card=card, again=again)
                due = time.monotonic() + back_off(self._rhythm(time.monotonic() - began), slower)
            if self._status is not None:
                if self._status.run.status != "RUNNING":
                    self._view.leave(self._status, self._draw(self._status))
                    return
                self._view.show(self._status, self._draw(self._status))
            self._woken.wait(min(_TICK_SECONDS, max(0.0, due - time.monotonic())))

    def _draw(self, status: Status) -> Draw:
        return functools.partial(render_run, status.run, self._definition_of)
