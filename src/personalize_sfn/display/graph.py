"""A definition as a graph to draw: states become nodes, a poll loop becomes one node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Edge", "Graph", "Node", "graph_of"]

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """What is drawn as one box."""

    key: str
    label: str
    kind: str
    """The state's type; ``Loop`` for a folded poll loop, ``Fail`` for folded handling of failures."""
    states: tuple[str, ...]
    """Names of the states that it stands for."""
    branches: tuple[Graph, ...] = ()
    """Inside a Parallel or Map."""


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    label: str = ""
    is_failure: bool = False
    """Drawn dashed: it is taken after an error."""


@dataclass(frozen=True, slots=True)
class Graph:
    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def walk(self) -> Iterator[Node]:
        """Its nodes and those inside them."""
        for node in self.nodes:
            yield node
            for branch in node.branches:
                yield from branch.walk()


def graph_of(definition: Definition) -> Graph:
    """The graph of a definition (or of one branch): create -> check -> ready? -> wait -> check ... is one node."""
    states: Mapping[str, Mapping[str, Any]] = definition["States"]
    edges = [edge for name, state in states.items() for edge in _edges(name, state)]
    start = str(definition["StartAt"])
    loops = _folds(states, edges)
    home = _failure_handling(start, states, edges) | loops
    members: dict[str, list[str]] = {}
    for name in states:
        members.setdefault(home.get(name, name), []).append(name)
    nodes = tuple(
        Node(
            key=key,
            label=key if key in states else "On Failure",
            kind="Loop" if key in loops else states[key]["Type"] if key in states else "Fail",
            states=tuple(names),
            branches=tuple(graph_of(branch) for branch in _branches(states.get(key, {}))),
        )
        for key, names in members.items()
    )
    kept: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        source, target = home.get(edge.source, edge.source), home.get(edge.target, edge.target)
        if source != target:
            label = "" if source in loops or edge.is_failure else edge.label
            kept.setdefault((source, target), Edge(source, target, label, edge.is_failure))
    return Graph(home.get(start, start), nodes, tuple(kept.values()))


def _branches(state: Mapping[str, Any]) -> list[Definition]:
    inner = state.get("ItemProcessor") or state.get("Iterator")
    return [*state.get("Branches", ()), *([inner] if inner else [])]


def _edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    if "Next" in state:
        yield Edge(name, state["Next"])
    for choice in state.get("Choices", ()):
        yield Edge(name, choice["Next"], _condition(choice))
    if "Default" in state:
        yield Edge(name, state["Default"], "otherwise")
    for catch in state.get("Catch", ()):
        yield Edge(name, catch["Next"], ", ".join(catch["ErrorEquals"]), is_failure=True)


def _condition(choice: Mapping[str, Any]) -> str:
    """A choice rule in a few words: the value that it compares with."""
    if "Variable" not in choice:
        return " / ".join(
            _condition(rule) for key in ("And", "Or") for rule in choice.get(key, ()) if isinstance(rule, Mapping)
        )
    value = next((value for key, value in choice.items() if key not in {"Variable", "Next", "Comment"}), "")
    field = str(choice["Variable"]).rsplit(".", 1)[-1]
    return str(value) if isinstance(value, str) else f"{field} = {str(value).lower()}"


def _folds(states: Mapping[str, Mapping[str, Any]], edges: list[Edge]) -> dict[str, str]:
    """For each state that is drawn as part of another: the state whose name stands for them."""
    after: dict[str, set[str]] = {name: set() for name in states}
    before: dict[str, set[str]] = {name: set() for name in states}
    for edge in edges:
        after[edge.source].add(edge.target)
        before[edge.target].add(edge.source)
    reach = {name: _reachable(name, after) for name in states}
    home: dict[str, str] = {}
    for name, state in states.items():
        if state["Type"] != "Wait" or name in home or name not in reach[name]:
            continue
        loop = {other for other in reach[name] if name in reach[other]}
        heads = {b for member in loop for b in before[member]} - loop
        # The task that creates what the loop waits for, when nothing else follows it.
        makers = {b for b in heads if states[b]["Type"] == "Task" and after[b] <= loop}
        loop |= makers
        # Ends that only this loop reaches: its failures, and the Pass that is a stage's exit.
        loop |= {
            end
            for end, kind in ((end, states[end]["Type"]) for member in loop for end in after[member])
            if before[end] <= loop and (kind == "Fail" or (kind == "Pass" and end not in home))
        }
        title = min(makers) if makers else name
        home |= dict.fromkeys(sorted(loop), title)
    return home


_ON_FAILURE = "\0on failure"


def _failure_handling(start: str, states: Mapping[str, Mapping[str, Any]], edges: list[Edge]) -> dict[str, str]:
    """The states that only run after a Catch and all end in failure stand as one, when they are more than one."""
    usual: dict[str, set[str]] = {name: set() for name in states}
    for edge in edges:
        if not edge.is_failure:
            usual[edge.source].add(edge.target)
    apart = states.keys() - _reachable(start, usual) - {start}
    ends = {name for name in apart if not usual[name]}
    if len(apart) < 2 or any(states[name]["Type"] != "Fail" for name in ends):
        return {}
    return dict.fromkeys(sorted(apart), _ON_FAILURE)


def _reachable(start: str, after: Mapping[str, set[str]]) -> set[str]:
    """What can be reached from ``start`` in one step or more."""
    found: set[str] = set()
    todo = list(after[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += after[name]
    return found
