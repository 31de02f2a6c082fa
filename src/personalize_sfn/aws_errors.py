"""Errors of AWS: how a botocore error is read, and the codes that several services share.

Shipped in each function's zip; imports only the standard library.
"""

from __future__ import annotations

from typing import Any

#: Too many requests: try again later.
THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
#: The service's own fault: try again.
UNAVAILABLE = frozenset(
    {
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
    }
)
#: The caller's policies do not allow it.  S3's HeadObject says no more than the number.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
#: The caller's temporary keys are over.
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})


def code_of(error: BaseException) -> str:
    """The service's code of a botocore error; empty: it is no answer of a service."""
    return str(_details(error).get("Code", ""))


def message_of(error: BaseException) -> str:
    """The service's message of a botocore error; else the error's own text."""
    return str(_details(error).get("Message", error))


def status_of(error: BaseException) -> int:
    """The HTTP status of the service's answer; 400 where none is known."""
    response: dict[str, Any] = getattr(error, "response", {})
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))


def _details(error: BaseException) -> dict[str, Any]:
    response: dict[str, Any] = getattr(error, "response", {})
    details: dict[str, Any] = response.get("Error", {})
    return details
