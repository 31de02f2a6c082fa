"""The errors that the service answers: an error code of Personalize's model and a text.

The texts are AWS's own where one is on record; where none is, they say what was expected and what came.
"""

from __future__ import annotations

from personalize_sfn.local.aws.responses import AwsError


class WorkFailed(Exception):
    """What a resource's work ends with when it fails; the text becomes the resource's failureReason."""


def invalid_input(message: str) -> AwsError:
    return AwsError("InvalidInputException", message)


def not_found(message: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message)


def in_use(message: str) -> AwsError:
    return AwsError("ResourceInUseException", message)


def already_exists(arn: str) -> AwsError:
    return AwsError("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


def limit_exceeded(message: str) -> AwsError:
    return AwsError("LimitExceededException", message)


def unsupported(what: str) -> AwsError:
    """No error of Personalize: the embedded AWS cannot do this and does not pretend to.  Clients do not retry it."""
    return AwsError("UnsupportedOperation", f"{what} is not supported by the embedded AWS.")
