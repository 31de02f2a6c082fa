"""Step Functions' protocol: requests and answers in the shapes of botocore's model, and AWS's errors."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from botocore.model import OperationModel

from personalize_sfn.local.aws.responses import AwsError, Response
from personalize_sfn.local.aws.shapes import known, trimmed, violations
from personalize_sfn.local.stepfunctions.definition.services import service_model
from personalize_sfn.statemachine.names import is_name

__all__ = [
    "PAGE",
    "answer",
    "does_not_exist",
    "invalid_token",
    "model_of",
    "page",
    "read_token",
    "states_arn",
    "valid_name",
    "validated_request",
    "write_token",
]

T = TypeVar("T")

_ARN = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:([A-Za-z]+):(.+)", re.DOTALL)
PAGE = 100
"""Items of a page where the request does not say."""


@cache
def model_of(operation: str) -> OperationModel | None:
    """botocore's model of an operation; None where Step Functions has no such operation."""
    model = service_model("stepfunctions")
    return model.operation_model(operation) if operation in model.operation_names else None


def validated_request(model: OperationModel, request: Any) -> dict[str, Any]:
    """The request without what the operation does not know.

    Raises:
        AwsError: SerializationException, it is no JSON object; ValidationException, with every violation.
    """
    if not isinstance(request, dict):
        raise AwsError("SerializationException", f"expected a JSON object in the body, got {type(request).__name__}")
    assert model.input_shape is not None
    if found := violations(model.input_shape, request):
        raise AwsError("ValidationException", found)
    members: dict[str, Any] = known(model.input_shape, request)
    return members


def answer(model: OperationModel, members: dict[str, Any]) -> Response:
    """The answer of an operation that succeeded."""
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-RequestId", str(uuid.uuid4()))]
    return 200, headers, json.dumps(trimmed(model.output_shape, members)).encode()


def valid_name(name: str) -> str:
    """The name.

    Raises:
        AwsError: InvalidName.
    """
    if not is_name(name):
        raise AwsError("InvalidName", f"Invalid Name: '{name}'")
    return name


def states_arn(text: str, *kinds: str) -> str:
    """The ARN.

    Raises:
        AwsError: InvalidArn, it is none, or of another kind of resource.
    """
    found = _ARN.fullmatch(text)
    if found is None:
        raise AwsError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {text}'")
    if found[1] not in kinds:
        raise AwsError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {found[1]}'")
    return text


def does_not_exist(what: str, arn: str) -> AwsError:
    """``what`` is in AWS's words: ``State Machine``."""
    return AwsError(f"{what.replace(' ', '')}DoesNotExist", f"{what} Does Not Exist: '{arn}'")


def page(
    found: Iterable[T], key: Callable[[T], Any], request: dict[str, Any], what: str, *, newest_first: bool = False
) -> tuple[list[T], str | None]:
    """One page of a list in the order of its keys, and the token of the next; what is deleted shifts no page.

    Raises:
        AwsError: InvalidToken, the token is of another list.
    """
    after = read_token(request.get("nextToken"), what)
    items = sorted(found, key=key, reverse=newest_first)
    if after is not None:
        try:
            items = [item for item in items if (key(item) < after if newest_first else key(item) > after)]
        except TypeError:  # a token that was made up
            raise invalid_token() from None
    most = request.get("maxResults") or PAGE
    more = len(items) > most
    return items[:most], write_token(what, key(items[most - 1])) if more else None


def write_token(what: str, after: Any) -> str:
    """The token of the page after the item with that key."""
    return base64.urlsafe_b64encode(json.dumps([what, after]).encode()).decode()


def read_token(token: str | None, what: str) -> Any:
    """The key that a page begins after; None for the first.

    Raises:
        AwsError: InvalidToken, it is of another list.
    """
    if token is None:
        return None
    try:
        of, after = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, binascii.Error):
        of = after = None
    if of != what:
        raise invalid_token()
    return after


def invalid_token() -> AwsError:
    return AwsError("InvalidToken", "Invalid Token: 'Token is invalid'")
