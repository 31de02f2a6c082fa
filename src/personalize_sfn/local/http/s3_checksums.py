"""Checksums that an S3 request says of its body: what came is compared, and nothing is done when it is another body.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Mapping

from personalize_sfn.local.aws.request import Request
from personalize_sfn.local.aws.responses import AwsError, unsupported
from personalize_sfn.local.http.crc import crc32c, crc64nvme

__all__ = ["check_body", "check_checksums"]

_PREFIX = "x-amz-checksum-"
_CHECKSUMS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": lambda data: crc32c(data).to_bytes(4, "big"),
    "crc64nvme": lambda data: crc64nvme(data).to_bytes(8, "big"),
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
}
_NOT_HERE = ("xxhash3", "xxhash64", "xxhash128")
# Words of a request about checksums that are no checksum themselves.
_OTHERS = ("algorithm", "mode", "type")


def check_body(request: Request) -> None:
    """Compare the body with the request's ``Content-MD5`` and ``x-amz-checksum-...``, as far as there are any.

    Raises:
        AwsError: HTTP 400: the body is another one, or a checksum cannot be one.
    """
    if md5 := request.headers.get("content-md5", ""):
        if len(_decoded(md5)) != hashlib.md5(usedforsecurity=False).digest_size:
            raise AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400)
        if _decoded(md5) != _CHECKSUMS["md5"](request.body):
            text = "The Content-MD5 you specified did not match what we received: nothing was done."
            raise AwsError("BadDigest", text, 400)
    if request.method == "POST" and "uploadId" in request.query:
        return  # CompleteMultipartUpload, whose checksum is the whole object's
    check_checksums(request.headers, request.body)


def check_checksums(said: Mapping[str, str], body: bytes) -> None:
    """Compare a body with the checksum among headers or trailers, whose names are in lower case.

    Raises:
        AwsError: HTTP 400: the body is another one, or the checksum cannot be one.
    """
    names = [name.removeprefix(_PREFIX) for name in said if name.startswith(_PREFIX)]
    names = [name for name in names if name not in _OTHERS]
    if not names:
        return
    if len(names) > 1:
        text = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        raise AwsError("InvalidRequest", text, 400)
    (name,) = names
    if name in _NOT_HERE:
        raise unsupported(
            f"The embedded AWS does not compute the checksum {name.upper()}: use {', '.join(_CHECKSUMS).upper()}."
        )
    given = _decoded(said[_PREFIX + name])
    if name not in _CHECKSUMS or len(given) != len(_CHECKSUMS[name](b"")):
        raise AwsError("InvalidRequest", f"Value for {_PREFIX}{name} header is invalid.", 400)
    if given != _CHECKSUMS[name](body):
        text = f"The {name.upper()} you specified did not match the calculated checksum: nothing was done."
        raise AwsError("BadDigest", text, 400)


def _decoded(text: str) -> bytes:
    """What the base64 says; empty when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
