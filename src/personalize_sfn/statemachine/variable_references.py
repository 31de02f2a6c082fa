"""Which variables each state of a machine refers to, as DescribeStateMachine says.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from personalize_sfn.statemachine import intrinsics, jsonata
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.scope import is_path, split_root

__all__ = ["variable_references"]

_MACHINES = ("Branches", "ItemProcessor", "Iterator")
#: Where only the fields whose names end in .$ are paths.
_TEMPLATES = ("Assign", "BatchInput", "Credentials", "ItemSelector", "Parameters", "ResultSelector")


def variable_references(definition: StateMachine) -> dict[str, list[str]]:
    """Names of variables, sorted, by the name of the state; states without any are left out."""
    found = {}
    for name, state in _states(definition.root):
        if definition.language(state) == "JSONPath":
            named = {root for path in _paths(state) if (root := split_root(path)[0]) not in ("$", "$$")}
        else:
            named = {name for text in _expressions(state) for name in jsonata.variables(text)}
        if named:
            found[name] = sorted(named)
    return found


def _states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            if inner is not None:
                yield from _states(inner)


def _paths(value: Any, *, template: bool = False) -> Iterator[str]:
    """The paths of a JSONPath state, those in intrinsic functions too."""
    if isinstance(value, list):
        for item in value:
            yield from _paths(item, template=template)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        marked = name.endswith(".$") if template else name == "Variable" or name.endswith("Path")
        if marked and is_path(item):
            yield item
        elif marked and isinstance(item, str) and item.startswith("States."):
            yield from intrinsics.parse(item).paths()
        elif template or name not in _MACHINES:
            yield from _paths(item, template=template or name in _TEMPLATES)


def _expressions(value: Any) -> Iterator[str]:
    """The expressions of a JSONata state."""
    if isinstance(value, str):
        if (text := jsonata.expression(value)) is not None:
            yield text
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _MACHINES:
                yield from _expressions(item)
