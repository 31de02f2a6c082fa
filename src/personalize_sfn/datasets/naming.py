"""How values and lists of names stand in a message: short, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "shown"]


def shown(value: object, most: int = 60, *, quotes: str = "'") -> str:
    """The value as it reads, cut to ``most`` characters, in quotes that show what cannot be printed."""
    text = str(value)
    if len(text) > most:
        text = text[: most - 3] + "..."
    written = repr(text)
    return written if quotes else written[1:-1]


def listed(names: Sequence[object], most: int = 10) -> str:
    """``a, b, c and 197 more``."""
    texts = ", ".join(shown(name, 40, quotes="") for name in names[:most])
    more = len(names) - most
    return f"{texts} and {more:,} more" if more > 0 else texts
