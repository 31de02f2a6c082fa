"""Who signed a request: its key is known, and its signature was made with that key's secret.

Dates are not checked: clocks of containers and of recorded requests may be off, and nothing is sent over a network.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from personalize_sfn.local.aws.iam import Secret
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.aws.s3_requests import bucket_of_host
from personalize_sfn.local.http.signature import UNSIGNED_PAYLOAD, Malformed, Sent, Signature, is_valid, read_signature
from personalize_sfn.local.http.signature_v2 import OldSignature, is_valid_v2, read_signature_v2

__all__ = ["Authentication", "Caller", "form_of"]

ADVICE = (
    "The embedded AWS takes the key pair of this machine's user only: 'personalize-sfn local env' prints it for any "
    "client, 'personalize-sfn local start --open' takes any key."
)
S3_NO_SUCH_KEY = "The AWS Access Key Id you provided does not exist in our records."
NO_SUCH_KEY = "The security token included in the request is invalid."
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")

# What is wrong -> its error code by form of answer, as AWS has it:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and "Common Errors" of each service's reference
_CODES = {
    "unsigned": {
        "s3": "AccessDenied",
        "query": "MissingAuthenticationToken",
        "json": "MissingAuthenticationTokenException",
    },
    "malformed": {
        "s3": "AuthorizationHeaderMalformed",
        "query": "IncompleteSignature",
        "json": "IncompleteSignatureException",
    },
    "unknown key": {"s3": "InvalidAccessKeyId", "query": "InvalidClientTokenId", "json": "UnrecognizedClientException"},
    "wrong token": {"s3": "InvalidToken", "query": "InvalidClientTokenId", "json": "UnrecognizedClientException"},
    "wrong signature": {
        "s3": "SignatureDoesNotMatch",
        "query": "SignatureDoesNotMatch",
        "json": "InvalidSignatureException",
    },
}


Form = Literal["s3", "query", "json"]


def form_of(service: str, protocol: str) -> Form:
    """Whose error codes a request's refusal has: S3's, those of the other XML services, those of JSON services."""
    if service == "s3":
        return "s3"
    return "json" if protocol in ("json", "cbor") else "query"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request says of who sent it, and for which service."""

    access_key: str = ""
    region: str = ""
    service: str = ""
    """The signing name, in lower case."""
    form: Form = "s3"
    signature: Signature | None = None
    secret: Secret | None = None

    @property
    def scope(self) -> str:
        """An Authorization header that says the same in one spelling, for the code that routes by it."""
        credential = f"{self.access_key}/20000101/{self.region}/{self.service}/aws4_request"
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"


class Authentication:
    """Verifies signatures.

    Args:
        secret_of: the secret of an access key; None when no principal has that key.
        default_region: of S3 requests of signature version 2, which name none.
    """

    def __init__(self, secret_of: Callable[[str], Secret | None], default_region: str) -> None:
        self._secret_of = secret_of
        self._default_region = default_region

    def begin(self, sent: Sent, form: Form) -> Caller:
        """Check what can be checked before the body is there.

        Args:
            sent: the request.
            form: of a refusal's error codes, see :func:`form_of`.

        Raises:
            AwsError: HTTP 403, as AWS refuses: it is not signed, not with a known key, or not rightly.
        """
        try:
            signature = read_signature(sent)
            old = read_signature_v2(sent) if signature is None else None
        except Malformed as error:
            raise _refusal("malformed", form, str(error)) from error
        if signature is None and old is None:
            if sent.first("authorization"):
                raise _refusal("malformed", form, "Authorization: expected AWS4-HMAC-SHA256 (Signature Version 4).")
            raise _refusal("unsigned", form, "Access Denied: the request is not signed (Missing Authentication Token).")
        if old is not None:
            return self._old(sent, old, form)
        assert signature is not None
        if signature.in_query and sent.first("authorization"):
            raise AwsError("InvalidArgument", "Only one auth mechanism allowed: header or query, not both.", 400)
        secret = self._secret(signature.access_key, signature.token, form)
        service = signature.service.lower()
        caller = Caller(signature.access_key, signature.region, service, form, signature, secret)
        if service == "s3":
            _check_all_signed(sent, signature)
        if signature.declared:
            self._verify(sent, caller, signature.declared)
        return caller

    def finish(self, sent: Sent, caller: Caller, body: bytes) -> None:
        """Check what needs the body.

        Raises:
            AwsError: the body is not the one that was signed.
        """
        if caller.signature is None:
            return
        declared = caller.signature.declared
        if declared == UNSIGNED_PAYLOAD or declared.startswith("STREAMING-"):
            return  # of a stream the first signature is verified, that of its beginning
        digest = hashlib.sha256(body).hexdigest()
        if not declared:
            self._verify(sent, caller, digest)
        elif not hmac.compare_digest(declared.lower().encode("latin-1", "replace"), digest.encode()):
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise AwsError("XAmzContentSHA256Mismatch", text, 400)

    def _secret(self, access_key: str, token: str, form: Form) -> Secret:
        secret = self._secret_of(access_key)
        if secret is None:
            text = S3_NO_SUCH_KEY if form == "s3" else NO_SUCH_KEY
            raise _refusal("unknown key", form, f"{text} The key is {access_key[:128]!r}.")
        if not hmac.compare_digest(secret.token.encode(), token.encode("utf-8", "replace")):
            raise _refusal("wrong token", form, NO_SUCH_KEY)
        return secret

    @staticmethod
    def _verify(sent: Sent, caller: Caller, payload_hash: str) -> None:
        assert caller.signature is not None
        assert caller.secret is not None
        if not is_valid(sent, caller.signature, caller.secret.secret_key, payload_hash):
            raise _mismatch(caller.form)
        declared = caller.signature.declared
        stands_for_body = declared == UNSIGNED_PAYLOAD or declared.startswith("STREAMING-")
        if declared and not stands_for_body and not _SHA256.fullmatch(declared):
            words = "UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value"
            raise AwsError("InvalidArgument", f"x-amz-content-sha256 must be {words}.", 400)

    def _old(self, sent: Sent, old: OldSignature, form: Form) -> Caller:
        if form != "s3":
            raise _refusal("malformed", form, "Signature version 2 is S3's only: expected AWS4-HMAC-SHA256.")
        secret = self._secret(old.access_key, old.token, "s3")
        if not is_valid_v2(sent, old, secret.secret_key, bucket_of_host(sent.first("host"))):
            raise _mismatch("s3")
        return Caller(old.access_key, self._default_region, "s3")


def _check_all_signed(sent: Sent, signature: Signature) -> None:
    """What changes the meaning of an S3 request must be signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html

    Raises:
        AwsError: AccessDenied.
    """
    sent_names = {name for name, _ in sent.headers if name.startswith("x-amz-")}
    unsigned = sorted(sent_names.difference(signature.signed_headers))
    if unsigned:
        text = f"There were headers present in the request which were not signed: {', '.join(unsigned)}"
        raise AwsError("AccessDenied", text, 403)


def _mismatch(form: Form) -> AwsError:
    return _refusal(
        "wrong signature",
        form,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method.",
    )


def _refusal(what: str, form: Form, text: str) -> AwsError:
    return AwsError(_CODES[what][form], f"{text} {ADVICE}", 403)
