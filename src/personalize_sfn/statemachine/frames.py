"""The running branches of an execution, as plain data: what is written at a save and read at a restart."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from personalize_sfn.statemachine.json_text import compact

__all__ = ["Frame", "Timer"]


@dataclass(slots=True)
class Frame:
    """One branch: the machine itself, a branch of a Parallel, an item of a Map.

    ``at`` leads from the definition to the branch's machine, ``previous`` is the last event of the branch, ``before``
    that of before the state was entered.  ``phase`` is what to do next: enter, attempt, started (a task's call is to
    be made), or None while something is waited for.
    """

    id: int
    parent: int | None
    at: list[str | int]
    index: int
    state: str
    input: Any
    previous: int
    phase: str | None = "enter"
    variables: dict[str, Any] = field(default_factory=dict)
    map_item: dict[str, Any] | None = None
    """``$$.Map`` of the innermost Map around it."""
    item: int | None = None
    """The first branch of the item of a distributed Map that this one belongs to: its events belong to a history of
    its own."""
    said: int = 0
    """Of such a first branch: how many events the item has had."""
    express: bool = False
    """Of such a first branch: whether the item runs as an Express execution."""
    visit: int = 0
    """How many states this branch has entered: with ``attempt``, which wait or retry a timer is for."""
    before: int = 0
    entry: int = 0
    """The event of entering the state."""
    entered: float = 0.0
    attempt: int = 0
    """Attempts of this state that failed and were retried."""
    retries: dict[str, int] = field(default_factory=dict)
    """Retries by the index of the rule."""
    task: dict[str, Any] | None = None
    """The open call: token, resource, arguments, limits."""
    branches: dict[str, Any] | None = None
    """What a Parallel or Map runs: items, results, running, next, failed, limits."""

    said_last: tuple[Any, str] | None = field(default=None, compare=False)
    """A value and its text, as an event has it.  It is not saved."""

    def text(self, value: Any) -> str:
        """The value as JSON.  Events one after the other that say the same share one text: it may be 256 KiB."""
        known = self.said_last
        if known is None or known[0] is not value:
            self.say_as(value, compact(value))
        assert self.said_last is not None
        return self.said_last[1]

    def say_as(self, value: Any, text: str) -> None:
        """Let events that say the value have this text of it."""
        known = self.said_last
        self.said_last = value, known[1] if known is not None and known[1] == text else text

    def plain(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "said_last"}


@dataclass(slots=True, order=True)
class Timer:
    """Something due at ``at``; of two at the same time, the one that was set first.

    ``kind`` is wait, retry, outcome, timeout, heartbeat or machine; ``key`` says which visit or call it is for, so
    that one that is out of date is left alone; a machine's without a key is for the whole of its execution.
    """

    at: float
    number: int
    frame: int
    kind: str
    key: str
    data: Any = field(default=None, compare=False)

    def plain(self) -> list[Any]:
        return [self.at, self.number, self.frame, self.kind, self.key, self.data]
