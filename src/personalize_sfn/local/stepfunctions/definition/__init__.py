"""A state machine's definition, checked without running it, as CreateStateMachine does.

First by the fields that each type of state has, in the words of AWS where those are known; what is right so far is then
read as the interpreter reads it (:class:`~personalize_sfn.statemachine.StateMachine`): paths, intrinsic functions and
JSONata.  What is valid on AWS and cannot be run here is refused as UNSUPPORTED_LOCALLY.

Pure: it needs no running server.
https://states-language.net and https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, Diagnostic
from personalize_sfn.local.stepfunctions.definition.states import diagnose_state, fields, transitions
from personalize_sfn.statemachine import StateMachine
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.history import Resource
from personalize_sfn.statemachine.json_text import TOO_DEEP, NotJson, parse

__all__ = ["Diagnostic", "check", "diagnose"]

_MAX_DEFINITION_BYTES = 1024 * 1024
_TOP_LEVEL = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"}
_NESTED = {"Comment", "ProcessorConfig", "QueryLanguage", "StartAt", "States"}


def check(definition: str, kind: str = "STANDARD") -> None:
    """Refuse a definition that ``diagnose`` finds something wrong with.

    Raises:
        AwsError: InvalidDefinition, "Invalid State Machine Definition: '<code>: <message> at <location>, ...'".
    """
    found = diagnose(definition, kind)
    if found:
        raise AwsError("InvalidDefinition", f"Invalid State Machine Definition: '{', '.join(map(str, found))}'")


def diagnose(definition: str, kind: str = "STANDARD") -> list[Diagnostic]:
    """Everything wrong with a definition (its JSON text), in the order of its states; empty when it is valid.

    Args:
        kind: STANDARD or EXPRESS.
    """
    if len(definition.encode("utf-8", "surrogatepass")) > _MAX_DEFINITION_BYTES:
        return [Diagnostic(SCHEMA, f"The definition is larger than {_MAX_DEFINITION_BYTES} bytes", "/")]
    try:
        machine = parse(definition)
    except NotJson as error:
        return [Diagnostic("INVALID_JSON_DESCRIPTION", str(error), "/")]
    if not isinstance(machine, dict):
        return [Diagnostic("INVALID_JSON_DESCRIPTION", "The definition must be a JSON object", "/")]
    try:
        found = [
            *_machine(machine, "", _TOP_LEVEL, str(machine.get("QueryLanguage", "JSONPath"))),
            *_duplicates(machine),
        ]
    except RecursionError:
        return [Diagnostic("INVALID_JSON_DESCRIPTION", TOO_DEEP, "/")]
    return found or [*_as_it_runs(machine), *(_of_express(machine, "") if kind == "EXPRESS" else ())]


def _as_it_runs(machine: dict[str, Any]) -> list[Diagnostic]:
    try:
        StateMachine(machine)
    except InvalidDefinitionError as error:
        return [Diagnostic(each.code, each.message, each.location) for each in error.problems]
    return []


def _of_express(machine: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    """Express machines wait for nobody outside.

    https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    """
    for name, state in machine["States"].items():
        where = f"{at}/States/{name}"
        resource = Resource(state.get("Resource", ""))
        if resource.events == "Activity" or resource.pattern:
            what = f"'{resource.pattern}' service integration" if resource.pattern else f"'{resource.arn}'"
            message = f"Express state machine does not support {what}"
            yield Diagnostic(SCHEMA, message, f"{where}/Resource")
        for field, inner in _inner(state):
            if inner.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
                message = "Express state machine does not support a Map in the mode DISTRIBUTED"
                yield Diagnostic(SCHEMA, message, f"{where}/{field}/ProcessorConfig/Mode")
            yield from _of_express(inner, f"{where}/{field}")


def _machine(machine: dict[str, Any], at: str, known: set[str], language: str) -> Iterator[Diagnostic]:
    """A state machine, or a branch or iteration of one."""
    yield from fields(machine, at, known, required=("States", "StartAt"))
    if (limit := machine.get("TimeoutSeconds")) is not None and not (type(limit) is int and 0 < limit <= 99_999_999):
        yield Diagnostic(SCHEMA, "TimeoutSeconds must be an integer from 1 to 99999999", f"{at}/TimeoutSeconds")
    states = machine.get("States")
    if not isinstance(states, dict) or not states:
        if "States" in machine:
            yield Diagnostic(SCHEMA, "States must be an object with at least one state", f"{at}/States")
        return
    for name, state in states.items():
        where = f"{at}/States/{name}"
        if not isinstance(state, dict):
            yield Diagnostic(SCHEMA, "A state must be an object", where)
            continue
        if len(name) > 80:
            yield Diagnostic(SCHEMA, "A state's name must have at most 80 characters", where)
        yield from diagnose_state(state, where, language)
        for field, inner in _inner(state):
            yield from _machine(inner, f"{where}/{field}", _NESTED, language)
    yield from _graph(machine, states, at)


def _inner(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The machines within a Parallel or Map state, with the field that each stands in."""
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            yield f"Branches[{index}]", branch
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), dict):
            yield field, state[field]


def _graph(machine: dict[str, Any], states: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    """Targets exist and every state can be reached."""
    start = machine.get("StartAt")
    if isinstance(start, str) and start not in states:
        yield Diagnostic("MISSING_TRANSITION_TARGET", f"Missing 'StartAt' target: {start}", f"{at}/StartAt")
    targets = {name: list(transitions(state)) for name, state in states.items() if isinstance(state, dict)}
    for name, exits in targets.items():
        for field, target in exits:
            if target not in states:
                key = field.rpartition("/")[2]
                message = f"Missing '{key}' target: {target}"
                yield Diagnostic("MISSING_TRANSITION_TARGET", message, f"{at}/States/{name}/{field}")
    reached, to_visit = set(), [start] if isinstance(start, str) else []
    while to_visit:
        name = to_visit.pop()
        if name in states and name not in reached:
            reached.add(name)
            to_visit.extend(target for _, target in targets.get(name, ()))
    if start in states:
        for name in states:
            if name not in reached:
                message = f'State "{name}" is not reachable.'
                yield Diagnostic("MISSING_TRANSITION_TARGET", message, f"{at}/States/{name}")


def _duplicates(machine: dict[str, Any]) -> Iterator[Diagnostic]:
    """State names are unique in the whole state machine, branches and iterations included."""
    places = list(_places(machine, ""))
    counts = Counter(name for name, _ in places)
    seen: set[str] = set()
    for name, where in places:
        if counts[name] > 1 and name in seen:
            yield Diagnostic("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", where)
        seen.add(name)


def _places(machine: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    states = machine.get("States")
    for name, state in (states if isinstance(states, dict) else {}).items():
        yield name, f"{at}/States/{name}"
        if isinstance(state, dict):
            for field, inner in _inner(state):
                yield from _places(inner, f"{at}/States/{name}/{field}")
