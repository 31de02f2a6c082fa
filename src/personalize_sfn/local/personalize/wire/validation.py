"""A request against its input shape: what is wrong is InvalidInputException."""

from __future__ import annotations

from botocore.model import Shape

from personalize_sfn.local.aws.shapes import known, violations
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members


def validated(shape: Shape | None, request: Members) -> Members:
    """``request`` without the members that the shape does not know and without nulls.

    Raises:
        AwsError: InvalidInputException that lists every violation.
    """
    if shape is None:
        return {}
    if found := violations(shape, request):
        raise invalid_input(found)
    members: Members = known(shape, request)
    return members
