"""Personalize's two wire protocols, by botocore's own model of the service.

The control plane speaks AWS JSON 1.1, runtime and events speak REST-JSON with all members in the body
(https://docs.aws.amazon.com/personalize/latest/dg/API_Reference.html).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import OperationModel, ServiceModel

from personalize_sfn.local.aws.request import Request, plain_request
from personalize_sfn.local.aws.responses import AwsError, Response
from personalize_sfn.local.aws.shapes import trimmed
from personalize_sfn.local.personalize.wire.errors import invalid_input

CONTROL, RUNTIME, EVENTS = "personalize", "personalize-runtime", "personalize-events"
TARGET_PREFIX = "AmazonPersonalize."

HEADERS = "$headers"
"""The member of a response that holds headers for its answer; it is in no body."""
TEST_USERS = "x-personalize-sfn-test-users"
"""A header of GetSolutionMetrics that AWS does not have: how many users the metrics are means over."""
MEASURED = "x-personalize-sfn-measured"
"""Another one: JSON with ``margins`` (half of each mean's 95 % interval) and ``popularity`` (the same test's metrics of
the items that most users chose)."""

Members = dict[str, Any]
"""Of a request, an answer or a resource, by their names in the API."""


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
    from personalize_sfn.botocore_sessions import bare_botocore_session

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


def find_operation(request: Request) -> Operation:
    """Which operation a request calls.

    Raises:
        AwsError: no operation matches; UnknownOperationException, as AWS answers.
    """
    found = operations().get(request.operation)
    if request.target:
        if found is not None and found.service == CONTROL and request.target == TARGET_PREFIX + found.name:
            return found
        raise AwsError("UnknownOperationException", f"Amazon Personalize has no operation {request.target!r}")
    if found is None or found.service == CONTROL:
        text = f"Amazon Personalize has no operation {request.method} {request.path}"
        raise AwsError("UnknownOperationException", text, 404)
    return found


def operation_request(name: str, members: Members, region: str) -> Request:
    """The request that a client sends for an operation, not signed: what :meth:`PersonalizeService.handle` takes."""
    operation = operations()[name]
    headers = {"x-amz-target": TARGET_PREFIX + name} if operation.service == CONTROL else {}
    body, http = json.dumps(members).encode(), operation.model.http
    return plain_request(CONTROL, region, http["method"], http["requestUri"], headers, body)


def parse(request: Request) -> Members:
    """The JSON object in a request's body; an empty body is an empty object."""
    try:
        members = request.document
    except ValueError as error:
        raise AwsError("SerializationException", f"the request's body is no JSON: {error}") from error
    if not isinstance(members, dict):
        raise AwsError("SerializationException", f"expected a JSON object in the body, got {type(members).__name__}")
    return members


def trimmed_answer(operation: Operation, response: Members) -> Members:
    """What an operation answers: the members of its output shape, and :data:`HEADERS`."""
    shape = operation.model.output_shape
    kept: Members = {} if shape is None else trimmed(shape, response)
    return kept | {HEADERS: response[HEADERS]} if HEADERS in response else kept


def answer(operation: Operation, members: Members) -> Response:
    """The answer of an operation that succeeded, from its :func:`trimmed_answer`: no body without an output shape."""
    headers = members.pop(HEADERS, {})
    body = b"" if operation.model.output_shape is None else json.dumps(members).encode()
    return 200, [*_headers(operation.content_type, body), *headers.items()], body


def error_answer(operation: Operation | None, error: AwsError) -> Response:
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
