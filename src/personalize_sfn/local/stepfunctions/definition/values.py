"""Paths, payload templates with intrinsic functions, and the Resource of a task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, UNSUPPORTED, Diagnostic
from personalize_sfn.local.stepfunctions.definition.services import operation_model
from personalize_sfn.statemachine.jsonata import expression

__all__ = ["is_path", "map_resource", "payload", "resource", "task_parameters", "variables"]

_FUNCTION_ARN = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?")
_ACTIVITY_ARN = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:.+")
_SERVICE_ARN = re.compile(r"arn:aws[a-z-]*:states:::([a-z0-9-]+):([A-Za-z0-9]+)(?:\.([A-Za-z0-9:]+))?")
_SDK_ARN = re.compile(r"arn:aws[a-z-]*:states:::aws-sdk:([A-Za-z0-9]+):([A-Za-z0-9]+)(?:\.([A-Za-z0-9:]+))?")
_TOKEN = "waitForTaskToken"  # noqa: S105 - the name of an integration pattern
_RUN_A_JOB = ("sync", "sync:2")

# Optimized integration -> its integration patterns, its parameters, and the parameters it cannot do without.
# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
_OPTIMIZED: dict[tuple[str, str], tuple[tuple[str, ...], set[str], set[str]]] = {
    ("lambda", "invoke"): (
        (_TOKEN,),
        {"ClientContext", "FunctionName", "InvocationType", "LogType", "Payload", "Qualifier"},
        {"FunctionName"},
    ),
    ("states", "startExecution"): (
        (*_RUN_A_JOB, _TOKEN),
        {"Input", "Name", "StateMachineArn", "TraceHeader"},
        {"StateMachineArn"},
    ),
}
_INTRINSIC = re.compile(r"States\.[A-Za-z0-9]+\(.*\)", re.DOTALL)


def is_path(value: Any) -> bool:
    """Whether a value can be a JSONPath: text that begins with ``$``."""
    return isinstance(value, str) and value.startswith("$")


def payload(template: Any, at: str) -> Iterator[Diagnostic]:
    """A payload template: the value of a field named ``x.$`` is a path or an intrinsic function."""
    if isinstance(template, list):
        for index, item in enumerate(template):
            yield from payload(item, f"{at}[{index}]")
    if not isinstance(template, dict):
        return
    for name, value in template.items():
        where = f"{at}/{name}"
        if not name.endswith(".$"):
            yield from payload(value, where)
        elif not is_path(value) and not (isinstance(value, str) and _INTRINSIC.fullmatch(value)):
            message = (
                f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call, "
                f"got {value!r}"
            )
            yield Diagnostic(SCHEMA, message, where)


#: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html: an identifier of Unicode's annex 31.
_LONGEST_VARIABLE = 80


def variables(assigned: Any, at: str) -> Iterator[Diagnostic]:
    """The names of an Assign; in JSONPath ``x.$`` assigns ``x``."""
    for field in assigned if isinstance(assigned, dict) else ():
        name = field.removesuffix(".$")
        if not name.isidentifier() or name.startswith("_") or len(name) > _LONGEST_VARIABLE:
            expected = f"a letter, then letters, digits and '_', at most {_LONGEST_VARIABLE} characters"
            yield Diagnostic(SCHEMA, f"The name of a variable must be {expected}, got '{name}'", f"{at}/{field}")


_OF_MAPS = {
    "ItemReader": ("arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"),
    "ResultWriter": ("arn:aws:states:::s3:putObject",),
}


def map_resource(field: str, arn: Any, at: str) -> Iterator[Diagnostic]:
    """Where the items of a distributed Map come from, or its results go."""
    if arn not in _OF_MAPS[field]:
        message = f"Resource of {field} must be one of {', '.join(_OF_MAPS[field])}, got {arn!r}"
        yield Diagnostic(SCHEMA, message, at)


def resource(arn: Any, at: str) -> Iterator[Diagnostic]:
    """A task's Resource: a function, an optimized integration or an aws-sdk one that exists."""
    if not isinstance(arn, str):
        yield Diagnostic(SCHEMA, f"Resource must be an ARN, got {arn!r}", at)
    elif _ACTIVITY_ARN.fullmatch(arn):
        return
    elif sdk := _SDK_ARN.fullmatch(arn):
        service, action, pattern = sdk.groups()
        if operation_model(service, action) is None or not service.islower() or not action[0].islower():
            yield _not_recognized(arn, at)
        elif pattern not in (None, _TOKEN):
            yield Diagnostic(SCHEMA, f"AWS SDK integrations do not support the pattern .{pattern}", at)
    elif optimized := _SERVICE_ARN.fullmatch(arn):
        service, action, pattern = optimized.groups()
        if (service, action) not in _OPTIMIZED:
            known = ", ".join(f"{name}:{verb}" for name, verb in sorted(_OPTIMIZED))
            message = f"The embedded AWS supports the optimized integrations {known} and aws-sdk:*, not {arn}"
            yield Diagnostic(UNSUPPORTED, message, at)
        elif pattern is not None and pattern not in _OPTIMIZED[service, action][0]:
            yield _not_recognized(arn, at)
    elif not _FUNCTION_ARN.fullmatch(arn):
        yield _not_recognized(arn, at)


def _not_recognized(arn: str, at: str) -> Diagnostic:
    message = (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, "
        "or the resource is not available in this region."
    )
    return Diagnostic(SCHEMA, message, at)


def task_parameters(arn: Any, parameters: Any, at: str) -> Iterator[Diagnostic]:
    """The parameters of an integration: no unknown one; of an optimized one none missing."""
    match = _SERVICE_ARN.fullmatch(arn) if isinstance(arn, str) else None
    integration = _OPTIMIZED.get((match[1], match[2])) if match else None
    if integration is None:
        yield from _sdk_parameters(arn, parameters, at)
        return
    if not isinstance(parameters, dict):
        if expression(parameters) is None:
            yield Diagnostic(SCHEMA, f"{at.rpartition('/')[2]} must be an object", at)
        return
    _, known, required = integration
    given = {name.removesuffix(".$") for name in parameters}
    for name in sorted(given - known):
        yield Diagnostic(SCHEMA, f"The field '{name}' is not supported by Step Functions", at)
    for name in sorted(required - given):
        yield Diagnostic(SCHEMA, f"The field '{name}' is required but was missing", at)


def _sdk_parameters(arn: Any, parameters: Any, at: str) -> Iterator[Diagnostic]:
    """Names are in PascalCase where the service's API has another case."""
    match = _SDK_ARN.fullmatch(arn) if isinstance(arn, str) else None
    model = operation_model(match[1], match[2]) if match else None
    if model is None or not isinstance(parameters, dict):
        return
    known = {name.lower() for name in model.input_shape.members} if model.input_shape else set()
    for name in sorted(given for key in parameters if (given := str(key).removesuffix(".$")).lower() not in known):
        yield Diagnostic(SCHEMA, f"The field '{name}' is not supported by Step Functions", at)
