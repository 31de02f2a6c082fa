"""The HTTP side of Step Functions: what moto's API gets wrong or does not check, answered or corrected before and after
it.  Each function below is one operation; operations that are not listed go to moto as they are."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

from personalize_sfn.local.aws.responses import AwsError, Response, error_answer
from personalize_sfn.local.stepfunctions import roles
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.definition import check, diagnose

__all__ = ["handle"]

_MAX_INPUT_BYTES = 262_144
_MAX_HISTORY_PAGE = 1000
_DEFAULT_HISTORY_PAGE = 100
# What includeExecutionData=false leaves out of an event.
_EXECUTION_DATA = {
    "input",
    "output",
    "parameters",
    "inputDetails",
    "outputDetails",
    "resourceOutput",
    "assignedVariables",
}
_UNSUPPORTED = {"RedriveExecution", "StartSyncExecution", "TestState", "CreateStateMachineAlias"}


def handle(target: str, body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Answer one request.  ``target`` is the X-Amz-Target header, ``AWSStepFunctions.CreateStateMachine``.

    Never raises for a request that is wrong: the answer carries the AWS error.
    """
    operation = target.rpartition(".")[2]
    try:
        if operation in _UNSUPPORTED:
            raise AwsError(
                "UnsupportedOperation", f"The embedded AWS does not support AWSStepFunctions.{operation}.", 501
            )
        return _OPERATIONS.get(operation, _forward)(body, context)
    except AwsError as error:
        return error_answer("states", error)


def _forward(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    return _with_error_code(context.forward(body))


def _with_error_code(answer: Response) -> Response:
    """The interpreter's own exceptions arrive without an error code (``An error occurred () ...``)."""
    status, _, body = answer
    if status < 400:
        return answer
    try:
        value = json.loads(body)
    except ValueError:
        value = {}
    code = str(value.get("__type") or "").rpartition("#")[2]
    if code and code != "UnspecifiedErrorCode":
        return answer
    message = str(value.get("message") or value.get("Message") or body.decode(errors="replace"))
    # Definitions and inputs were checked before: what is left is a request that moto cannot serve.
    return error_answer("states", AwsError(code or "ValidationException", message, status if status < 500 else 400))


def _answer(value: dict[str, Any]) -> Response:
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-RequestId", str(uuid.uuid4()))]
    return 200, headers, json.dumps(value).encode()


def _epoch(moment: dt.datetime) -> float:
    """Epoch seconds to the millisecond, as moto writes them."""
    return int(moment.timestamp() * 1000) / 1000


def _backend(context: StepFunctionsContext) -> Any:
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    return stepfunctions_parser_backends[context.account][context.region]


def _machine(context: StepFunctionsContext, arn: str) -> Any | None:
    return next((machine for machine in _backend(context).state_machines if machine.arn == arn), None)


def _execution(context: StepFunctionsContext, arn: str) -> Any | None:
    executions = (run for machine in list(_backend(context).state_machines) for run in list(machine.executions))
    return next((run for run in executions if run.execution_arn == arn), None)


# -- state machines ----------------------------------------------------------------------------------------------------


def _create_state_machine(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Checks the definition and the role, and refuses a name in use for another definition.

    The same request twice is one state machine; role and tags are not compared:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    """
    if body.get("type") not in (None, "STANDARD"):
        message = f"The embedded AWS supports state machines of type STANDARD only, not {body['type']}."
        raise AwsError("StateMachineTypeNotSupported", message)
    definition, role = str(body.get("definition", "")), str(body.get("roleArn", ""))
    check(definition)
    roles.check_at_creation(definition, role, context)
    arn = f"arn:aws:states:{context.region}:{context.account}:stateMachine:{body.get('name')}"
    existing = _machine(context, arn)
    if existing is not None and json.loads(existing.definition) != json.loads(definition):
        raise AwsError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    return _with_error_code(context.forward(body))


def _update_state_machine(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    machine = _machine(context, str(body.get("stateMachineArn")))
    if body.get("definition") is not None:
        check(str(body["definition"]))
    if machine is not None and (body.get("definition") or body.get("roleArn")):
        definition, role = body.get("definition") or machine.definition, body.get("roleArn") or machine.roleArn
        roles.check_at_creation(definition, role, context)
    return _with_error_code(context.forward(body))


def _validate_definition(body: dict[str, Any], context: StepFunctionsContext) -> Response:  # noqa: ARG001 - one signature for all
    """ValidateStateMachineDefinition, which moto lacks."""
    found = diagnose(str(body.get("definition", "")))
    diagnostics = [
        {"severity": "ERROR", "code": one.code, "message": one.message, "location": one.location} for one in found
    ]
    return _answer({"result": "FAIL" if found else "OK", "diagnostics": diagnostics, "truncated": False})


# -- executions --------------------------------------------------------------------------------------------------------


def _start_execution(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Gives an execution without a name one of its own, and checks input and role."""
    text = body.get("input", "{}")
    try:
        json.loads(text)
    except ValueError as error:
        message = f"Invalid State Machine Execution Input: '{error}'"
        raise AwsError("InvalidExecutionInput", message) from error
    if len(text.encode()) > _MAX_INPUT_BYTES:
        message = (
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MAX_INPUT_BYTES}"
        )
        raise AwsError("ValidationException", message)
    arn = str(body.get("stateMachineArn"))
    if len(arn.split(":")) > 7:
        message = f"The embedded AWS starts no versions or aliases of state machines: '{arn}'."
        raise AwsError("UnsupportedOperation", message, 501)
    machine = _machine(context, arn)
    if machine is not None:
        roles.check_trust(machine.roleArn, context)
    return _with_error_code(context.forward(body | {"name": body.get("name") or str(uuid.uuid4())}))


def _stop_execution(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Keeps ``error`` and ``cause`` and answers the stop date; an execution that is over stays as it is."""
    execution = _execution(context, str(body.get("executionArn")))
    if execution is None:
        return _with_error_code(context.forward(body))
    if execution.status == "RUNNING":
        execution.stop(stop_date=dt.datetime.now(dt.UTC), error=body.get("error"), cause=body.get("cause"))
    return _answer({"stopDate": _epoch(execution.stop_date or dt.datetime.now(dt.UTC))})


def _describe_execution(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Adds the stop date of an execution that timed out."""
    return _with_stop_dates(context.forward(body), context, lambda value: [value])


def _list_executions(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Adds the stop dates of executions that timed out."""
    return _with_stop_dates(context.forward(body), context, lambda value: value.get("executions", []))


def _with_stop_dates(
    answer: Response, context: StepFunctionsContext, executions: Callable[[dict[str, Any]], list[dict[str, Any]]]
) -> Response:
    status, _, body = answer
    if status != 200:
        return _with_error_code(answer)
    value = json.loads(body)
    for item in executions(value):
        if item.get("status") == "TIMED_OUT" and "stopDate" not in item:
            found = _execution(context, item["executionArn"])
            if found is not None and found.stop_date is not None:
                item["stopDate"] = _epoch(found.stop_date)
    return _answer(value)


def _get_execution_history(body: dict[str, Any], context: StepFunctionsContext) -> Response:
    """Honours reverseOrder, maxResults, nextToken and includeExecutionData, all of which moto ignores."""
    arn = str(body.get("executionArn"))
    execution = _execution(context, arn)
    if execution is None:
        return _with_error_code(context.forward(body))
    limit = body.get("maxResults") or _DEFAULT_HISTORY_PAGE
    if not isinstance(limit, int) or not 0 < limit <= _MAX_HISTORY_PAGE:
        message = (
            f"1 validation error detected: Value '{limit}' at 'maxResults' failed to satisfy constraint: "
            f"Member must have value less than or equal to {_MAX_HISTORY_PAGE}"
        )
        raise AwsError("ValidationException", message)
    reverse = bool(body.get("reverseOrder", False))
    # moto copies the whole list for each reader, which makes paging through a long history quadratic. Events are
    # only ever appended and never changed, so a slice is enough.
    events = execution.exec_worker.env.event_manager._history_event_list
    count = len(events)
    # A token says how many events come before the page in the order asked for. Read backwards, the end is pinned where
    # the first page saw it: events that were added since do not shift the pages.
    start, end = _read_token(body.get("nextToken"), arn, reverse) or (0, count)
    page = (
        list(reversed(events[max(end - start - limit, 0) : end - start])) if reverse else events[start : start + limit]
    )
    more = start + limit < (end if reverse else count)
    include = bool(body.get("includeExecutionData", True))
    answer: dict[str, Any] = {"events": [_event(event, include) for event in page]}
    if more:
        answer["nextToken"] = _write_token(arn, reverse, start + limit, end)
    return _answer(answer)


def _event(event: dict[str, Any], include_data: bool) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(event, default=str))
    plain["timestamp"] = dt.datetime.fromisoformat(plain["timestamp"]).timestamp()
    if not include_data:
        for details in plain.values():
            if isinstance(details, dict):
                for name in _EXECUTION_DATA & details.keys():
                    del details[name]
    return plain


def _write_token(arn: str, reverse: bool, start: int, end: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([arn, reverse, start, end]).encode()).decode()


def _read_token(token: str | None, arn: str, reverse: bool) -> tuple[int, int] | None:
    if token is None:
        return None
    try:
        token_arn, token_reverse, start, end = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, binascii.Error):
        token_arn = None
    if token_arn != arn or token_reverse != reverse:
        raise AwsError("InvalidToken", "Invalid Token: 'Token is invalid'")
    return int(start), int(end)


_OPERATIONS: dict[str, Callable[[dict[str, Any], StepFunctionsContext], Response]] = {
    "CreateStateMachine": _create_state_machine,
    "UpdateStateMachine": _update_state_machine,
    "ValidateStateMachineDefinition": _validate_definition,
    "StartExecution": _start_execution,
    "StopExecution": _stop_execution,
    "DescribeExecution": _describe_execution,
    "ListExecutions": _list_executions,
    "GetExecutionHistory": _get_execution_history,
}
