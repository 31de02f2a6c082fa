"""A definition as a graph to draw: states become nodes, a poll loop becomes one node."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from personalize_sfn.display.folding import failure_handling, poll_loops

__all__ = ["Edge", "Graph", "Node", "branches_of", "graph_of", "without_passes"]

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
    is_workflow: bool = False
    """It is a Task that starts an execution."""
    machine: str = ""
    """ARN of the state machine that it starts, where the definition says it."""


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
    """In the order of their flow, what comes after failures last."""
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
    start = str(definition["StartAt"])
    edges = [edge for name, state in states.items() for edge in _edges(name, state)]
    steps = [(edge.source, edge.target, edge.is_failure) for edge in edges]
    apart = failure_handling(start, states, steps)
    loops = poll_loops(states, steps)
    handler = f"\0{min(apart, default='')}"
    home = {name: name for name in states} | loops | dict.fromkeys(apart, handler)
    kept: dict[tuple[str, str, bool], list[str]] = {}
    for edge in edges:
        source, target = home[edge.source], home[edge.target]
        if source != target or (edge.source == edge.target and source not in loops.values()):
            labels = kept.setdefault((source, target, edge.is_failure), [])
            if edge.label and not edge.is_failure and source not in loops.values() and edge.label not in labels:
                labels.append(edge.label)
    between = [Edge(*ends[:2], " or ".join(labels), ends[2]) for ends, labels in kept.items()]
    members: dict[str, list[str]] = {}
    for name in states:
        members.setdefault(home[name], []).append(name)
    order = _flow(home[start], members, between)
    nodes = [_node(key, members[key], states, is_loop=key in loops.values()) for key in order]
    return Graph(home[start], tuple(nodes), tuple(between))


def without_passes(graph: Graph, keep: Collection[str] = ()) -> Graph:
    """The graph without its Pass states, which only move data about: what led to one leads to what comes after it.

    Those that an error leads to stay, as do all where there is nothing else.

    Args:
        graph: whole.
        keep: names of Pass states that stay.
    """
    caught = {edge.target for edge in graph.edges if edge.is_failure}
    gone = {node.key for node in graph.nodes if node.kind == "Pass"} - caught - set(keep)
    after = {edge.source: edge.target for edge in graph.edges if edge.source in gone}

    def place(key: str | None) -> str | None:
        """The node that stands where ``key`` did; None: nothing comes after it."""
        seen: set[str] = set()
        while key in gone and key not in seen:
            seen.add(key)
            key = after.get(key)
        return None if key in gone else key

    start = place(graph.start)
    if start is None:
        return graph
    kept: dict[tuple[str, str, bool], list[str]] = {}
    for edge in graph.edges:
        target = place(edge.target)
        if edge.source not in gone and target is not None and (target != edge.source or target == edge.target):
            labels = kept.setdefault((edge.source, target, edge.is_failure), [])
            labels += [edge.label] if edge.label and edge.label not in labels else []
    edges = tuple(Edge(*ends[:2], " or ".join(labels), ends[2]) for ends, labels in kept.items())
    nodes = tuple(
        replace(node, branches=tuple(without_passes(branch, keep) for branch in node.branches))
        for node in graph.nodes
        if node.key not in gone
    )
    return Graph(start, nodes, edges)


def _node(key: str, names: list[str], states: Mapping[str, Mapping[str, Any]], *, is_loop: bool) -> Node:
    state = states.get(key, {"Type": "Fail"})
    resource = str(state.get("Resource", ""))
    starts = ":states:startExecution" in resource
    arguments = state.get("Parameters") or state.get("Arguments") or {}
    machine = arguments.get("StateMachineArn", "") if starts and isinstance(arguments, Mapping) else ""
    return Node(
        key=key,
        # What a loop waits for: its first state only begins it.
        label=key.removeprefix("Create ") if is_loop else key if key in states else "On Failure",
        kind="Loop" if is_loop else str(state["Type"]),
        states=tuple(names),
        branches=tuple(graph_of(branch) for branch in branches_of(state)),
        is_workflow=starts,
        machine=str(machine),
    )


def _flow(start: str, keys: Mapping[str, Any], edges: list[Edge]) -> list[str]:
    """``keys`` so that each comes after those that lead to it, but for cycles; ways after failures last."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    for edge in sorted(edges, key=lambda edge: edge.is_failure):
        after[edge.source].insert(0, edge.target)
    seen: set[str] = set()
    order: list[str] = []
    for first in (start, *keys):
        todo = [(first, iter(after[first]))] if first not in seen else []
        seen.add(first)
        branch: list[str] = []
        while todo:
            key, targets = todo[-1]
            target = next((target for target in targets if target not in seen), None)
            if target is None:
                branch.insert(0, key)
                todo.pop()
            else:
                seen.add(target)
                todo.append((target, iter(after[target])))
        order += branch
    return order


def branches_of(state: Mapping[str, Any]) -> list[Definition]:
    """The machines inside a Parallel or Map."""
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
    if "Condition" in choice:
        return str(choice["Condition"]).removeprefix("{%").removesuffix("%}").strip()
    if "Not" in choice:
        return f"not {_condition(choice['Not'])}"
    for key, word in (("And", " and "), ("Or", " or ")):
        if key in choice:
            return word.join(_condition(rule) for rule in choice[key])
    value = next((value for key, value in choice.items() if key not in {"Variable", "Next", "Comment"}), "")
    field = str(choice["Variable"]).rsplit(".", 1)[-1]
    return str(value) if isinstance(value, str) else f"{field} = {str(value).lower()}"
