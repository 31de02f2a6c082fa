"""What was read, what went and why, and what is kept: a table for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report"]

_CELL = "padding:2px 12px 2px 0;text-align:{align};border:none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The account of one table's rows: ``rows_read == rows_kept + sum(dropped.values())``."""

    name: str
    """What was read: a file's name, or what the caller named the frame."""
    dataset_type: str
    """``Interactions``, ``Items``, ``Users``, ..."""
    rows_read: int
    rows_kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Rows by the reason why they went."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What is in the rows that were kept, for example ``{"users": "671", "from": "1995-01-09"}``."""
    notes: tuple[str, ...] = ()
    """What a reader should know besides."""

    def rows(self) -> list[tuple[str, str]]:
        """Label and value of each line of the table."""
        dropped = [(f"dropped: {reason}", f"{count:,}") for reason, count in self.dropped.items()]
        return [
            ("rows read", f"{self.rows_read:,}"),
            *dropped,
            ("rows kept", f"{self.rows_kept:,}"),
            *self.facts.items(),
        ]

    def to_frame(self) -> pd.DataFrame:
        """The account of the rows as a frame with the columns ``step`` and ``rows``."""
        import pandas as pd

        steps = [("read", self.rows_read), *((f"dropped: {why}", count) for why, count in self.dropped.items())]
        return pd.DataFrame([*steps, ("kept", self.rows_kept)], columns=["step", "rows"])

    def __str__(self) -> str:
        rows = self.rows()
        label, value = (max(len(row[side]) for row in rows) for side in (0, 1))
        lines = [f"  {name:<{label}}  {text:>{value}}" for name, text in rows]
        return "\n".join([f"{self.name} ({self.dataset_type})", *lines, *(f"  note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        left, right = _CELL.format(align="left"), _CELL.format(align="right")
        body = "".join(
            f'<tr style="background:none"><td style="{left}">{escape(name)}</td>'
            f'<td style="{right};font-variant-numeric:tabular-nums">{escape(text)}</td></tr>'
            for name, text in self.rows()
        )
        notes = "".join(f'<div style="opacity:.75;font-size:90%">{escape(note)}</div>' for note in self.notes)
        return (
            f'<div style="font-family:sans-serif"><b>{escape(self.name)}</b> ({escape(self.dataset_type)})'
            f'<table style="border-collapse:collapse;margin:4px 0">{body}</table>{notes}</div>'
        )
