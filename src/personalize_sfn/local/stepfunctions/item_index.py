"""Where the items of an execution's Map Runs, and their events, are: a look at one item does not go through all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine.item_histories import item_name

if TYPE_CHECKING:
    from personalize_sfn.statemachine import MachineExecution

__all__ = ["ItemIndex"]


class ItemIndex:
    """Items by their names, events by their items.

    Both only become more: each look reads on from where the one before ended.
    """

    __slots__ = ("_events", "_names", "_read")

    def __init__(self) -> None:
        self._events: dict[int, list[dict[str, Any]]] = defaultdict(list)
        """By the first branch of the item."""
        self._read = 0
        """So many of ``item_events`` are in it."""
        self._names: dict[str, dict[str, int]] = defaultdict(dict)
        """By Map Run: the index of each item that has begun, by its name."""

    def index_of(self, execution: MachineExecution, map_run: str, name: str) -> int | None:
        """Which item of the Map Run has this name; None where none that has begun has it."""
        names = self._names[map_run]
        for index in range(len(names), len(execution.map_runs[map_run]["items"])):
            names[item_name(map_run, index)] = index
        return names.get(name)

    def events(self, execution: MachineExecution, map_run: str, index: int) -> Sequence[dict[str, Any]]:
        """The events of the history of an item that are kept."""
        for first, event in execution.item_events[self._read :]:
            self._events[first].append(event)
        self._read = len(execution.item_events)
        return self._events[execution.map_runs[map_run]["items"][index]]
