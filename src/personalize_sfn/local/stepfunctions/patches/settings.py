"""What the interpreter's patches can be told: where calls go, who makes them, and how fast time passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from personalize_sfn.local.aws.iam import Keys

__all__ = ["InterpreterSettings", "current"]


def _endpoint_from_environment() -> str:
    """moto's own convention: the port is read when a call is made, so the server may bind after ``install``."""
    return f"http://127.0.0.1:{os.environ.get('MOTO_PORT', '5000')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpreterSettings:
    """How executions run in this process."""

    endpoint_url: Callable[[], str] = _endpoint_from_environment
    """Where task states send their calls; asked at every call."""

    assume_role: Callable[[str], Keys] | None = None
    """Credentials of a role as ``states.amazonaws.com`` gets them, given the role's ARN; raises ``ClientError`` when
    the role does not exist or does not trust Step Functions.  Default: moto's STS, without a check."""

    wait_scale: float = 1 / 1000
    """Seconds that really pass for each second of a Wait state or of a Retry's backoff.  1 is AWS's pace."""

    wait_floor_seconds: float = 0.001
    """A Wait of any positive length takes at least this long, so that a polling loop never spins."""

    timeout_floor_seconds: float = 30.0
    """TimeoutSeconds are scaled as waits are, but never below this (nor above what they say): a time limit covers real
    work too (a training, an import, a cold start), which takes its own time however the clock is scaled."""

    def scaled_wait(self, seconds: float) -> float:
        """Real seconds for a Wait or a backoff of so many seconds."""
        return max(seconds * self.wait_scale, self.wait_floor_seconds) if seconds > 0 else 0.0

    def scaled_timeout(self, seconds: float) -> float:
        """Real seconds for a time limit of so many seconds."""
        return min(seconds, max(seconds * self.wait_scale, self.timeout_floor_seconds))


_current = InterpreterSettings()


def current() -> InterpreterSettings:
    """The settings in force in this process."""
    return _current


def put_in_force(settings: InterpreterSettings) -> None:
    """Replace the settings; executions that already run see them at their next step."""
    global _current  # noqa: PLW0603 - moto's interpreter is process-wide, and so is what governs it
    _current = settings
