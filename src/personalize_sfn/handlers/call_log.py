"""What the functions log: one JSON object a line for each call of AWS, and for each function that fails.

``{"operation": "DescribeCampaign", "resource": "arn:...", "status": "ACTIVE", "execution": "arn:..."}``.  ``status`` is
what the answer says of the resource, else ``ok``, or the code of the refusal.  Ids of users, values of data and texts
of the service are in no line: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

#: Of what a request names that is no ARN, only these are the project's own names.
_NAMES = ("name", "Bucket")
_RESOURCE = "personalize_sfn_resource"
#: One function answers one event at a time.
_current: dict[str, str] = {"execution": ""}


@contextmanager
def in_execution(event: Mapping[str, Any]) -> Iterator[None]:
    """Inside, lines carry the execution of the event; an error that gets out is a line of its own."""
    _current["execution"] = str(event.get("execution", ""))
    try:
        yield
    except Exception as error:
        _write(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""), "", type(error).__name__)
        raise


def logged(client: Any) -> Any:
    """The boto3 client, whose calls are logged from now on."""
    events = client.meta.events
    events.register("before-parameter-build", _remember)
    events.register("after-call", _answered)
    events.register("after-call-error", _not_answered)
    return client


def _remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_RESOURCE] = _resource(params)


def _answered(parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
    error = parsed.get("Error", {}).get("Code")
    made = "" if error else next((str(value) for name, value in parsed.items() if _is_arn(name, value)), "")
    _write(model.name, made or context.get(_RESOURCE, ""), error or _status(parsed))


def _not_answered(exception: Exception, context: Mapping[str, Any], event_name: str, **_: Any) -> None:
    _write(event_name.rpartition(".")[2], context.get(_RESOURCE, ""), type(exception).__name__)


def _resource(params: Mapping[str, Any]) -> str:
    named = [value for name, value in params.items() if _is_arn(name, value)]
    named += [params[name] for name in _NAMES if isinstance(params.get(name), str)]
    return str(named[0]) if named else ""


def _is_arn(name: str, value: object) -> bool:
    return name.endswith(("Arn", "arn")) and isinstance(value, str)


def _status(parsed: Mapping[str, Any]) -> str:
    """Of the resource that a Describe operation answers."""
    inner = [value["status"] for value in parsed.values() if isinstance(value, dict) and "status" in value]
    return str(inner[0]) if inner else "ok"


def _write(operation: str, resource: str, status: str) -> None:
    line = {"operation": operation, "resource": resource, "status": status, "execution": _current["execution"]}
    print(json.dumps(line))
