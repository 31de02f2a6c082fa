"""What an S3 request is about, read once: by the name of its host or by its path, and without a second reading.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, quote, unquote
from xml.parsers.expat import ExpatError

from personalize_sfn.local.aws.responses import AwsError, unsupported

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = [
    "CONTROL_PATH",
    "bucket_of_host",
    "check_no_browser_form",
    "check_s3_request",
    "copy_source",
    "keys_to_delete",
    "path_style",
]

CONTROL_PATH = "/v20180820/"
"""Of S3 Control, which is signed for as S3."""
# "bucket.s3.us-east-1.localhost" and "bucket.localhost"; not "s3.localhost", "s3.us-east-1.localhost"
_HOST = re.compile(
    r"(?!s3[.-])(?P<bucket>[a-z0-9][a-z0-9.-]*?)(?:\.s3(?:[.-][a-z0-9-]+)*)?\.localhost\.?(?::\d+)?", re.IGNORECASE
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LONGEST_KEY = 1024
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
# Each makes another operation of the request; AWS takes one at a time.
_OPERATIONS = frozenset(
    [
        "accelerate",
        "acl",
        "analytics",
        "attributes",
        "cors",
        "delete",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "location",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
        "versioning",
        "versions",
        "website",
    ]
)


def bucket_of_host(host: str) -> str:
    """The bucket that a Host header names; empty when the path names it."""
    found = _HOST.fullmatch(host.strip())
    return "" if found is None or found["bucket"].lower() == "s3" else found["bucket"].lower()


def path_style(request: Request) -> Request:
    """The same request with its bucket in the path."""
    bucket = bucket_of_host(request.headers.get("host", ""))
    if request.path.startswith(CONTROL_PATH):
        return request
    path = f"/{bucket}{request.path}" if bucket else request.path
    return dataclasses.replace(request, path=path, sent_path=quote(path, safe="/~"))


def check_s3_request(request: Request, query: str) -> None:
    """Refuse what says two things, or what nothing here does.

    Args:
        request: the request, path style.
        query: as it was sent.

    Raises:
        AwsError: HTTP 400, 405 or 501.
    """
    if request.method not in _METHODS:
        raise AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if request.path.startswith("//"):
        raise AwsError("InvalidURI", "Couldn't parse the specified URI: expected a bucket after the first '/'.", 400)
    size = len(request.path.removeprefix("/").partition("/")[2].encode("utf-8", "surrogateescape"))
    if size > _LONGEST_KEY and not request.path.startswith(CONTROL_PATH):
        text = f"Your key is too long: expected at most {_LONGEST_KEY} bytes, got {size}."
        raise AwsError("KeyTooLongError", text, 400)
    counted = Counter(name for name, _ in parse_qsl(query, keep_blank_values=True))
    operations = sorted(_OPERATIONS & counted.keys())
    if len(operations) > 1:
        raise AwsError("InvalidArgument", f"Conflicting query string parameters: {', '.join(operations)}", 400)
    twice = sorted(name for name, count in counted.items() if count > 1)
    if twice:
        raise AwsError("InvalidArgument", f"{', '.join(twice)}: expected one value in the query, got several.", 400)


def check_no_browser_form(method: str, content_type: str) -> None:
    """Refuse a form with a signed policy by name.

    Raises:
        AwsError: UnsupportedOperation.
    """
    if method == "POST" and content_type.strip().lower().startswith("multipart/form-data"):
        raise unsupported(
            "The embedded AWS does not support browser uploads (POST of a form with a signed policy, as of "
            "generate_presigned_post): use a presigned URL of put_object (generate_presigned_url)."
        )


def copy_source(header: str) -> tuple[str, str, str]:
    """Bucket, key and version (empty: the newest) of ``x-amz-copy-source``.

    Raises:
        AwsError: HTTP 400: it is not bucket/key.
    """
    path, _, query = header.partition("?")
    bucket, slash, key = unquote(path).removeprefix("/").partition("/")
    if not (bucket and slash and key):
        text = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise AwsError("InvalidArgument", text, 400)
    return bucket, key, parse_qs(query).get("versionId", [""])[-1]


def keys_to_delete(body: bytes) -> list[tuple[str, bool]]:
    """Each key of a DeleteObjects request, and whether it names a version; read as what deletes them reads it.

    Raises:
        AwsError: MalformedXML: there is none.
    """
    from moto.s3.responses import xmltodict

    try:
        objects = xmltodict.parse(body, strip_whitespace=False)["Delete"]["Object"]
        each = objects if isinstance(objects, list) else [objects]
        keys = [(one["Key"], "VersionId" in one) for one in each]
    except (ExpatError, KeyError, TypeError, ValueError) as error:
        keys = []
        cause: Exception | None = error
    else:
        cause = None
    if not keys or not all(isinstance(key, str) and key for key, _ in keys):
        text = "The XML you provided was not well-formed or did not validate against our published schema"
        raise AwsError("MalformedXML", text, 400) from cause
    return keys
