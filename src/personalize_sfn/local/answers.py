"""Answers of the front door itself, in the shape each protocol wants."""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["Answer", "RefusedError", "error_answer", "json_answer"]

Answer = tuple[int, list[tuple[str, str]], bytes]
"""HTTP status, headers, body."""


class RefusedError(Exception):
    """The request is refused with an AWS error: ``code``, ``message`` and HTTP ``status``."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def json_answer(status: int, value: Any, headers: list[tuple[str, str]] | None = None) -> Answer:
    body = json.dumps(value).encode()
    return status, [("Content-Type", "application/json"), *(headers or [])], body


def error_answer(service: str, error: RefusedError) -> Answer:
    """The error in the service's own protocol: XML for S3, IAM and STS, JSON for the others."""
    request_id = str(uuid.uuid4())
    if service in ("s3", "iam", "sts"):
        code, message = escape(error.code), escape(error.message)
        inner = f"<Code>{code}</Code><Message>{message}</Message>"
        if service == "s3":
            text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
        else:
            text = (
                f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
        return error.status, [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)], body
    value = {"__type": error.code, "message": error.message}
    return json_answer(error.status, value, [("x-amzn-ErrorType", error.code), ("x-amzn-RequestId", request_id)])
