"""Runs state machines on a virtual clock: the part of the Amazon States Language that our definitions use.

Counts transitions (states entered, retries included) and history events as Step Functions does.  Calls take no time.
"""

from __future__ import annotations

import fnmatch
import hashlib
import importlib.util
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fakes.virtual_personalize import ARNS, CONTEXT, Clock
from personalize_sfn.arns import parse

LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"
#: History events of a state that succeeds, by what it is.
#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
EVENTS = {"lambda:invoke": 5, "states:startExecution.sync:2": 6, "Wait": 2, "Choice": 2, "Pass": 2, "Fail": 1, "Map": 4}


class ExecutionFailed(Exception):
    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


@cache
def handler(name: str) -> Callable[[Any, Any], Any]:
    """The handler in ``lambdas/``, as Lambda would load it."""
    spec = importlib.util.spec_from_file_location(f"lambdas_{name}", LAMBDAS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Any, Any], Any] = module.lambda_handler
    return found


class VirtualStates:
    """State machines by name, and what running them took."""

    def __init__(self, clock: Clock, project: str, definitions: Mapping[str, Mapping[str, Any]]) -> None:
        self.clock = clock
        self.project = project
        self.definitions = {f"{project}-{key}": definition for key, definition in definitions.items()}
        self.transitions = 0
        self.events: dict[str, int] = {}
        self._count = 0

    def execute(self, name: str, given: Any) -> Any:
        self._count += 1
        context = {
            "Execution": {
                "Id": ARNS.execution(name, f"run-{self._count}"),
                "Name": f"run-{self._count}",
                "StartTime": self.clock.now.isoformat(),
                "Input": given,
            }
        }
        definition = self.definitions[name]
        self.events[name] = 2  # started, ended
        return self._run(name, definition, given, context)

    def _run(self, machine: str, definition: Mapping[str, Any], value: Any, context: Any) -> Any:
        state = definition["StartAt"]
        while state is not None:
            state, value = self._enter(machine, definition["States"][state], value, context)
        return value

    def _map(self, machine: str, state: Mapping[str, Any], value: Any, context: Any) -> list[Any]:
        """Its items at the same time: the clock goes on with the one that took longest."""
        began, ended, results = self.clock.now, [self.clock.now], []
        for index, item in enumerate(_path(value, state["ItemsPath"])):
            self.clock.now = began
            self.events[machine] += 2  # an iteration started, ended
            inner = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
            given = _fill(state["Parameters"], value, inner) if "Parameters" in state else item
            results.append(self._run(machine, state["Iterator"], given, inner))
            ended.append(self.clock.now)
        self.clock.now = max(ended)
        return results

    def _enter(self, machine: str, state: Mapping[str, Any], value: Any, context: Any) -> tuple[str | None, Any]:
        self.transitions += 1
        kind = state["Type"]
        self.events[machine] += EVENTS[state["Resource"].split(":::")[1] if kind == "Task" else kind]
        if kind == "Choice":
            return next((c["Next"] for c in state["Choices"] if _matches(c, value)), state.get("Default")), value
        if kind == "Wait":
            self.clock.advance(_path(value, state["SecondsPath"]))
            return state["Next"], value
        if kind == "Fail":
            raise ExecutionFailed(*(_said(state, name, value) for name in ("Error", "Cause")))
        if kind == "Map":
            return state.get("Next"), _put(value, state["ResultPath"], self._map(machine, state, value, context))
        parameters = _fill(state["Parameters"], value, context) if "Parameters" in state else value
        if kind == "Pass":
            result = state.get("Result", parameters)
        else:
            try:
                result = self._task(state, parameters)
            except ExecutionFailed as failure:
                for catch in state.get("Catch", []):
                    caught = {"Error": failure.error} | ({"Cause": failure.cause} if failure.cause else {})
                    return catch["Next"], _put(value, catch["ResultPath"], caught)
                raise
            if "ResultSelector" in state:
                result = _fill(state["ResultSelector"], result, context)
        return state.get("Next"), _put(value, state.get("ResultPath", "$"), result)

    def _task(self, state: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
        if state["Resource"].endswith("lambda:invoke"):
            return {"Payload": self._invoke(state, parameters)}
        child = parse(parameters["StateMachineArn"]).name
        try:
            return {"Output": self.execute(child, parameters["Input"]), "Status": "SUCCEEDED"}
        except ExecutionFailed as failure:
            said = {"Error": failure.error, "Status": "FAILED"} | ({"Cause": failure.cause} if failure.cause else {})
            raise ExecutionFailed(
                "States.TaskFailed", json.dumps({**said, "StateMachineArn": parameters["StateMachineArn"]})
            ) from failure

    def _invoke(self, state: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
        function = parameters["FunctionName"].removeprefix(f"{self.project}-").replace("-", "_")
        tried: dict[int, int] = {}
        while True:
            try:
                # As over the wire: what is not JSON does not get through.
                return json.loads(json.dumps(handler(function)(json.loads(json.dumps(parameters["Payload"])), CONTEXT)))
            except Exception as raised:
                error = type(raised).__name__
                found = next((n for n, each in enumerate(state["Retry"]) if error in each["ErrorEquals"]), None)
                attempt = tried.get(-1 if found is None else found, 0)
                if found is None or attempt == state["Retry"][found]["MaxAttempts"]:
                    raise ExecutionFailed(
                        error, json.dumps({"errorMessage": str(raised), "errorType": error})
                    ) from raised
            self.transitions += 1
            tried[found] = attempt + 1
            retry = state["Retry"][found]
            interval = min(
                retry["IntervalSeconds"] * retry["BackoffRate"] ** min(attempt, 30), retry["MaxDelaySeconds"]
            )
            self.clock.advance(interval / 2)  # the mean of full jitter


def _path(value: Any, path: str) -> Any:
    for name, index, quoted in re.findall(r"\.(\w+)|\[(\d+)\]|\['([^']+)'\]", path.removeprefix("$")):
        value = value[int(index)] if index else value[name or quoted]
    return value


def _put(value: Any, path: str, result: Any) -> Any:
    if path == "$":
        return result
    *parents, last = path.removeprefix("$.").split(".")
    copied = {**value}
    inner = copied
    for part in parents:
        inner[part] = {**inner.get(part, {})}
        inner = inner[part]
    inner[last] = result
    return copied


def _fill(template: Any, value: Any, context: Any) -> Any:
    if isinstance(template, dict):
        return {
            key.removesuffix(".$"): _evaluate(item, value, context)
            if key.endswith(".$")
            else _fill(item, value, context)
            for key, item in template.items()
        }
    return [_fill(item, value, context) for item in template] if isinstance(template, list) else template


def _evaluate(text: str, value: Any, context: Any) -> Any:
    """A path, or an intrinsic function of paths, literals and intrinsic functions."""
    if text.startswith("$$."):
        return _path(context, text[1:])
    if text.startswith("$"):
        return _path(value, text)
    if text.startswith("'"):
        return text[1:-1]
    if not text.startswith("States."):
        return json.loads(text)
    name, inside = re.fullmatch(r"States\.(\w+)\((.*)\)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    arguments = [_evaluate(argument.strip(), value, context) for argument in _arguments(inside)]
    functions: dict[str, Callable[..., Any]] = {
        "Format": lambda form, *parts: form.format(*parts),
        "JsonMerge": lambda first, second, _deep: {**first, **second},
        "StringToJson": json.loads,
        "StringSplit": lambda string, by: string.split(by),
        "ArrayGetItem": lambda array, index: array[index],
        "Hash": lambda text, _algorithm: hashlib.sha1(text.encode()).hexdigest(),
    }
    return functions[name](*arguments)


def _arguments(text: str) -> list[str]:
    found, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == "'"
        depth += {"(": 1, ")": -1}.get(character, 0) if not quoted else 0
        if character == "," and not quoted and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def _said(state: Mapping[str, Any], name: str, value: Any) -> str:
    text = state.get(name)
    return str(_evaluate(state[f"{name}Path"], value, {})) if text is None else str(text)


def _matches(rule: Mapping[str, Any], value: Any) -> bool:
    if "And" in rule:
        return all(_matches(each, value) for each in rule["And"])
    if "Or" in rule:
        return any(_matches(each, value) for each in rule["Or"])
    if "IsPresent" in rule:
        try:
            _path(value, rule["Variable"])
        except (KeyError, IndexError):
            return not rule["IsPresent"]
        return bool(rule["IsPresent"])
    found = _path(value, rule["Variable"])
    if "StringMatches" in rule:
        return fnmatch.fnmatchcase(found, rule["StringMatches"])
    return bool(found == rule.get("StringEquals", rule.get("BooleanEquals")))
