"""When a solution trains by itself: kept in the records as members that no API shows.

https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html
"""

from __future__ import annotations

from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.solution_config import interval_days

FIRST_AFTER = 3600.0
"""Seconds from ACTIVE, or from turning automatic training on, to the first; a manual version in that hour counts."""
DAY = 86400.0

NEXT, LAST = "nextTraining", "lastTraining"
"""Members of a solution."""
SEEN_EVENTS = "seenEvents"
"""A member of a version: how many live events there were when its training began."""


def start_schedule(solution: Record, now: float, *, first: bool = True) -> None:
    """Automatic training was turned on (``first``), off, or given another interval."""
    members = solution.members
    if not members["performAutoTraining"]:
        members.pop(NEXT, None)
    elif first or LAST not in members:
        members[NEXT] = now + FIRST_AFTER
    else:
        members[NEXT] = max(now, members[LAST] + _interval(solution))


def training_started(solution: Record, started: float) -> None:
    """A training that relearns began: the interval counts from here."""
    solution.members[LAST] = started
    if NEXT in solution.members:
        solution.members[NEXT] = started + _interval(solution)


def due(solution: Record, now: float) -> float | None:
    """The moment of the next automatic training if it has come, else None."""
    moment: float | None = solution.members.get(NEXT)
    return moment if moment is not None and moment <= now else None


def skip(solution: Record, moment: float) -> None:
    """Nothing new to learn at that moment: on to the next."""
    solution.members[NEXT] = moment + _interval(solution)


def _interval(solution: Record) -> float:
    return DAY * interval_days(solution.members["solutionConfig"])
