"""TestState: one state by itself.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions import roles
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.integrations import RoleCaller, perform
from personalize_sfn.statemachine import TaskCall, TaskOutcome
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.history import Resource
from personalize_sfn.statemachine.json_text import NotJson, compact, parse
from personalize_sfn.statemachine.one_state import try_state

__all__: list[str] = []

#: Members of inspectionData that are no JSON text.
_PLAIN = ("errorDetails", "maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


def _read(request: dict[str, Any], name: str, code: str, default: Any) -> Any:
    if name not in request:
        return default
    try:
        return parse(request[name])
    except NotJson as problem:
        raise AwsError(code, f"Invalid JSON in the field '{name}': '{problem}'") from None


def _object(request: dict[str, Any], name: str) -> dict[str, Any] | None:
    given = _read(request, name, "ValidationException", None)
    if given is not None and not isinstance(given, dict):
        raise AwsError("ValidationException", f"The field '{name}' must be a JSON object")
    return given


def _mock(request: dict[str, Any]) -> TaskOutcome | None:
    given = request.get("mock")
    if given is None:
        return None
    if ("result" in given) == ("errorOutput" in given):
        raise AwsError("ValidationException", "A mock must have exactly one of result and errorOutput")
    if "errorOutput" in given:
        failed = given["errorOutput"]
        return TaskOutcome(error=failed.get("error", ""), cause=failed.get("cause"))
    return TaskOutcome(_read(given, "result", "ValidationException", None))


def test_state(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """Runs a state with a mock, or with calls by the role that is named."""
    definition = _read(request, "definition", "InvalidDefinition", None)
    if not isinstance(definition, dict):
        raise AwsError("InvalidDefinition", "Invalid State Machine Definition: 'The definition must be a JSON object'")
    role, mock, settings = request.get("roleArn"), _mock(request), request.get("stateConfiguration", {})
    if role is not None:
        roles.check_trust(role, context)

    def tasks(call: TaskCall) -> TaskOutcome:
        if role is None:
            raise AwsError("ValidationException", "A Task state needs a roleArn or a mock")
        resource = Resource(call.resource)
        if resource.pattern or resource.events == "Activity":
            raise AwsError("ValidationException", f"{call.resource} can only be tested with a mock")
        return perform(call, RoleCaller(context.clients, context.region, role))

    try:
        result = try_state(
            definition,
            _read(request, "input", "InvalidExecutionInput", {}),
            tasks,
            name=request.get("stateName"),
            mock=mock,
            context=_object(request, "context"),
            variables=_object(request, "variables"),
            retries=settings.get("retrierRetryCount", 0),
            failed_items=settings.get("mapIterationFailureCount", 0),
        )
    except InvalidDefinitionError as error:
        raise AwsError("InvalidDefinition", f"Invalid State Machine Definition: '{error}'") from None
    except KeyError:
        raise AwsError("ValidationException", f"State not found: {request.get('stateName')}") from None
    answer: dict[str, Any] = {
        "status": result.status,
        "error": result.error,
        "cause": result.cause,
        "nextState": result.next_state,
        "output": None if result.status in ("FAILED", "RETRIABLE") else compact(result.output),
    }
    if request.get("inspectionLevel", "INFO") != "INFO":
        answer["inspectionData"] = {
            name: value if name in _PLAIN else compact(value) for name, value in result.inspection.items()
        }
    return answer


OPERATIONS = {"TestState": test_state}
