"""What a Task's Resource calls: one row for each integration.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn.local.stepfunctions.definition.services import (
    boto_service_name,
    is_modelled,
    java_service_name,
    operation_model,
)
from personalize_sfn.local.stepfunctions.role_clients import RoleClients
from personalize_sfn.local.stepfunctions.task_values import answer_value, http_metadata, request_value
from personalize_sfn.statemachine import TaskCall, TaskOutcome, tokens
from personalize_sfn.statemachine.failures import RUNTIME
from personalize_sfn.statemachine.history import Resource
from personalize_sfn.statemachine.json_text import NotJson, compact, parse

if TYPE_CHECKING:
    from personalize_sfn.local.stepfunctions.records import ExecutionRecord

__all__ = [
    "RoleCaller",
    "caller_of",
    "child_outcome",
    "child_started",
    "perform",
    "started_before",
    "starts_once",
    "stop_child",
]

logger = logging.getLogger(__name__)
#: Of an object in gzip, unzipped: a few bytes of it can stand for any number.
_LARGEST_OBJECT = 2**28


@dataclass(frozen=True, slots=True)
class RoleCaller:
    """Who makes a task's calls: ``role_arn``, or the role of the state's Credentials, which the former assumes."""

    clients: RoleClients
    region: str
    role_arn: str
    through: str = ""

    def client(self, service: str) -> Any:
        return self.clients.client(self.region, service, self.role_arn, self.through)


def caller_of(call: TaskCall, record: ExecutionRecord, clients: RoleClients) -> RoleCaller:
    """Who makes a call of an execution."""
    given = call.credentials.get("RoleArn") if isinstance(call.credentials, dict) else None
    through = given if isinstance(given, str) and given != record.revision.role_arn else ""
    return RoleCaller(clients, record.region, record.revision.role_arn, through)


def perform(call: TaskCall, caller: RoleCaller) -> TaskOutcome:
    """Make a task's call and wait for the answer.  How the call fails is the outcome."""
    resource = Resource(call.resource)
    action = resource.name.partition(".")[0]
    if resource.events == "Task" and not isinstance(call.arguments, dict):
        cause = f"expected an object as the arguments of {call.resource}, got {compact(call.arguments)[:200]}"
        return TaskOutcome(error=RUNTIME, cause=cause)
    if resource.events == "LambdaFunction":
        return _named("Lambda", "AWSLambda", "lambda", lambda: _function(call, caller))
    if resource.service == "lambda":
        return _named("Lambda", "AWSLambda", "lambda", lambda: _invoke(call, caller))
    if resource.service == "states":
        return _named("StepFunctions", "AWSStepFunctions", "stepfunctions", lambda: _start(call, caller))
    return _sdk(resource.service.removeprefix("aws-sdk:"), action, call, caller)


class _FunctionFailed(Exception):
    """A function answered an error; ``payload`` says which."""

    def __init__(self, payload: Any) -> None:
        super().__init__()
        self.payload = payload


def _named(prefix: str, service: str, boto_name: str, work: Callable[[], Any]) -> TaskOutcome:
    """The outcome of an optimized integration, with errors as it names them."""
    try:
        return TaskOutcome(work())
    except _FunctionFailed as failed:
        named = failed.payload.get("errorType") if isinstance(failed.payload, dict) else None
        return TaskOutcome(error=str(named or "Lambda.Unknown"), cause=compact(failed.payload))
    except ClientError as error:
        said, code = error.response["ResponseMetadata"], error.response["Error"]["Code"]
        name = _error_name(prefix, service, boto_name, code)
        details = f"Service: {service}; Status Code: {said['HTTPStatusCode']}; Error Code: {code}; "
        cause = f"{error.response['Error']['Message']} ({details}Request ID: {said['RequestId']}; Proxy: null)"
        return TaskOutcome(error=name, cause=cause)
    except Exception as error:  # what the client itself refuses, or cannot reach
        return TaskOutcome(error=f"{prefix}.SdkClientException", cause=str(error) or repr(error))


def _error_name(prefix: str, service: str, boto_name: str, code: str) -> str:
    """``Lambda.ResourceNotFoundException``; one that the service does not model is ``Lambda.AWSLambdaException``."""
    if not is_modelled(boto_name, code):
        return f"{prefix}.{service}Exception"
    return f"{prefix}.{code if code.endswith('Exception') else code + 'Exception'}"


# -- Lambda ------------------------------------------------------------------------------------------------------------


def _function(call: TaskCall, caller: RoleCaller) -> Any:
    """A function's ARN as the Resource: its payload is the result."""
    answer = _called(caller, {"FunctionName": call.resource, "Payload": compact(call.arguments).encode()})
    return answer["Payload"]


def _invoke(call: TaskCall, caller: RoleCaller) -> Any:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"""
    request = {**call.arguments}
    if "Payload" in request:
        request["Payload"] = _payload(request["Payload"])
    model = operation_model("lambda", "invoke")
    answer = _called(caller, request_value(request, model.input_shape if model else None))
    kept = ("ExecutedVersion", "FunctionError", "LogResult", "Payload", "StatusCode")
    known = {name: answer[name] for name in kept if name in answer}
    return dict(sorted({**known, **http_metadata(answer["ResponseMetadata"])}.items()))


def _payload(value: Any) -> bytes:
    """Text that is JSON is the payload itself."""
    if isinstance(value, str):
        try:
            parse(value)
        except NotJson:
            return compact(value).encode()
        return value.encode()
    return compact({} if value is None else value).encode()


def _called(caller: RoleCaller, request: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = caller.client("lambda").invoke(**request)
    text = answer["Payload"].read().decode("utf-8", errors="replace")
    try:
        answer["Payload"] = json.loads(text)
    except ValueError:
        answer["Payload"] = text
    if answer.get("FunctionError"):
        raise _FunctionFailed(answer["Payload"])
    return answer


# -- Step Functions ----------------------------------------------------------------------------------------------------


def _start(call: TaskCall, caller: RoleCaller) -> Any:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"""
    model = operation_model("sfn", "startExecution")
    answer = caller.client("stepfunctions").start_execution(**_start_request(call))
    metadata = answer.pop("ResponseMetadata")
    said = answer_value(answer, model.output_shape if model else None, milliseconds=True)
    return dict(sorted({**said, **http_metadata(metadata)}.items()))


def _start_request(call: TaskCall) -> dict[str, Any]:
    """The call's StartExecution.  Without a name it takes one from its token, by which it is found after a restart."""
    model = operation_model("sfn", "startExecution")
    request = {**call.arguments}
    if not isinstance(request.get("Input"), str):
        # "If you don't include any JSON input data, you still must include the two braces."
        request["Input"] = compact({} if request.get("Input") is None else request["Input"])
    made: dict[str, Any] = request_value(request, model.input_shape if model else None)
    token = tokens.read(call.token)
    return made if token is None else {"name": token.proof, **made}


def started_before(call: TaskCall, record: ExecutionRecord, known: Mapping[str, ExecutionRecord]) -> str | None:
    """The ARN of the execution that a call of ``record`` has started; None if it has started none."""
    if Resource(call.resource).service != "states" or not isinstance(call.arguments, dict):
        return None
    request = _start_request(call)
    machine = str(request.get("stateMachineArn", "")).replace(":stateMachine:", ":execution:", 1)
    arn = ":".join([*machine.split(":")[:7], str(request.get("name"))])
    return arn if arn in known and known[arn].started >= record.started else None


def starts_once(
    call: TaskCall, outcome: TaskOutcome, record: ExecutionRecord, known: Mapping[str, ExecutionRecord]
) -> TaskOutcome:
    """The outcome of a call; an execution that has the name of the call's token is one that the call has started."""
    exists = outcome.error == "StepFunctions.ExecutionAlreadyExistsException" and "Name" not in call.arguments
    child = started_before(call, record, known) if exists else None
    return outcome if child is None else TaskOutcome(child_started(known[child]))


def child_started(child: ExecutionRecord) -> dict[str, Any]:
    """What StartExecution answered when an execution began, as a task has it."""
    said = {"ExecutionArn": child.arn, "StartDate": int(child.started * 1000)}
    return dict(sorted({**said, **http_metadata({"HTTPStatusCode": 200})}.items()))


def child_outcome(call: TaskCall, arn: str, caller: RoleCaller) -> TaskOutcome:
    """What DescribeExecution says of an execution that has ended, as ``.sync`` and ``.sync:2`` answer it."""
    failed: list[str] = []

    def work() -> Any:
        answer = caller.client("stepfunctions").describe_execution(executionArn=arn)
        del answer["ResponseMetadata"]
        model = operation_model("sfn", "describeExecution")
        said = answer_value(answer, model.output_shape if model else None, milliseconds=True)
        said = dict(sorted(said.items()))
        if said["Status"] != "SUCCEEDED":
            failed.append(compact(said))
            return None
        if call.resource.endswith(".sync:2"):
            said |= {name: parse(said[name]) for name in ("Input", "Output") if name in said}
        return said

    outcome = _named("StepFunctions", "AWSStepFunctions", "stepfunctions", work)
    return TaskOutcome(error="States.TaskFailed", cause=failed[0]) if failed else outcome


def stop_child(arn: str, caller: RoleCaller) -> None:
    """Stop an execution that a task started.  As on AWS, a role that may not do it leaves it running."""
    try:
        caller.client("stepfunctions").stop_execution(executionArn=arn)
    except (ClientError, BotoCoreError) as error:
        logger.warning("the child execution %s could not be stopped: %s", arn, error)


def _unzipped(body: bytes) -> bytes:
    """The text in a gzip.

    Raises:
        ValueError: it is none, or is larger than what is read of one object here.
    """
    unzip = zlib.decompressobj(wbits=31)
    try:
        text = unzip.decompress(body, _LARGEST_OBJECT)
    except zlib.error as error:
        raise ValueError(f"the object is no gzip: {error}") from None
    if not unzip.eof:
        raise ValueError(f"the object is cut off, or larger than {_LARGEST_OBJECT} bytes when it is unzipped")
    return text


# -- any operation of any service --------------------------------------------------------------------------------------


def _sdk(service: str, action: str, call: TaskCall, caller: RoleCaller) -> TaskOutcome:
    """https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""
    model = operation_model(service, action)
    if model is None:
        return TaskOutcome(error=RUNTIME, cause=f"{call.resource} is no operation of a service")
    name = java_service_name(service)
    request = request_value(call.arguments, model.input_shape)
    if unknown := sorted(request.keys() - (model.input_shape.members.keys() if model.input_shape else set())):
        cause = f"The field '{unknown[0]}' is not supported by Step Functions"
        return TaskOutcome(error=RUNTIME, cause=cause)
    try:
        client = caller.client(boto_service_name(service))
        answer = getattr(client, xform_name(model.name))(**request)
        answer.pop("ResponseMetadata", None)
        if call.gzipped:
            answer["Body"] = _unzipped(answer["Body"].read())
        return TaskOutcome(answer_value(answer, model.output_shape, milliseconds=False))
    except ClientError as error:
        kind = type(error).__name__
        kind = name if kind == "ClientError" else kind
        said = error.response["ResponseMetadata"]
        details = f"Service: {name}, Status Code: {said['HTTPStatusCode']}, Request ID: {said['RequestId']}"
        if "HostId" in said:
            details += f", Extended Request ID: {said['HostId']}"
        return TaskOutcome(
            error=f"{name}.{kind if kind.endswith('Exception') else kind + 'Exception'}",
            cause=f"{error.response['Error']['Message']} ({details})",
        )
    except Exception as error:  # what the client itself refuses, or cannot reach
        return TaskOutcome(error=f"{name}.SdkClientException", cause=str(error) or repr(error))
