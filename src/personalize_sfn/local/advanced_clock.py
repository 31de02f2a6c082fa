"""``LocalAws.clock``: lets time pass without waiting for it, and what is due in it happen in its order.

The clock goes from one moment at which something is due to the next, and stands still while real work is done: tasks
that call, imports, trainings.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.clock import Clock

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService
    from personalize_sfn.local.personalize.persistence import DataDirectory
    from personalize_sfn.local.stepfunctions import StepFunctionsService

__all__ = ["AdvancedClock", "kept_clock"]

_LOOK_SECONDS = 0.002
_MOST_SECONDS = 100 * 366 * 24 * 3600.0


class AdvancedClock:
    """The clock of the Step Functions and the Personalize of an embedded AWS.

    >>> with LocalAws(wait_scale=1) as aws:  # doctest: +SKIP
    ...     start_a_machine_that_waits_for_a_week(aws)
    ...     aws.clock.advance(7 * 24 * 3600)

    Args:
        clock: what it moves.
        keep: called with the seconds that the clock will be ahead of the machine's, before they change.
    """

    def __init__(
        self,
        clock: Clock,
        states: Callable[[], StepFunctionsService],
        personalize: Callable[[], PersonalizeService],
        keep: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._clock, self._states, self._personalize, self._keep = clock, states, personalize, keep
        self._one_at_a_time = threading.Lock()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now()

    @property
    def ahead(self) -> float:
        """Seconds by which it was advanced."""
        return self._clock.ahead

    def advance(self, seconds: float, *, timeout: float = 600.0) -> None:
        """Let seconds pass: Waits, backoffs and time limits end, Personalize's resources change, trainings start.

        Each happens at its own time, in order.  What a task does, and the work of an import or a training, takes the
        time that it really takes; meanwhile the clock stands still.  Waits are as long as ``wait_scale`` makes them:
        with 1, as long as the definition says.

        Args:
            seconds: how many, at most a hundred years.
            timeout: seconds that real work may take in all.

        Raises:
            LocalAwsError: ``seconds`` is no such number; or work took longer, and the clock stands where that began; or
                the data directory could not keep how far the clock is.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _MOST_SECONDS:
            raise LocalAwsError(f"the clock: expected 0 to {_MOST_SECONDS:.0f} seconds to advance by, got {seconds!r}")
        with self._one_at_a_time:
            end, give_up = self._clock.now() + seconds, time.monotonic() + timeout
            self._settle(give_up)
            while (now := self._clock.now()) < end:
                due = min(self._next_due(now), end)
                ahead = self._clock.ahead + max(due - now, 0.0)
                self._keep(ahead)  # before what happens then is kept
                self._clock.ahead = ahead
                self._settle(give_up)

    def _next_due(self, now: float) -> float:
        found = (self._states().next_due(), self._personalize().next_due())
        return max(min((each for each in found if each is not None), default=math.inf), now)

    def _settle(self, give_up: float) -> None:
        """Do what is due, with all that follows at once, and wait for the work that is under way."""
        pause = threading.Event()
        while True:
            self._personalize().settle()
            at_work = self._states().settle()
            if not at_work and not (at_work := self._personalize().at_work()):
                return
            if time.monotonic() > give_up:
                late = "longer than the timeout of advance; call it again to go on"
                raise LocalAwsError(f"the clock stands still: {at_work} {late}")
            pause.wait(_LOOK_SECONDS)


def kept_clock(directory: DataDirectory | None) -> tuple[Clock, Callable[[float], None]]:
    """A clock as far ahead as that of a data directory, and what keeps there how far it is.

    Raises:
        LocalAwsError: the directory is damaged.
    """
    if directory is None:
        return Clock(), lambda _: None
    ahead = sum(float(document) for name, document in directory.rows("clock") if name == "ahead")
    return Clock(ahead), lambda seconds: directory.write(lambda rows: rows.put("clock", "ahead", repr(seconds)))
