"""What a state machine or an activity is encrypted with: said again when asked for, and checked as AWS checks it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.aws.responses import AwsError

__all__ = ["encryption_of"]

_AWS_KEY: dict[str, Any] = {"type": "AWS_OWNED_KEY"}
#: By the type: whether a key must be named, and what is wrong where it is not so.
_KEY_NAMED = {
    "AWS_OWNED_KEY": (False, "kmsKeyId must not be set when type is AWS_OWNED_KEY"),
    "CUSTOMER_MANAGED_KMS_KEY": (True, "kmsKeyId must be set when type is CUSTOMER_MANAGED_KMS_KEY"),
}


def encryption_of(request: dict[str, Any]) -> dict[str, Any]:
    """The request's encryptionConfiguration; a key of AWS's own where there is none.

    Raises:
        AwsError: InvalidEncryptionConfiguration.
    """
    given: dict[str, Any] = request.get("encryptionConfiguration", _AWS_KEY)
    named, problem = _KEY_NAMED[given["type"]]
    if (given.get("kmsKeyId") is not None) is not named:
        raise AwsError("InvalidEncryptionConfiguration", f"Invalid Encryption Configuration: '{problem}'")
    return given
