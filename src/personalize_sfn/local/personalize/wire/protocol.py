"""Personalize's two wire protocols, by botocore's own model of the service.

The control plane speaks AWS JSON 1.1, runtime and events speak REST-JSON with all members in the body
(https://docs.aws.amazon.com/personalize/latest/dg/API_Reference.html).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape

from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.wire.errors import ApiError, invalid_input

CONTROL, RUNTIME, EVENTS = "personalize", "personalize-runtime", "personalize-events"
TARGET_PREFIX = "AmazonPersonalize."

HEADERS = "$headers"
"""The member of a response that holds headers for its answer; it is in no body."""
TEST_USERS = "x-personalize-sfn-test-users"
"""A header of GetSolutionMetrics that AWS does not have: how many users the metrics are means over."""

Answer = tuple[int, list[tuple[str, str]], bytes]
"""HTTP status, headers, body."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one of the three services."""

    service: str
    model: OperationModel

    @property
    def name(self) -> str:
        return str(self.model.name)

    @property
    def content_type(self) -> str:
        return "application/x-amz-json-1.1" if self.service == CONTROL else "application/json"


@cache
def service_model(service: str) -> ServiceModel:
    from personalize_sfn.session import bare_botocore_session

    model: ServiceModel = bare_botocore_session().get_service_model(service)
    return model


@cache
def operations() -> dict[str, Operation]:
    """All operations of the three services by name; no two services share a name."""
    return {
        name: Operation(service, service_model(service).operation_model(name))
        for service in (CONTROL, RUNTIME, EVENTS)
        for name in service_model(service).operation_names
    }


@cache
def _operations_by_path() -> dict[tuple[str, str], Operation]:
    return {
        (operation.model.http["method"], operation.model.http["requestUri"]): operation
        for operation in operations().values()
        if operation.service != CONTROL
    }


def find_operation(method: str, path: str, headers: Mapping[str, str]) -> Operation:
    """Which operation a request calls.

    Raises:
        ApiError: none; UnknownOperationException, as AWS answers.
    """
    target = next((value for name, value in headers.items() if name.lower() == "x-amz-target"), "")
    if target:
        name = target.removeprefix(TARGET_PREFIX)
        found = operations().get(name)
        if found is not None and found.service == CONTROL and target.startswith(TARGET_PREFIX):
            return found
        raise ApiError("UnknownOperationException", f"Amazon Personalize has no operation {target!r}")
    operation = _operations_by_path().get((method.upper(), "/" + path.strip("/")))
    if operation is None:
        raise ApiError("UnknownOperationException", f"Amazon Personalize has no operation {method} {path}", 404)
    return operation


def parse(body: bytes) -> Request:
    """The JSON object in a request's body; an empty body is an empty object."""
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise ApiError("SerializationException", f"the request's body is no JSON: {error}") from error
    if not isinstance(request, dict):
        raise ApiError("SerializationException", f"expected a JSON object in the body, got {type(request).__name__}")
    return request


def trimmed(shape: Shape | None, value: Any) -> Any:
    """``value`` with the members that ``shape`` knows and that have a value; everything else is left out."""
    if shape is None:
        return value
    if shape.type_name == "structure":
        members = shape.members  # type: ignore[attr-defined]
        return {name: trimmed(member, value[name]) for name, member in members.items() if value.get(name) is not None}
    if shape.type_name == "list":
        return [trimmed(shape.member, element) for element in value]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {key: trimmed(shape.value, element) for key, element in value.items()}  # type: ignore[attr-defined]
    return round(value, 3) if shape.type_name == "timestamp" else value


def answer(operation: Operation, response: Request) -> Answer:
    """The answer of an operation that succeeded: an empty body where the model has no output shape."""
    shape = operation.model.output_shape
    body = b"" if shape is None else json.dumps(trimmed(shape, response)).encode()
    return 200, [*_headers(operation.content_type, body), *response.get(HEADERS, {}).items()], body


def error_answer(operation: Operation | None, error: ApiError) -> Answer:
    """The answer of an operation that failed: type and text in the body, the type in a header too for REST-JSON."""
    status = error.status or 400
    if error.status is None and operation is not None:
        shapes = {shape.name: shape for shape in operation.model.error_shapes}
        if error.code in shapes:
            status = int(shapes[error.code].metadata.get("error", {}).get("httpStatusCode", 400))
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    content_type = operation.content_type if operation is not None else "application/x-amz-json-1.1"
    return status, [*_headers(content_type, body), ("x-amzn-ErrorType", error.code)], body


def _headers(content_type: str, body: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]


def json_document(value: Any, member: str) -> Any:
    """Read a member that carries a JSON document in a string (``jsonvalue`` in the model)."""
    try:
        return json.loads(value)
    except ValueError as error:
        raise invalid_input(f"Error parsing {member} json") from error
