"""How an error says what to do, in the words of the door through which the data came.

Each remedy that is code works on the data that it is printed for: tests take it out of the message and run it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["COMMAND", "CSV", "FRAME", "Remedies"]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What to write, by what is wrong."""

    rename: Callable[[Mapping[str, str]], str]
    """For columns that have other names than the schema's: ``{name in the data: name in the schema}``."""
    unit: Callable[[str], str]
    """For times that do not count in seconds."""
    earliest: Callable[[str], str]
    """For times that are really old: the first day."""
    code: Callable[[str, str], str]
    """For a column of a frame: the text behind it that converts it, and its name."""
    dates: Callable[[str], str]
    """For dates that are no ISO 8601."""


def _nothing(*_: str) -> str:
    return ""


FRAME = Remedies(
    rename=lambda names: f"frame.rename(columns={dict(names)!r})",
    unit=lambda unit: f"time_unit={unit!r}",
    earliest=lambda day: f"earliest={day!r}",
    code=lambda behind, column: f": frame[{column!r}]{behind}",
    dates=lambda column: f": pd.to_datetime(frame[{column!r}], dayfirst=True, utc=True), or dayfirst=False",
)
CSV = Remedies(
    rename=lambda names: f"columns={dict(names)!r}",
    unit=lambda unit: f"time_unit={unit!r}",
    earliest=lambda day: f"earliest={day!r}",
    code=_nothing,
    dates=_nothing,
)
COMMAND = Remedies(
    rename=lambda names: " ".join(f"--columns {shlex.quote(f'{old}={new}')}" for old, new in names.items()),
    unit=lambda unit: f"--time-unit {unit}",
    earliest=lambda day: f"--earliest {day}",
    code=_nothing,
    dates=_nothing,
)
