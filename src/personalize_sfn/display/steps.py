"""The steps that a run will take, read from definitions before it takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from personalize_sfn.display.graph import Definition, branches_of, graph_of
from personalize_sfn.display.history import Run, label_of

__all__ = ["Plan", "plan_of", "step_of"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a definition says of a run of it."""

    steps: tuple[str, ...] = ()
    """Labels of its stages and of those of the machines that it starts, in the order of their flow."""
    typical: timedelta = timedelta(0)
    """What its waits are planned for (``typicalSeconds`` of its checks); branches at the same time count once."""


def plan_of(definition: Definition, definition_of: Callable[[str], Definition | None]) -> Plan:
    """The plan of a definition.

    Args:
        definition: in the Amazon States Language.
        definition_of: gives the definition of a machine that it starts by its ARN, or None where it cannot be read.
    """
    return _plan(definition, definition_of, ())


def _plan(definition: Definition, definition_of: Callable[[str], Definition | None], above: tuple[str, ...]) -> Plan:
    steps: dict[str, None] = {}
    typical = timedelta(0)
    for node in graph_of(definition).nodes:
        tasks = [name for name in node.states if definition["States"][name]["Type"] == "Task"]
        parts = [_plan(branch, definition_of, above) for branch in branches_of(definition["States"].get(node.key, {}))]
        if node.is_workflow:
            found = definition_of(node.machine) if node.machine and node.machine not in above else None
            tasks, parts = [], [_plan(found, definition_of, (*above, node.machine))] if found is not None else []
        steps |= dict.fromkeys([*map(label_of, tasks), *(step for part in parts for step in part.steps)])
        typical += sum((_typical(definition["States"][name]) for name in tasks), timedelta(0))
        typical += max((part.typical for part in parts), default=timedelta(0))
    return Plan(tuple(steps), typical)


def _typical(state: Mapping[str, Any]) -> timedelta:
    payload = state.get("Parameters", {}).get("Payload", {})
    seconds = payload.get("typicalSeconds", 0) if isinstance(payload, Mapping) else 0
    return timedelta(seconds=float(seconds))


def step_of(run: Run, steps: Iterable[str]) -> int:
    """Which of ``steps`` the run has come to, counted from 1; 0 before the first and for none that it knows."""
    number = {label: place for place, label in enumerate(steps, 1)}
    return max((number.get(stage.label, 0) for stage in run.stages), default=0)
