"""The fields of each type of state: which there are, which there must be, and what may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, Diagnostic
from personalize_sfn.local.stepfunctions.definition.maps import DISTRIBUTED_ONLY, diagnose_map
from personalize_sfn.local.stepfunctions.definition.rules import catchers, choice_rules, retriers
from personalize_sfn.local.stepfunctions.definition.values import (
    is_path,
    payload,
    resource,
    task_parameters,
    variables,
)

__all__ = ["diagnose_state", "fields", "transitions"]

_COMMON = {"Comment", "InputPath", "OutputPath", "QueryLanguage", "Type"}
_MOVES = {"End", "Next"}
_RESULT = {"Parameters", "ResultPath", "ResultSelector"}
_ERRORS = {"Catch", "Retry"}
_LIMITS = {"HeartbeatSeconds", "HeartbeatSecondsPath", "TimeoutSeconds", "TimeoutSecondsPath"}
_MAP = {
    *("ItemProcessor", "ItemSelector", "ItemsPath", "Iterator", "MaxConcurrency", "MaxConcurrencyPath"),
    *DISTRIBUTED_ONLY,
}
_FIELDS = {
    "Choice": _COMMON | {"Choices", "Default"},
    "Fail": {"Cause", "CausePath", "Comment", "Error", "ErrorPath", "QueryLanguage", "Type"},
    "Map": _COMMON | _MOVES | _RESULT | _ERRORS | _MAP,
    "Parallel": _COMMON | _MOVES | _RESULT | _ERRORS | {"Branches"},
    "Pass": _COMMON | _MOVES | {"Parameters", "Result", "ResultPath"},
    "Succeed": _COMMON,
    "Task": _COMMON | _MOVES | _RESULT | _ERRORS | _LIMITS | {"Credentials", "Resource"},
    "Wait": _COMMON | _MOVES | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
}
_REQUIRED = {"Choice": ("Choices",), "Parallel": ("Branches",), "Task": ("Resource",)}
# What only the states of one query language have, besides what their type has.
_JSONPATH_ONLY = {
    *("CausePath", "ErrorPath", "HeartbeatSecondsPath", "InputPath", "ItemsPath", "MaxConcurrencyPath", "OutputPath"),
    *("Parameters", "Result", "ResultPath", "ResultSelector", "SecondsPath", "TimeoutSecondsPath", "TimestampPath"),
    *("ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
}
_JSONATA_ONLY = {
    "Choice": {"Output"},
    "Fail": set[str](),
    "Map": {"Items", "Output"},
    "Parallel": {"Arguments", "Output"},
    "Pass": {"Output"},
    "Succeed": {"Output"},
    "Task": {"Arguments", "Output"},
    "Wait": {"Output"},
}
_WITHOUT_VARIABLES = ("Fail", "Succeed")
# At most one of each pair.
_ALTERNATIVES = (
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("Cause", "CausePath"),
    ("Error", "ErrorPath"),
    ("ItemProcessor", "Iterator"),
    ("ItemSelector", "Parameters"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
)
_PATHS = ("InputPath", "OutputPath", "ResultPath")
_REFERENCE_PATHS = (
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "ItemsPath",
    "MaxConcurrencyPath",
)
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")
_SECONDS = ("Seconds", "TimeoutSeconds", "HeartbeatSeconds")


def fields(value: dict[str, Any], at: str, known: set[str], required: tuple[str, ...] = ()) -> Iterator[Diagnostic]:
    """Unknown fields and missing ones."""
    for name in value:
        if name not in known:
            yield Diagnostic(SCHEMA, f"Field '{name}' is not supported here", f"{at}/{name}")
    if missing := [name for name in required if name not in value]:
        yield Diagnostic(SCHEMA, f"These fields are required: [{', '.join(missing)}]", at or "/")


def _known(kind: str, language: str) -> set[str]:
    known = _FIELDS[kind] if kind in _WITHOUT_VARIABLES else _FIELDS[kind] | {"Assign"}
    return known if language == "JSONPath" else (known - _JSONPATH_ONLY) | _JSONATA_ONLY[kind]


def transitions(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a state may lead: ``(field, state name)``."""
    if isinstance(state.get("Next"), str):
        yield "Next", state["Next"]
    if isinstance(state.get("Default"), str):
        yield "Default", state["Default"]
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield f"{field}[{index}]/Next", rule["Next"]


def diagnose_state(state: dict[str, Any], at: str, language: str = "JSONPath") -> Iterator[Diagnostic]:
    """One state, without the machines inside it and without its targets; ``language`` is the machine's."""
    kind = state.get("Type")
    if kind not in _FIELDS:
        expected = ", ".join(sorted(_FIELDS))
        yield Diagnostic(SCHEMA, f"Type must be one of {expected}, got {kind!r}", f"{at}/Type")
        return
    if language == "JSONata" and state.get("QueryLanguage") == "JSONPath":
        message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        yield Diagnostic(SCHEMA, message, at)
    language = str(state.get("QueryLanguage", language))
    yield from fields(state, at, _known(kind, language), _REQUIRED.get(kind, ()))
    yield from _moves(state, kind, at)
    for one, other in _ALTERNATIVES:
        if one in state and other in state:
            yield Diagnostic(SCHEMA, f"Only one of '{one}' and '{other}' may be present", at)
    yield from _paths(state, at)
    for name in _TEMPLATES if language == "JSONPath" else ():
        if name in state:
            yield from payload(state[name], f"{at}/{name}")
    for name in _SECONDS if language == "JSONPath" else ():
        least = 0 if name == "Seconds" else 1
        if name in state and not (type(state[name]) is int and least <= state[name] <= 99_999_999):
            message = f"{name} must be an integer from {least} to 99999999, got {state[name]!r}"
            yield Diagnostic(SCHEMA, message, f"{at}/{name}")
    yield from variables(state.get("Assign"), f"{at}/Assign")
    if "Retry" in state:
        yield from retriers(state["Retry"], f"{at}/Retry")
    if "Catch" in state:
        yield from catchers(state["Catch"], f"{at}/Catch")
    if kind in _KINDS:
        yield from _KINDS[kind](state, at, language)


def _moves(state: dict[str, Any], kind: str, at: str) -> Iterator[Diagnostic]:
    if not _FIELDS[kind] & _MOVES:
        return
    if "Next" in state and "End" in state:
        yield Diagnostic(SCHEMA, "Only one of 'Next' and 'End' may be present", at)
    elif "Next" not in state and state.get("End") is not True:
        yield Diagnostic(SCHEMA, "One of the fields 'Next' and 'End' (true) is required", at)
    if "Next" in state and not isinstance(state["Next"], str):
        yield Diagnostic(SCHEMA, "Next must be the name of a state", f"{at}/Next")


def _paths(state: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    for name in _PATHS:
        if name in state and state[name] is not None and not is_path(state[name]):
            yield Diagnostic(SCHEMA, f"{name} must be a JSONPath or null, got {state[name]!r}", f"{at}/{name}")
    for name in _REFERENCE_PATHS:
        if name in state and not is_path(state[name]):
            yield Diagnostic(SCHEMA, f"{name} must be a JSONPath, got {state[name]!r}", f"{at}/{name}")
    for name in ("CausePath", "ErrorPath"):
        if name in state and not (is_path(state[name]) or str(state[name]).startswith("States.")):
            message = f"{name} must be a JSONPath or an intrinsic function, got {state[name]!r}"
            yield Diagnostic(SCHEMA, message, f"{at}/{name}")


def _choice(state: dict[str, Any], at: str, language: str) -> Iterator[Diagnostic]:
    if "Choices" in state:
        yield from choice_rules(state["Choices"], f"{at}/Choices", language)
    if "Default" in state and not isinstance(state["Default"], str):
        yield Diagnostic(SCHEMA, "Default must be the name of a state", f"{at}/Default")


def _wait(state: dict[str, Any], at: str, _language: str) -> Iterator[Diagnostic]:
    given = [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if name in state]
    if len(given) != 1:
        message = f"Exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is required, got {given or 'none'}"
        yield Diagnostic(SCHEMA, message, at)


def _task(state: dict[str, Any], at: str, language: str) -> Iterator[Diagnostic]:
    if "Resource" in state:
        yield from resource(state["Resource"], f"{at}/Resource")
        name = "Parameters" if language == "JSONPath" else "Arguments"
        yield from task_parameters(state["Resource"], state.get(name, {}), f"{at}/{name}")
    limit, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(limit, int) and isinstance(heartbeat, int) and heartbeat >= limit:
        yield Diagnostic(SCHEMA, "HeartbeatSeconds must be less than TimeoutSeconds", f"{at}/HeartbeatSeconds")


def _parallel(state: dict[str, Any], at: str, _language: str) -> Iterator[Diagnostic]:
    branches = state.get("Branches", [{}])
    if not isinstance(branches, list) or not branches or not all(isinstance(branch, dict) for branch in branches):
        yield Diagnostic(SCHEMA, "Branches must be a list of at least one state machine", f"{at}/Branches")


_KINDS: dict[str, Callable[[dict[str, Any], str, str], Iterator[Diagnostic]]] = {
    "Choice": _choice,
    "Map": diagnose_map,
    "Parallel": _parallel,
    "Task": _task,
    "Wait": _wait,
}
