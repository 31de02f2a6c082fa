"""Answers of the front door itself, in the shape each protocol wants."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.aws.protocols import default_protocol, protocol_of

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["AwsError", "Response", "error_answer", "json_answer", "refusal", "unsupported"]

Response = tuple[int, list[tuple[str, str]], bytes]
"""HTTP status, headers, body."""


class AwsError(Exception):
    """The request is refused with an error of AWS: ``code``, ``message`` and HTTP ``status``.

    Without a ``status`` it is the one that the service's model gives the code, or 400.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def unsupported(message: str) -> AwsError:
    """What the embedded AWS does not do: a status that no client takes for a passing failure and tries again."""
    return AwsError("UnsupportedOperation", message, 501)


def json_answer(status: int, value: Any, headers: list[tuple[str, str]] | None = None) -> Response:
    body = json.dumps(value).encode()
    return status, [("Content-Type", "application/json"), *(headers or [])], body


def refusal(request: Request, error: AwsError) -> Response:
    """The error in the protocol that the request is written in."""
    return _answer(protocol_of(request), request.service, error)


def error_answer(service: str, error: AwsError) -> Response:
    """The error in the protocol of a service, given by its signing name."""
    return _answer(default_protocol(service), service, error)


def _answer(protocol: str, service: str, error: AwsError) -> Response:
    request_id = str(uuid.uuid4())
    content_type, body = _BODIES["s3" if service == "s3" and protocol == "rest-xml" else protocol](error, request_id)
    headers = [("Content-Type", content_type), ("x-amzn-RequestId", request_id)]
    if protocol == "json":
        headers.append(("x-amzn-ErrorType", error.code))
    if protocol == "cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    return error.status or 400, headers, body


def _json(error: AwsError, _request_id: str) -> tuple[str, bytes]:
    return "application/json", json.dumps({"__type": error.code, "message": error.message}).encode()


def _cbor(error: AwsError, _request_id: str) -> tuple[str, bytes]:
    """A map of two texts: https://www.rfc-editor.org/rfc/rfc8949#section-3.1"""
    texts = ("__type", error.code, "message", error.message)
    return "application/cbor", b"\xa2" + b"".join(_cbor_text(text) for text in texts)


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return b"\x7a" + struct.pack(">I", len(data)) + data  # a text whose length takes four bytes


def _inner(error: AwsError) -> str:
    return f"<Code>{_xml(error.code)}</Code><Message>{_xml(error.message)}</Message>"


def _xml(text: str) -> str:
    """Escaped; without the control characters that XML cannot hold."""
    text = "".join(character if character >= " " or character in "\t\n\r" else "\ufffd" for character in text)
    # Not by xml.sax.saxutils, whose import takes 90 ms of every start: it brings urllib.request.
    return escape(text, quote=False)


def _document(content_type: str, text: str) -> tuple[str, bytes]:
    return content_type, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _s3(error: AwsError, request_id: str) -> tuple[str, bytes]:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    return _document("application/xml", f"<Error>{_inner(error)}<RequestId>{request_id}</RequestId></Error>")


def _query(error: AwsError, request_id: str) -> tuple[str, bytes]:
    """Also of REST services but S3: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html"""
    fault = "Sender" if (error.status or 400) < 500 else "Receiver"
    return _document(
        "text/xml",
        f"<ErrorResponse><Error><Type>{fault}</Type>{_inner(error)}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>",
    )


def _ec2(error: AwsError, request_id: str) -> tuple[str, bytes]:
    """https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"""
    return _document(
        "text/xml",
        f"<Response><Errors><Error>{_inner(error)}</Error></Errors><RequestID>{request_id}</RequestID></Response>",
    )


_BODIES: dict[str, Callable[[AwsError, str], tuple[str, bytes]]] = {
    "json": _json,
    "cbor": _cbor,
    "query": _query,
    "rest-xml": _query,
    "s3": _s3,
    "ec2": _ec2,
}
