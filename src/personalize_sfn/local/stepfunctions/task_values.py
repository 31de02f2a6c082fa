"""What goes into a task's request and what comes out of its answer: names and types, by botocore's models."""

from __future__ import annotations

import datetime as dt
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.response import StreamingBody

from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.times import written

__all__ = ["answer_value", "http_metadata", "request_value"]


def request_value(value: Any, shape: Shape | None) -> Any:
    """A state's value as botocore wants it: member names in the model's casing, JSON text where it takes a string."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members: dict[str, str] = {name.lower(): name for name in shape.members}
        known = {str(key): members.get(str(key).lower()) or str(key) for key in value}
        return {known[key]: request_value(item, shape.members.get(known[key])) for key, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [request_value(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: request_value(item, shape.value) for key, item in value.items()}
    if shape is not None and shape.type_name == "string" and not isinstance(value, str):
        return compact(value)
    if shape is not None and shape.type_name == "blob" and not isinstance(value, bytes):
        return (value if isinstance(value, str) else compact(value)).encode()
    return value


def answer_value(value: Any, shape: Shape | None, *, milliseconds: bool) -> Any:
    """botocore's answer as Step Functions gives it to the next state: member names in PascalCase, and JSON only.

    Times are ISO 8601 text for the aws-sdk integrations and epoch milliseconds for the optimized ones.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            _pascal(key) if key in shape.members else key: answer_value(
                item, shape.members.get(key), milliseconds=milliseconds
            )
            for key, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [answer_value(item, shape.member, milliseconds=milliseconds) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: answer_value(item, shape.value, milliseconds=milliseconds) for key, item in value.items()}
    if isinstance(value, dt.datetime):
        return int(value.timestamp() * 1000) if milliseconds else written(value.timestamp())
    if isinstance(value, StreamingBody):
        value = value.read()
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


def http_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """What the optimized integrations say of the call's HTTP answer."""
    headers = {str(key): str(value) for key, value in metadata.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {key: [value] for key, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata["HTTPStatusCode"],
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
    }


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in xform_name(name).split("_"))
