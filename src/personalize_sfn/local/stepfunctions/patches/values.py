"""What goes into a task's request and what comes out of its response."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.response import StreamingBody

from personalize_sfn.local.stepfunctions.definition.services import boto_service_name, operation_model
from personalize_sfn.local.stepfunctions.patches import Replace, patch

__all__ = ["aws_timestamp"]


def aws_timestamp(moment: dt.datetime) -> str:
    """``2026-11-23T22:10:22.123Z``: how Step Functions writes a time in a state's data and in the context object."""
    utc = moment.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in xform_name(name).split("_"))


def _request_value(value: Any, shape: Shape | None) -> Any:
    """A state's value as boto wants it: member names in the model's casing, JSON text where it takes a string."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members: dict[str, str] = {name.lower(): name for name in shape.members}
        known = {str(key): members.get(str(key).lower()) or str(key) for key in value}
        return {known[key]: _request_value(item, shape.members.get(known[key])) for key, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_request_value(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _request_value(item, shape.value) for key, item in value.items()}
    if shape is not None and shape.type_name == "string" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    if shape is not None and shape.type_name == "blob" and not isinstance(value, bytes):
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        return text.encode()
    return value


def _response_value(value: Any, shape: Shape | None, *, milliseconds: bool) -> Any:
    """A boto response as Step Functions gives it to the next state: member names in PascalCase, and JSON only.

    Times are ISO 8601 text for the aws-sdk integrations and epoch milliseconds for the optimized ones.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            _pascal(key) if key in shape.members else key: _response_value(
                item, shape.members.get(key), milliseconds=milliseconds
            )
            for key, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_response_value(item, shape.member, milliseconds=milliseconds) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _response_value(item, shape.value, milliseconds=milliseconds) for key, item in value.items()}
    if isinstance(value, dt.datetime):
        return int(value.timestamp() * 1000) if milliseconds else aws_timestamp(value)
    if isinstance(value, StreamingBody):
        value = value.read()
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


@patch
def names_and_types_of_requests_and_responses(replace: Replace) -> None:
    """Parameters reach boto in the state's PascalCase and responses come back in boto's casing with
    ``datetime`` objects in them, so that ``startExecution`` fails with States.Runtime ``'StateMachineArn'``, and
    DescribeExecution answers HTTP 500 each time once a datetime is in the output.  ``_normalise_parameters`` and
    ``_normalise_response`` are empty (``state_task_service.py:208``).  Services such as ``personalizeruntime`` are not
    found under their botocore name, either."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
        StateTaskService,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
        StateTaskServiceAwsSdk,
    )

    def service_name(task: Any, boto_service_name_: str | None = None) -> str:
        return boto_service_name(boto_service_name_ or task.resource.api_name)

    def service_action(task: Any, service_action_name: str | None = None) -> str:
        action = service_action_name or task.resource.api_action
        operation = operation_model(task.resource.api_name, action)
        return xform_name(operation.name if operation else action)

    def parameters(
        task: Any, parameters: dict[str, Any], boto_service_name: str | None = None, service_action_name: Any = None
    ) -> None:
        operation = operation_model(
            boto_service_name or task.resource.api_name, service_action_name or task.resource.api_action
        )
        if operation is not None and operation.input_shape is not None:
            normal = _request_value(parameters, operation.input_shape)
            parameters.clear()
            parameters.update(normal)

    def response(
        task: Any, response: Any, boto_service_name: str | None = None, service_action_name: Any = None
    ) -> None:
        operation = operation_model(
            boto_service_name or task.resource.api_name, service_action_name or task.resource.api_action
        )
        if isinstance(response, dict) and operation is not None and operation.output_shape is not None:
            optimized = not isinstance(task, StateTaskServiceAwsSdk)
            normal = _response_value(response, operation.output_shape, milliseconds=optimized)
            response.clear()
            response.update(normal)

    replace(StateTaskService, "_get_boto_service_name", service_name)
    replace(StateTaskService, "_get_boto_service_action", service_action)
    replace(StateTaskService, "_normalise_parameters", parameters)
    replace(StateTaskService, "_normalise_response", response)


@patch
def times_of_the_context_object(replace: Replace) -> None:
    """``$$.Execution.StartTime`` is a ``datetime`` (``execution_worker.py:75``), which no JSON encoder takes,
    and ``$$.State.EnteredTime`` has microseconds and an offset; Step Functions writes milliseconds and ``Z``."""
    from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
    from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
    from moto.stepfunctions.parser.backend.execution import Execution

    original_input = CommonStateField._eval_state_input

    def details(execution: Any) -> Any:
        return ExecutionDetails(
            arn=execution.exec_arn,
            name=execution.name,
            role_arn=execution.role_arn,
            inpt=execution.input_data,
            start_time=aws_timestamp(execution.start_date),
        )

    def state_input(state: Any, env: Any) -> None:
        entered = env.states.context_object.context_object_data["State"]
        entered["EnteredTime"] = aws_timestamp(dt.datetime.now(dt.UTC))
        original_input(state, env)

    replace(Execution, "get_start_execution_details", details)
    replace(CommonStateField, "_eval_state_input", state_input)
