"""How fast time passes for executions here."""

from __future__ import annotations

from dataclasses import dataclass, field

from personalize_sfn.local.clock import Clock

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Definitions are the same as on AWS; their Waits and backoffs are shorter here."""

    wait_scale: float = 1 / 1000
    """Seconds that really pass for each second of a Wait state or of a Retry's backoff.  1 is AWS's pace."""

    wait_floor_seconds: float = 0.001
    """A Wait of any positive length takes at least this long, so that a polling loop never spins."""

    timeout_floor_seconds: float = 30.0
    """TimeoutSeconds are scaled as waits are, but never below this (nor above what they say): a time limit covers real
    work too (a training, an import, a cold start), which takes its own time however the clock is scaled."""

    clock: Clock = field(default_factory=Clock)
    """What time it is."""

    def scaled_wait(self, seconds: float) -> float:
        """Real seconds for a Wait or a backoff of so many seconds."""
        return max(seconds * self.wait_scale, self.wait_floor_seconds) if seconds > 0 else 0.0

    def scaled_timeout(self, seconds: float) -> float:
        """Real seconds for a time limit of so many seconds."""
        return min(seconds, max(seconds * self.wait_scale, self.timeout_floor_seconds))
