"""Changes as people read them: counted by kind in one sentence, then one by one, as far as a screen has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from personalize_sfn.deploy.changes import Change
from personalize_sfn.display import markup
from personalize_sfn.display.formatting import counted
from personalize_sfn.display.tables import table

__all__ = ["Changes", "changes_sentence"]

#: More of them are counted: a whole deployment is some 35 changes.
_SHOWN = 12
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def changes_sentence(changes: Sequence[Change]) -> str:
    """``1 bucket, 3 roles created; 2 functions updated``; of no changes: ``nothing to change``."""
    parts = []
    for action, done in _DONE.items():
        kinds = Counter(change.kind for change in changes if change.action == action)
        if kinds:
            named = (counted(n, kind, _plural(kind)) for kind, n in kinds.items())
            parts.append(f"{', '.join(named)} {done}")
    return "; ".join(parts) or "nothing to change"


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


class Changes(list[Change]):
    """A list of changes that shows as a table in a notebook and as lines elsewhere."""

    def __repr__(self) -> str:
        more = [f"  and {len(self) - _SHOWN} more"] if len(self) > _SHOWN else []
        return "\n".join([changes_sentence(self), *(f"  {change}" for change in self[:_SHOWN]), *more])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        rows = [(change.kind, change.sentence) for change in self[:_SHOWN]]
        below = markup.muted(f"and {len(self) - _SHOWN} more") if len(self) > _SHOWN else ""
        return (table(("kind", "what"), rows, changes_sentence(self)).html if rows else changes_sentence(self)) + below
