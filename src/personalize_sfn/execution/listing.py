"""The executions of a workflow, listed as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_sfn.display import GLYPHS, Html, duration, table

if TYPE_CHECKING:
    from personalize_sfn.execution.execution import Execution

__all__ = ["Executions"]

#: The list holds them all; these many are shown.
_SHOWN = 12


class Executions(list["Execution"]):
    """A list of executions, newest first, that shows as a table with their times."""

    def _shown(self) -> Html:
        rows = [_row(execution) for execution in self[:_SHOWN]]
        count = f"{len(self)} execution{'' if len(self) == 1 else 's'}"
        title = f"{count}, the newest {_SHOWN} shown" if len(self) > _SHOWN else count
        return table(("name", "status", "started", "took"), rows, title)

    def to_html(self) -> Html:
        """The table; the SDK's name for it."""
        return self._shown()

    def __repr__(self) -> str:
        return self._shown().text

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return self._shown().html


def _row(execution: Execution) -> tuple[str, str, str, str]:
    began, ended = execution.start_date, execution.stop_date
    return (
        str(execution.name),
        f"{GLYPHS[execution.status]} {execution.status}",
        f"{began:%Y-%m-%d %H:%M:%S %Z}" if began else "",
        duration(ended - began) if began and ended else "",
    )
