"""The steps that a run will take, read from definitions before it takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from personalize_sfn.display.folding import reachable
from personalize_sfn.display.graph import Definition, Graph, branches_of, graph_of
from personalize_sfn.display.history import Run, label_of

__all__ = ["Plan", "plan_of", "step_of", "typical_of"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a definition says of a run of it."""

    steps: tuple[str, ...] = ()
    """Labels of its stages and of those of the machines that it starts, in the order of their flow."""
    typical: timedelta = timedelta(0)
    """What its waits are planned for (``typicalSeconds`` of its checks); branches at the same time count once."""
    each: Mapping[str, timedelta] = field(default_factory=dict)
    """The same of each step that has such waits."""
    follows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The steps that may come after each step, in the order of their flow."""
    of_items: frozenset[str] = frozenset()
    """The steps inside a Map, which are taken for each of its items."""
    starts: frozenset[str] = frozenset()
    """Labels of the states that start other machines: their steps are those machines'."""


def plan_of(definition: Definition, definition_of: Callable[[str], Definition | None]) -> Plan:
    """The plan of a definition.

    Args:
        definition: in the Amazon States Language.
        definition_of: gives the definition of a machine that it starts by its ARN, or None where it cannot be read.
    """
    return _plan(definition, definition_of, ())


def _plan(definition: Definition, definition_of: Callable[[str], Definition | None], above: tuple[str, ...]) -> Plan:
    graph = graph_of(definition)
    inside: dict[str, tuple[list[str], list[Plan]]] = {}
    for node in graph.nodes:
        tasks = [name for name in node.states if definition["States"][name]["Type"] == "Task"]
        parts = [_plan(branch, definition_of, above) for branch in branches_of(definition["States"].get(node.key, {}))]
        if node.is_workflow:
            found = definition_of(node.machine) if node.machine and node.machine not in above else None
            tasks, parts = [], [_plan(found, definition_of, (*above, node.machine))] if found is not None else []
        inside[node.key] = tasks, parts
    steps = {
        key: tuple(dict.fromkeys([*map(label_of, tasks), *(step for part in parts for step in part.steps)]))
        for key, (tasks, parts) in inside.items()
    }
    after = _after(graph)
    each, typical = dict[str, timedelta](), timedelta(0)
    follows, of_items, starts = dict[str, tuple[str, ...]](), set[str](), set[str]()
    for node in graph.nodes:
        tasks, parts = inside[node.key]
        waits = dict.fromkeys(map(label_of, tasks), timedelta(0))
        for name in tasks:
            waits[label_of(name)] += typical_of(definition["States"][name])
        typical += sum(waits.values(), timedelta(0)) + max((part.typical for part in parts), default=timedelta(0))
        each |= {label: took for label, took in waits.items() if took}
        then = tuple(step for other in graph.nodes if other.key in after[node.key] for step in steps[other.key])
        starts |= {label_of(node.key)} if node.is_workflow else set()
        for part in parts:
            each |= part.each
            starts |= part.starts
            follows |= {label: (*rest, *then) for label, rest in part.follows.items()}
            of_items |= part.of_items | (set(part.steps) if node.kind == "Map" else set())
        own = list(waits)
        follows |= {label: (*own[i + 1 :], *then) for i, label in enumerate(own)}
    order = tuple(dict.fromkeys(step for node in graph.nodes for step in steps[node.key]))
    return Plan(order, typical, each, follows, frozenset(of_items), frozenset(starts))


def _after(graph: Graph) -> dict[str, set[str]]:
    """By node, the nodes that it may lead to, in one step or more, where nothing fails."""
    next_to: dict[str, set[str]] = {node.key: set() for node in graph.nodes}
    for edge in graph.edges:
        if not edge.is_failure:
            next_to[edge.source].add(edge.target)
    return {key: reachable(key, next_to) - {key} for key in next_to}


def typical_of(state: Mapping[str, Any]) -> timedelta:
    """How long the waits that a state plans take on AWS; none for a state that plans none."""
    payload = state.get("Parameters", {}).get("Payload", {})
    seconds = payload.get("typicalSeconds", 0) if isinstance(payload, Mapping) else 0
    return timedelta(seconds=float(seconds))


def step_of(run: Run, steps: Iterable[str]) -> int:
    """Which of ``steps`` the run has come to, counted from 1; 0 before the first and for none that it knows."""
    number = {label: place for place, label in enumerate(steps, 1)}
    return max((number.get(stage.label, 0) for stage in run.stages), default=0)
