"""What an execution asks of the world outside, and what the world answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["TaskCall", "TaskOutcome", "Tasks"]


@dataclass(frozen=True, slots=True)
class TaskCall:
    """One attempt of a Task state.

    ``arguments`` are its Parameters or Arguments, ``attempt`` is 0 at the first, ``now`` seconds since 1970,
    ``timeout`` and ``heartbeat`` seconds or None; ``credentials`` is the field Credentials, evaluated.  ``token``
    names the attempt: it is what ``.waitForTaskToken`` hands out and what ``MachineExecution.complete`` takes.
    """

    token: str
    resource: str
    arguments: Any
    state: str
    attempt: int
    now: float
    timeout: float | None = None
    heartbeat: float | None = None
    credentials: Any = None
    gzipped: bool = False
    """Whether the ``Body`` of the object that is asked for is text in gzip; it is answered as text."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What became of a call: ``output``, or ``error`` and ``cause``.

    Args:
        after: seconds until then, on the execution's clock.
        pending: not yet known; ``MachineExecution.complete`` will say it.
        submitted: the first answer of a call that is waited for (``.sync``, ``.waitForTaskToken``).
    """

    output: Any = None
    error: str | None = None
    cause: str | None = None
    after: float = 0
    pending: bool = False
    submitted: Any = None


Tasks = Callable[[TaskCall], TaskOutcome]
