"""Which states are drawn as one: a poll loop, and the handling of failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FoldedState", "failure_handling", "poll_loops"]

FoldedState = tuple[str, str, bool]
"""A state, one that may follow it, and whether it only does after an error."""

_MOST_STATES = 6
"""A cycle of more states than create, check, ready?, ready?, wait and an end is not the waiting for one thing."""


def poll_loops(states: Mapping[str, Mapping[str, Any]], steps: Sequence[FoldedState]) -> dict[str, str]:
    """For each state of a poll loop (create, check, ready?, wait) the state that stands for it.

    With the cycle go the task before it that does nothing but lead there, and the ends that only it leads to: its
    failures and the Pass that is its exit.
    """
    after = _neighbours(states, ((a, b) for a, b, _ in steps))
    before = _neighbours(states, ((b, a) for a, b, _ in steps))
    usual = _neighbours(states, ((a, b) for a, b, is_failure in steps if not is_failure))
    home: dict[str, str] = {}
    for name, state in states.items():
        if state["Type"] != "Wait" or name in home:
            continue
        whole = reachable(name, after) & reachable(name, before)
        loop = next((found for found in (whole, _shortest_cycle(name, after)) if _is_poll(found, states)), set())
        if not loop or loop & home.keys():
            continue
        heads = {b for member in loop for b in before[member]} - loop - home.keys()
        makers = [b for b in states if b in heads and states[b]["Type"] == "Task" and usual[b] and usual[b] <= loop]
        fold = loop | set(makers[:1])
        ends = {end for member in fold for end in after[member]} - fold - home.keys()
        fold |= {end for end in ends if before[end] <= fold and states[end]["Type"] == "Fail"}
        exits = [end for end in states if end in ends and before[end] <= fold and states[end]["Type"] == "Pass"]
        fold |= set(exits) if len(exits) == 1 else set()
        tasks = [member for member in states if member in loop and states[member]["Type"] == "Task"]
        home |= dict.fromkeys((member for member in states if member in fold), [*makers, *tasks, name][0])
    return home


def _is_poll(loop: set[str], states: Mapping[str, Mapping[str, Any]]) -> bool:
    kinds = [states[name]["Type"] for name in loop]
    only = {"Wait", "Task", "Choice", "Pass"}.issuperset(kinds)
    return only and len(kinds) <= _MOST_STATES and kinds.count("Wait") == 1 and kinds.count("Task") <= 2


def _shortest_cycle(name: str, after: Mapping[str, set[str]]) -> set[str]:
    """The states of the shortest way from ``name`` back to it; empty when there is none."""
    ways: dict[str, list[str]] = {name: [name]}
    todo = [name]
    for state in todo:
        for target in sorted(after[state]):
            if target == name:
                return set(ways[state])
            if target not in ways:
                ways[target] = [*ways[state], target]
                todo.append(target)
    return set()


def failure_handling(start: str, states: Mapping[str, Mapping[str, Any]], steps: Sequence[FoldedState]) -> set[str]:
    """The states that only run after a Catch, when they are more than one and all of them end in failure."""
    usual = _neighbours(states, ((a, b) for a, b, is_failure in steps if not is_failure))
    apart = states.keys() - reachable(start, usual) - {start}
    ends = {name for name in apart if not usual[name]}
    rejoin = any(usual[name] - apart for name in apart)
    if len(apart) < 2 or rejoin or any(states[name]["Type"] != "Fail" for name in ends):
        return set()
    return apart


def _neighbours(states: Mapping[str, Any], pairs: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in states}
    for one, other in pairs:
        found[one].add(other)
    return found


def reachable(start: str, after: Mapping[str, set[str]]) -> set[str]:
    """What can be reached from ``start`` in one step or more."""
    found: set[str] = set()
    todo = list(after[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += after[name]
    return found
