"""The clock of Step Functions and Personalize: this machine's, and what it was advanced by."""

from __future__ import annotations

import time

__all__ = ["Clock"]


class Clock:
    """Seconds since 1970.  It goes as the machine's does, and ``ahead`` of it."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead
        """Seconds; it only grows."""

    def now(self) -> float:
        return time.time() + self.ahead
