"""The errors that the service answers: an error code of Personalize's model and a text.

The texts are AWS's own where one is on record; where none is, they say what was expected and what came.
"""

from __future__ import annotations


class ApiError(Exception):
    """Ends an operation with an error answer.

    ``status`` is the HTTP status; None takes the one that botocore's model gives the code (400 where it gives none).
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class WorkFailed(Exception):
    """What a resource's work ends with when it fails; the text becomes the resource's failureReason."""


def invalid_input(message: str) -> ApiError:
    return ApiError("InvalidInputException", message)


def not_found(message: str) -> ApiError:
    return ApiError("ResourceNotFoundException", message)


def in_use(message: str) -> ApiError:
    return ApiError("ResourceInUseException", message)


def already_exists(arn: str) -> ApiError:
    return ApiError("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


def limit_exceeded(message: str) -> ApiError:
    return ApiError("LimitExceededException", message)


def unsupported(what: str) -> ApiError:
    """No error of Personalize: the embedded AWS cannot do this and does not pretend to.  Clients do not retry it."""
    return ApiError("UnsupportedOperation", f"{what} is not supported by the embedded AWS.")
