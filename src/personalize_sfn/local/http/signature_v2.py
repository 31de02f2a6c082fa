"""S3's older signature, version 2: boto3 still makes its presigned URLs in us-east-1 with it.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from personalize_sfn.local.http.signature import Malformed, Sent

__all__ = ["OldSignature", "is_valid_v2", "read_signature_v2"]

# The arguments of the query that are signed; all others may be changed.
_SIGNED_ARGUMENTS = (
    "accelerate acl analytics cors defaultObjectAcl delete inventory lifecycle location logging metrics notification "
    "object-lock partNumber policy replication requestPayment restore select select-type storageClass tagging torrent "
    "uploadId uploads versionId versioning versions website response-cache-control response-content-disposition "
    "response-content-encoding response-content-language response-content-type response-expires"
)


_FOLD = re.compile(r"\s*\r?\n\s+")


@dataclass(frozen=True, slots=True)
class OldSignature:
    """What an S3 request says of its signature of version 2."""

    access_key: str
    value: str
    expires: str
    """Seconds since 1970 in a presigned URL; empty in the header form."""
    token: str


def read_signature_v2(sent: Sent) -> OldSignature | None:
    """The signature of version 2 that a request carries; None when it carries none.

    Raises:
        Malformed: it carries one that cannot be read.
    """
    header = sent.first("authorization")
    arguments = {name: unquote_plus(value) for name, value in sent.query_pairs()}
    token = arguments.get("x-amz-security-token", "") or sent.first("x-amz-security-token")
    if header.startswith("AWS "):
        access_key, colon, value = header[4:].strip().partition(":")
        if not (access_key and colon and value):
            raise Malformed("Authorization: expected 'AWS <access key>:<signature>'.")
        return OldSignature(access_key, value, "", token)
    if "AWSAccessKeyId" in arguments:
        missing = [name for name in ("Signature", "Expires") if not arguments.get(name)]
        if missing:
            raise Malformed(
                f"Query-string authentication requires the parameters {', '.join(missing)} and AWSAccessKeyId."
            )
        return OldSignature(arguments["AWSAccessKeyId"], arguments["Signature"], arguments["Expires"], token)
    return None


def is_valid_v2(sent: Sent, signature: OldSignature, secret_key: str, bucket: str = "") -> bool:
    """Was the request signed with this secret key?  ``bucket``: the one that its Host names, if any."""
    given = signature.value.encode("latin-1", "replace")
    for text in _texts_to_sign(sent, signature, f"/{bucket}" if bucket else ""):
        made = base64.b64encode(hmac.digest(secret_key.encode(), text.encode(), "sha1"))
        if hmac.compare_digest(made, given):
            return True
    return False


def _texts_to_sign(sent: Sent, signature: OldSignature, prefix: str) -> Iterator[str]:
    resource = prefix + sent.path + _signed_arguments(sent)
    custom = _custom_headers(sent)
    if not signature.expires:
        # With x-amz-date, which is among the custom headers, the Date is signed as empty.
        date = "" if "x-amz-date" in custom else sent.first("date")
        yield _text(sent, (sent.first("content-md5"), sent.first("content-type"), date), custom, resource)
        return
    in_query = {name.lower(): unquote_plus(value) for name, value in sent.query_pairs()}
    moved = {name: value for name, value in in_query.items() if name.startswith("x-amz-")}
    md5, kind = (in_query.get(name, "") or sent.first(name) for name in ("content-md5", "content-type"))
    yield _text(sent, (md5, kind, signature.expires), {**moved, **custom}, resource)


def _text(sent: Sent, standard: tuple[str, str, str], custom: dict[str, str], resource: str) -> str:
    """``standard``: Content-MD5, Content-Type and Date (of a presigned URL: Expires)."""
    lines = [sent.method, *standard]
    lines += [f"{name}:{value}" for name, value in sorted(custom.items())]
    return "\n".join([*lines, resource])


def _custom_headers(sent: Sent) -> dict[str, str]:
    names = sorted({name for name, _ in sent.headers if name.startswith("x-amz-")})
    return {name: ",".join(_FOLD.sub(" ", value).strip() for value in sent.all(name)) for name in names}


def _signed_arguments(sent: Sent) -> str:
    parts = (part.partition("=") for part in sent.query.split("&"))
    kept = sorted((name, mark + unquote(value)) for name, mark, value in parts if name in _SIGNED_ARGUMENTS.split())
    return "?" + "&".join(name + value for name, value in kept) if kept else ""
