"""A state machine's definition: parsed, and checked as far as running it relies on.

What is refused here would otherwise be an error of Python while an execution runs.
https://states-language.net
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.statemachine import intrinsics, paths, times
from personalize_sfn.statemachine.choice import COMPARISONS, PATH_COMPARISONS
from personalize_sfn.statemachine.items import DELIMITERS, INPUT_TYPES
from personalize_sfn.statemachine.json_text import TOO_DEEP, NotJson, parse, strict
from personalize_sfn.statemachine.jsonata import expression, syntax_error
from personalize_sfn.statemachine.results import OUTPUT_TYPES, TRANSFORMATIONS
from personalize_sfn.statemachine.scope import is_path, split_root

__all__ = ["DefinitionProblem", "InvalidDefinitionError", "StateMachine"]

#: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
_LABEL = re.compile(r"[^ ?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]{1,40}")


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One thing wrong with a definition; ``location`` is such as ``/States/Wait/Seconds``."""

    code: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location}"


class InvalidDefinitionError(PersonalizeSfnError):
    """A definition cannot be run; ``problems`` says every reason."""

    def __init__(self, problems: list[DefinitionProblem]) -> None:
        super().__init__(f"Invalid State Machine StateMachine: '{', '.join(map(str, problems))}'")
        self.problems = problems


class StateMachine:
    """``root`` is the definition's JSON; its machines (itself, branches, item processors) are found by path."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        try:
            self.root: dict[str, Any] = parse(strict(dict(root)))  # a copy that nobody else can change
            problems = [*_machine(self.root, "", str(root.get("QueryLanguage", "JSONPath")))]
        except RecursionError:
            problems = [DefinitionProblem("INVALID_JSON_DESCRIPTION", TOO_DEEP, "/")]
        except NotJson as error:
            problems = [DefinitionProblem("INVALID_JSON_DESCRIPTION", str(error), "/")]
        if problems:
            raise InvalidDefinitionError(problems)
        self._machines: dict[tuple[str | int, ...], dict[str, Any]] = {}

    @classmethod
    def parse(cls, text: str) -> StateMachine:
        """The definition of a JSON text.

        Raises:
            InvalidDefinitionError: it is no JSON, or cannot be run.
        """
        try:
            root = parse(text)
        except NotJson as error:
            raise InvalidDefinitionError([DefinitionProblem("INVALID_JSON_DESCRIPTION", str(error), "/")]) from None
        if not isinstance(root, dict):
            problem = DefinitionProblem("INVALID_JSON_DESCRIPTION", "The definition must be a JSON object", "/")
            raise InvalidDefinitionError([problem])
        return cls(root)

    def machine(self, at: list[str | int]) -> dict[str, Any]:
        """The machine at a path such as ``["States", "Each", "ItemProcessor"]``; ``[]`` is the whole."""
        key = tuple(at)
        found = self._machines.get(key)
        if found is None:
            found = self.root
            for step in at:
                found = found[step]  # type: ignore[index]
            self._machines[key] = found
        return found

    def state(self, at: list[str | int], name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.machine(at)["States"][name]
        return found

    def language(self, state: Mapping[str, Any]) -> str:
        """JSONPath or JSONata."""
        return str(state.get("QueryLanguage", self.root.get("QueryLanguage", "JSONPath")))


# --- checks ---------------------------------------------------------------------------------------------------------

_Check = Callable[[Any, str], str | None]
"""Of a value and a query language: what was expected, or None."""


def _schema(message: str, at: str) -> DefinitionProblem:
    return DefinitionProblem("SCHEMA_VALIDATION_FAILED", message, at)


def _path(value: Any, _language: str) -> str | None:
    if not is_path(value):
        return "a JSONPath"
    try:
        paths.parse(split_root(value)[1])
    except paths.InvalidPath as error:
        return f"a JSONPath ({error})"
    return None


def _reference(value: Any, language: str) -> str | None:
    if problem := _path(value, language):
        return problem
    root, path = split_root(value)
    return None if paths.parse(path).definite and root == "$" else "a Reference Path"


def _path_or_call(value: Any, language: str) -> str | None:
    if is_path(value):
        return _path(value, language)
    try:
        call = intrinsics.parse(value if isinstance(value, str) else "")
    except intrinsics.InvalidIntrinsic as error:
        return f"a valid JSONPath or a valid intrinsic function call ({error})"
    return next((problem for path in call.paths() if (problem := _path(path, language))), None)


def _template(value: Any, language: str) -> str | None:
    if isinstance(value, dict):
        for key, item in value.items():
            check = _path_or_call if language == "JSONPath" and key.endswith(".$") else _template
            if problem := check(item, language):
                return f"{problem} in the field '{key}'"
    elif isinstance(value, list):
        return next((problem for item in value if (problem := _template(item, language))), None)
    elif language == "JSONata" and (text := expression(value)) is not None and (problem := syntax_error(text)):
        return f"a JSONata expression ({problem})"
    return None


def _expression_or(check: _Check) -> _Check:
    def checked(value: Any, language: str) -> str | None:
        return (
            _template(value, language)
            if language == "JSONata" and expression(value) is not None
            else check(value, language)
        )

    return checked


def _is(kind: type | tuple[type, ...], what: str, least: float = float("-inf"), most: float = float("inf")) -> _Check:
    def checked(value: Any, _language: str) -> str | None:
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        return None if right and (not isinstance(value, int | float) or least <= value <= most) else what

    return checked


def _or_null(check: _Check) -> _Check:
    return lambda value, language: None if value is None else check(value, language)


def _one_of(*known: str) -> _Check:
    return lambda value, _: None if value in known else f"one of {', '.join(known)}"


def _names(value: Any, _language: str) -> str | None:
    return None if isinstance(value, list) and all(isinstance(name, str) for name in value) else "a list of texts"


def _label(value: Any, _language: str) -> str | None:
    right = isinstance(value, str) and _LABEL.fullmatch(value)
    return None if right else "a text of 1 to 40 characters without spaces, brackets, wildcards and special characters"


def _pointer(value: Any, _language: str) -> str | None:
    return None if isinstance(value, str) and value.startswith("/") else "a JSON Pointer, such as /films/new"


def _timestamp(value: Any, _language: str) -> str | None:
    return None if times.parse(value) is not None else "an RFC3339 timestamp"


def _object(value: Any, language: str) -> str | None:
    return _template(value, language) if isinstance(value, dict) else "an object"


_SECONDS = _expression_or(_is(int, "an integer from 0 to 99999999", 0, 99_999_999))
_LIMIT = _expression_or(_is(int, "an integer from 1 to 99999999", 1, 99_999_999))
_COUNT = _expression_or(_is(int, "an integer of at least 0", 0))
_TEXT = _expression_or(_is(str, "a text"))
_OBJECT, _LIST, _NAME = _is(dict, "an object"), _is(list, "a list"), _is(str, "a text")
#: What each field takes, wherever it stands in a state.
_FIELDS: dict[str, _Check] = {
    **dict.fromkeys(("InputPath", "OutputPath"), _or_null(_path)),
    "ResultPath": _or_null(_reference),
    **dict.fromkeys(("Parameters", "ResultSelector", "ItemSelector", "Arguments", "Output"), _template),
    **dict.fromkeys(("Assign", "Credentials"), _object),
    "QueryLanguage": _one_of("JSONPath", "JSONata"),
    "Label": _label,
    **dict.fromkeys(("ErrorPath", "CausePath"), _path_or_call),
    **dict.fromkeys(("SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ItemsPath"), _path),
    **dict.fromkeys(("MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"), _path),
    "Seconds": _SECONDS,
    **dict.fromkeys(("TimeoutSeconds", "HeartbeatSeconds"), _LIMIT),
    **dict.fromkeys(("MaxConcurrency", "ToleratedFailureCount"), _COUNT),
    "ToleratedFailurePercentage": _expression_or(_is((int, float), "a number from 0 to 100", 0, 100)),
    "Timestamp": _expression_or(_timestamp),
    "Items": _expression_or(_LIST),
    **dict.fromkeys(("Error", "Cause"), _TEXT),
    **dict.fromkeys(("Resource", "Next", "Default"), _NAME),
    **dict.fromkeys(("Choices", "Branches", "Retry", "Catch"), _LIST),
    **dict.fromkeys(("ItemProcessor", "Iterator", "ItemReader", "ItemBatcher", "ResultWriter"), _OBJECT),
    "WriterConfig": _OBJECT,
    # of processors, readers, batches and rules
    "ProcessorConfig": _OBJECT,
    "Mode": _one_of("DISTRIBUTED", "INLINE"),
    "ExecutionType": _one_of("EXPRESS", "STANDARD"),
    "MaxItems": _COUNT,
    **dict.fromkeys(("MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"), _path),
    **dict.fromkeys(("MaxItemsPerBatch", "MaxInputBytesPerBatch"), _COUNT),
    "BatchInput": _template,
    "CSVDelimiter": _one_of(*DELIMITERS),
    "CSVHeaderLocation": _one_of("FIRST_ROW", "GIVEN"),
    "CSVHeaders": _names,
    "ItemsPointer": _pointer,
    "ErrorEquals": _names,
    "IntervalSeconds": _is(int, "an integer from 1 to 99999999", 1, 99_999_999),
    "MaxAttempts": _is(int, "an integer from 0 to 99999999", 0, 99_999_999),
    "MaxDelaySeconds": _is(int, "an integer from 1 to 31622400", 1, 31_622_400),
    "BackoffRate": _is((int, float), "a number of at least 1", 1),
    "Condition": _expression_or(_is(bool, "a JSONata expression")),
    "Variable": _path,
}
_WRITER_CONFIG = {"Transformation": _one_of(*TRANSFORMATIONS), "OutputType": _one_of(*OUTPUT_TYPES)}
#: What is supported of what a reader can be told; the default first.
_READER_CONFIG = {
    "InputType": ("JSON", *(kind for kind in INPUT_TYPES if kind != "JSON"), "MANIFEST"),
    "ManifestType": ("S3_INVENTORY",),
    "Transformation": ("NONE",),
}
#: StateFields of which a state of a type needs one.
_NEEDED = {
    "Choice": (("Choices",),),
    "Fail": (),
    "Map": (("ItemProcessor", "Iterator"),),
    "Parallel": (("Branches",),),
    "Pass": (),
    "Succeed": (),
    "Task": (("Resource",),),
    "Wait": (("Seconds", "SecondsPath", "Timestamp", "TimestampPath"),),
}
_ENDS = ("Choice", "Fail", "Succeed")


def _fields(
    value: dict[str, Any], at: str, language: str, known: Mapping[str, _Check] = _FIELDS
) -> Iterator[DefinitionProblem]:
    for name, item in value.items():
        if name in known and (expected := known[name](item, language)):
            yield _schema(
                f"{name} must be {expected}, got {json.dumps(item, ensure_ascii=False)[:200]}", f"{at}/{name}"
            )


def _machine(machine: Any, at: str, language: str) -> Iterator[DefinitionProblem]:
    states = machine.get("States") if isinstance(machine, dict) else None
    if isinstance(machine, dict):
        yield from _fields(machine, at, "JSONPath")  # none of them takes an expression
        if isinstance(config := machine.get("ProcessorConfig"), dict):
            yield from _fields(config, f"{at}/ProcessorConfig", "JSONPath")
    if not isinstance(states, dict) or not states:
        yield _schema("States must be an object with at least one state", f"{at}/States")
        return
    if not isinstance(machine.get("StartAt"), str) or machine["StartAt"] not in states:
        yield DefinitionProblem(
            "MISSING_TRANSITION_TARGET", f"Missing 'StartAt' target: {machine.get('StartAt')}", f"{at}/StartAt"
        )
    for name, state in states.items():
        yield from _state(state, states, f"{at}/States/{name}", language)


def _state(state: Any, states: dict[str, Any], at: str, top: str) -> Iterator[DefinitionProblem]:
    kind = state.get("Type") if isinstance(state, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        yield _schema(f"Type must be one of {', '.join(_NEEDED)}, got {kind!r}", f"{at}/Type")
        return
    language = str(state.get("QueryLanguage", top))
    yield from _fields(state, at, language)
    for names in _NEEDED[kind]:
        if not any(name in state for name in names):
            yield _schema(f"Missing required field '{names[0]}'", at)
    if kind not in _ENDS and "Next" not in state and state.get("End") is not True:
        yield _schema("One of the fields 'Next' and 'End' (true) is required", at)
    targets = [("Next", state.get("Next")), ("Default", state.get("Default"))]
    for name in ("Choices", "Retry", "Catch"):
        for index, rule in enumerate(state[name] if isinstance(state.get(name), list) else ()):
            where = f"{name}[{index}]"
            yield from _rule(name, rule, f"{at}/{where}", language)
            if name != "Retry" and isinstance(rule, dict):
                targets.append((f"{where}/Next", rule.get("Next", "")))
    for where, target in targets:
        if isinstance(target, str) and target not in states:
            yield DefinitionProblem("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", f"{at}/{where}")
    branches = state["Branches"] if isinstance(state.get("Branches"), list) else ()
    for index, branch in enumerate(branches):
        yield from _machine(branch, f"{at}/Branches[{index}]", top)
    for name in ("ItemProcessor", "Iterator"):
        if name in state:
            yield from _machine(state[name], f"{at}/{name}", top)
    yield from _distributed(state, at, language)


def _distributed(state: dict[str, Any], at: str, language: str) -> Iterator[DefinitionProblem]:
    """Where the items of a Map come from, how they are put together, and where its results go."""
    if isinstance(writer := state.get("ResultWriter"), dict):
        yield from _writer(writer, f"{at}/ResultWriter", language)
    if isinstance(batcher := state.get("ItemBatcher"), dict):
        yield from _fields(batcher, f"{at}/ItemBatcher", language)
    reader = state.get("ItemReader")
    if not isinstance(reader, dict):
        return
    where, config = f"{at}/ItemReader", reader.get("ReaderConfig", {})
    yield from _fields(reader, where, language)
    if not isinstance(reader.get("Resource"), str):
        yield _schema("Missing required field 'Resource'", where)
    if not isinstance(config, dict):
        yield _schema("ReaderConfig must be an object", f"{where}/ReaderConfig")
        return
    yield from _fields(config, f"{where}/ReaderConfig", language)
    for name, known in _READER_CONFIG.items():
        if config.get(name, known[0]) not in known:
            message = f"{name} {config[name]!r} is not supported, only {', '.join(known)}"
            yield DefinitionProblem("UNSUPPORTED_LOCALLY", message, f"{where}/ReaderConfig/{name}")
    if config.get("CSVHeaderLocation") == "GIVEN" and "CSVHeaders" not in config:
        yield _schema("Missing required field 'CSVHeaders'", f"{where}/ReaderConfig")


def _writer(writer: dict[str, Any], at: str, language: str) -> Iterator[DefinitionProblem]:
    """Where the results go, how they are formatted, or both."""
    yield from _fields(writer, at, language)
    if isinstance(config := writer.get("WriterConfig"), dict):
        yield from _fields(config, f"{at}/WriterConfig", language, _WRITER_CONFIG)
        if len(writer) == 1:
            if config.get("OutputType") == "JSONL":
                message = "JSON Lines that stay in the state are not supported: export them, or set OutputType to JSON"
                yield DefinitionProblem("UNSUPPORTED_LOCALLY", message, f"{at}/WriterConfig/OutputType")
            return
    for name in ("Resource", "Parameters" if language == "JSONPath" else "Arguments"):
        if name not in writer:
            yield _schema(f"Missing required field '{name}'", at)


def _rule(kind: str, rule: Any, at: str, language: str) -> Iterator[DefinitionProblem]:
    if not isinstance(rule, dict):
        yield _schema("A rule must be an object", at)
        return
    yield from _fields(rule, at, language)
    if kind != "Choices":
        if "ErrorEquals" not in rule:
            yield _schema("Missing required field 'ErrorEquals'", at)
    elif language == "JSONata":
        if "Condition" not in rule:
            yield _schema("Missing required field 'Condition'", at)
    else:
        yield from _choice_rule(rule, at)


def _choice_rule(rule: Any, at: str) -> Iterator[DefinitionProblem]:
    if not isinstance(rule, dict):
        yield _schema("A choice rule must be an object", at)
        return
    known = {"And", "Or", "Not", "IsPresent", *COMPARISONS, *PATH_COMPARISONS}
    tests = [name for name in rule if name in known]
    if len(tests) != 1:
        yield _schema(f"A choice rule needs exactly one comparison, got {tests or 'none'}", at)
        return
    test = tests[0]
    if test in ("And", "Or"):
        for index, inner in enumerate(rule[test] if isinstance(rule[test], list) else [None]):
            yield from _choice_rule(inner, f"{at}/{test}[{index}]")
    elif test == "Not":
        yield from _choice_rule(rule["Not"], f"{at}/Not")
    else:
        for name in ("Variable", *([test] if test in PATH_COMPARISONS else [])):
            if expected := _path(rule.get(name), "JSONPath"):
                yield _schema(f"{name} must be {expected}, got {rule.get(name)!r}", f"{at}/{name}")
        if test == "StringMatches" and not isinstance(rule[test], str):
            yield _schema(f"StringMatches must be a text, got {rule[test]!r}", f"{at}/StringMatches")
