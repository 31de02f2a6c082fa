"""How one definition differs from another in what it asks for: the parameters of its states.

How often something is tried again, and what happens after a failure, is how a version of this package does its work; it
says nothing of the configuration, and does not count.  Pure functions over the Amazon States Language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Difference", "differences", "sentence"]

#: What decides what a campaign answers; it is told first.
_FIRST = ("solutionRequest", "campaignRequest", "recommenderRequest")
#: What a sub-workflow does when it is run alone: the first of what main's list has.
_ALONE = (("defaults", "solution"), ("defaults", "campaign"), ("defaults", "recommender"))
_LONGEST_VALUE = 60
_MOST = 5
JsonPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that one definition asks for and the other does not."""

    state: str
    """``Create Solution``."""
    member: str
    """Of its parameters: ``recipeArn``, ``solutionConfig.algorithmHyperParameters.bptt``."""
    there: Any
    """Its value in the first definition; None: it has none."""
    wanted: Any
    """Its value in the second one."""
    is_answer: bool
    """It decides what a campaign answers."""

    def __str__(self) -> str:
        return f"{self.member} {_short(self.there)} -> {_short(self.wanted)}"


def differences(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Difference]:
    """What ``wanted`` asks for otherwise than ``there``; what a campaign answers comes first, each value once."""
    old, new = dict(_asked(there)), dict(_asked(wanted))
    found: dict[tuple[str, str, str], Difference] = {}
    for path in dict.fromkeys([*new, *old]):
        before, after = old.get(path), new.get(path)
        if before != after:
            state, member = path[0], _named(path[1:])
            one = Difference(state, member, before, after, any(name in path for name in _FIRST))
            found.setdefault((member, repr(before), repr(after)), one)
    return sorted(found.values(), key=lambda one: not one.is_answer)


def sentence(found: list[Difference]) -> str:
    """The first few of them: ``recipeArn recipe/aws-sims -> recipe/aws-popularity-count, ... and 2 more``."""
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(map(str, found[:_MOST])) + more


def _asked(definition: Mapping[str, Any]) -> Iterator[tuple[JsonPath, Any]]:
    """Every value in the parameters of the machine's states, and of those inside its Parallel and Map states."""
    for name, state in definition.get("States", {}).items():
        for values in (state.get("Parameters"), state.get("Result")):
            yield from _leaves(values, (name,))
        inner = [*state.get("Branches", ()), state.get("Iterator"), state.get("ItemProcessor")]
        for machine in inner:
            yield from _asked(machine or {})


def _leaves(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            # Not where a value is found in the execution's data, which no config says.
            if not key.endswith(".$") and (*path[-1:], key) not in _ALONE:
                yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and all(isinstance(each, Mapping) and "key" in each for each in value):
        for each in value:
            yield from _leaves(each, (*path, each["key"]))
    elif value is not None:
        yield path, value


def _named(path: JsonPath) -> str:
    """The member as people read it."""
    for where in ("request", "Payload"):
        if where in path:
            return ".".join(path[path.index(where) + 1 :])
    return ".".join(name for name in path if name not in _FIRST)


def _short(value: Any) -> str:
    """``recipe/aws-sims`` for its ARN; long texts are cut."""
    if value is None:
        return "none"
    if isinstance(value, str) and value.startswith("arn:"):
        return value.split(":", 5)[-1]
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
