"""GetSessionToken and GetFederationToken: keys of their own.

The backend answers both with the keys of AWS's documentation, which are published, and the same for everybody.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from personalize_sfn.local.aws.responses import AwsError, Response

if TYPE_CHECKING:
    from personalize_sfn.local.aws.iam import Iam, Principal
    from personalize_sfn.local.aws.request import Request

__all__ = ["OPERATIONS", "check_caller", "with_own_keys"]

OPERATIONS = ("GetSessionToken", "GetFederationToken")


def check_caller(request: Request, iam: Iam) -> None:
    """Refuse temporary keys, which get no others of this kind.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html

    Raises:
        AwsError: AccessDenied, HTTP 403.
    """
    if iam.is_temporary(request.access_key):
        raise AwsError("AccessDenied", f"Cannot call {request.operation} with session credentials", 403)


def with_own_keys(answer: Response, request: Request, who: Principal, iam: Iam) -> Response:
    """The backend's answer with new keys of the caller in it.

    Raises:
        AwsError: MalformedPolicyDocument.
    """
    status, headers, body = answer
    if status != 200:
        return answer
    try:
        policy = json.loads(request.form["Policy"]) if request.form.get("Policy") else None
    except ValueError as error:
        raise AwsError("MalformedPolicyDocument", f"The policy is no JSON: {error}") from error
    keys = iam.issue(who, policy)
    parts = {"AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key, "SessionToken": keys.session_token}
    for name, value in parts.items():
        body = re.sub(rf"<{name}>.*?</{name}>".encode(), f"<{name}>{value}</{name}>".encode(), body, flags=re.DOTALL)
    return status, [(name, value) for name, value in headers if name.lower() != "content-length"], body
