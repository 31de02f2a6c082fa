"""The rules in a state: those of a Choice, of a Retry and of a Catch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, Diagnostic
from personalize_sfn.local.stepfunctions.definition.values import is_path, variables

__all__ = ["catchers", "choice_rules", "retriers"]

_COMPARED = {
    "Boolean": ("Equals",),
    "Numeric": ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"),
    "String": ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"),
    "Timestamp": ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"),
}
_OPERATORS = {
    *(f"{kind}{how}{path}" for kind, hows in _COMPARED.items() for how in hows for path in ("", "Path")),
    *("IsBoolean", "IsNull", "IsNumeric", "IsPresent", "IsString", "IsTimestamp", "StringMatches"),
}
_COMBINED = ("And", "Or", "Not")
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_RESERVED = {
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
}
# Field, smallest and largest value, whether it must be an integer.
_RETRY_NUMBERS = (
    ("IntervalSeconds", 1, 99_999_999, True),
    ("MaxAttempts", 0, 99_999_999, True),
    ("MaxDelaySeconds", 1, 31_622_400, True),
    ("BackoffRate", 1, float("inf"), False),
)
_RETRY_FIELDS = {"Comment", "ErrorEquals", "JitterStrategy", *(row[0] for row in _RETRY_NUMBERS)}
_CATCH_FIELDS = {"Assign", "Comment", "ErrorEquals", "Next", "Output", "ResultPath"}
_CONDITION_FIELDS = {"Assign", "Comment", "Condition", "Next", "Output"}


def choice_rules(rules: Any, at: str, language: str = "JSONPath") -> Iterator[Diagnostic]:
    """The Choices of a Choice state."""
    if not isinstance(rules, list) or not rules:
        yield Diagnostic(SCHEMA, "Choices must be a list of at least one rule", at)
        return
    for index, rule in enumerate(rules):
        where = f"{at}[{index}]"
        if isinstance(rule, dict) and not isinstance(rule.get("Next"), str):
            yield Diagnostic(SCHEMA, "Missing required field 'Next'", where)
        if isinstance(rule, dict):
            yield from variables(rule.get("Assign"), f"{where}/Assign")
        if language == "JSONPath":
            yield from _rule(rule, where, allowed={"Assign", "Next", "Comment"})
        elif isinstance(rule, dict):
            for name in sorted(rule.keys() - _CONDITION_FIELDS):
                yield Diagnostic(SCHEMA, f"Field '{name}' is not supported in a choice rule", f"{where}/{name}")


def _rule(rule: Any, at: str, allowed: set[str]) -> Iterator[Diagnostic]:
    if not isinstance(rule, dict):
        yield Diagnostic(SCHEMA, "A choice rule must be an object", at)
        return
    tests = [name for name in rule if name in _OPERATORS or name in _COMBINED]
    unknown = sorted(rule.keys() - {*tests, *allowed, "Variable"})
    for name in unknown:
        yield Diagnostic(SCHEMA, f"Field '{name}' is not supported in a choice rule", f"{at}/{name}")
    if len(tests) != 1:
        if not unknown:
            yield Diagnostic(SCHEMA, f"A choice rule needs exactly one comparison, got {tests or 'none'}", at)
        return
    test = tests[0]
    if test == "Not":
        yield from _rule(rule["Not"], f"{at}/Not", allowed={"Comment"})
    elif test in _COMBINED:
        if not isinstance(rule[test], list) or not rule[test]:
            yield Diagnostic(SCHEMA, f"{test} must be a list of at least one rule", f"{at}/{test}")
        else:
            for index, inner in enumerate(rule[test]):
                yield from _rule(inner, f"{at}/{test}[{index}]", allowed={"Comment"})
    else:
        yield from _comparison(rule, test, at)


def _comparison(rule: dict[str, Any], test: str, at: str) -> Iterator[Diagnostic]:
    if not is_path(rule.get("Variable")):
        yield Diagnostic(SCHEMA, f"Variable must be a JSONPath, got {rule.get('Variable')!r}", f"{at}/Variable")
    value = rule[test]
    if test.endswith("Path"):
        valid, expected = is_path(value), "a JSONPath"
    elif test.startswith(("Is", "Boolean")):
        valid, expected = isinstance(value, bool), "true or false"
    elif test.startswith("Numeric"):
        valid, expected = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    else:
        valid, expected = isinstance(value, str), "a string"
    if not valid:
        yield Diagnostic(SCHEMA, f"{test} must be {expected}, got {value!r}", f"{at}/{test}")


def retriers(rules: Any, at: str) -> Iterator[Diagnostic]:
    """The Retry of a state."""
    for rule, where in _each(rules, at, _RETRY_FIELDS):
        yield from _errors(rules, rule, where)
        for name, least, most, integer in _RETRY_NUMBERS:
            value = rule.get(name, least)
            number = isinstance(value, int if integer else int | float) and not isinstance(value, bool)
            if not number or not least <= value <= most:
                kind = "an integer" if integer else "a number"
                message = f"{name} must be {kind} of at least {least}, got {value!r}"
                yield Diagnostic(SCHEMA, message, f"{where}/{name}")
        if rule.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
            message = f"JitterStrategy must be FULL or NONE, got {rule['JitterStrategy']!r}"
            yield Diagnostic(SCHEMA, message, f"{where}/JitterStrategy")
    yield from _shape(rules, at, _RETRY_FIELDS)


def catchers(rules: Any, at: str) -> Iterator[Diagnostic]:
    """The Catch of a state."""
    for rule, where in _each(rules, at, _CATCH_FIELDS):
        yield from _errors(rules, rule, where)
        yield from variables(rule.get("Assign"), f"{where}/Assign")
        if not isinstance(rule.get("Next"), str):
            yield Diagnostic(SCHEMA, "Missing required field 'Next'", where)
        if rule.get("ResultPath", "$") is not None and not is_path(rule.get("ResultPath", "$")):
            yield Diagnostic(SCHEMA, "ResultPath must be a JSONPath or null", f"{where}/ResultPath")
    yield from _shape(rules, at, _CATCH_FIELDS)


def _each(rules: Any, at: str, known: set[str]) -> Iterator[tuple[dict[str, Any], str]]:
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict) and not rule.keys() - known:
            yield rule, f"{at}[{index}]"


def _shape(rules: Any, at: str, known: set[str]) -> Iterator[Diagnostic]:
    if not isinstance(rules, list):
        yield Diagnostic(SCHEMA, "A list of rules is required", at)
        return
    for index, rule in enumerate(rules):
        if not isinstance(rule, dict):
            yield Diagnostic(SCHEMA, "A rule must be an object", f"{at}[{index}]")
            continue
        for name in sorted(rule.keys() - known):
            yield Diagnostic(SCHEMA, f"Field '{name}' is not supported here", f"{at}[{index}]/{name}")


def _errors(rules: list[Any], rule: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    names = rule.get("ErrorEquals")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        yield Diagnostic(SCHEMA, "ErrorEquals must be a list of at least one error name", f"{at}/ErrorEquals")
        return
    for name in names:
        if name.startswith("States.") and name not in _RESERVED:
            message = f"Error names must not begin with 'States.', which is reserved, got '{name}'"
            yield Diagnostic(SCHEMA, message, f"{at}/ErrorEquals")
    if "States.ALL" in names:
        if len(names) > 1:
            yield Diagnostic(SCHEMA, "States.ALL must appear alone in ErrorEquals", f"{at}/ErrorEquals")
        if rules[-1] is not rule:
            yield Diagnostic(SCHEMA, "States.ALL must appear in the last rule", f"{at}/ErrorEquals")
