"""Bodies in S3's own chunks (``aws-chunked``): all that was announced, or nothing.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.http.s3_checksums import check_checksums

__all__ = ["decoded"]

# x-amz-content-sha256 -> do chunks carry signatures, may trailers follow
_FORMS = {
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": (True, False),
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": (True, True),
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER": (False, True),
}
_MOST_LINE = 4096
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})((?:;[^\r\n]*)?)")
_SIGNATURE = re.compile(rb";chunk-signature=[0-9a-f]{64}")
_TRAILER = re.compile(rb"([A-Za-z0-9-]+):[ \t]*([^\r\n]*?)[ \t]*")


def decoded(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """What the chunks hold, and the trailers after them; names of headers and trailers are in lower case.

    Raises:
        AwsError: HTTP 400: the chunks end early, are not as long as they say, do not add up to
            ``x-amz-decoded-content-length``, or lack an announced trailer; a checksum is another one.
    """
    form = headers.get("x-amz-content-sha256", "")
    if form not in _FORMS:
        raise AwsError("InvalidArgument", f"x-amz-content-sha256: expected {', '.join(_FORMS)}, got {form}.", 400)
    is_signed, has_trailers = _FORMS[form]
    length = _announced(headers.get("x-amz-decoded-content-length", ""))
    parts, position = [], 0
    while True:
        line, position = _line(body, position)
        found = _SIZE.fullmatch(line)
        if found is None or (is_signed and not _SIGNATURE.fullmatch(found[2])):
            raise AwsError("InvalidRequest", f"Expected the size of a chunk, got {line[:40]!r}.", 400)
        size = int(found[1], 16)
        if size == 0:
            break
        end = position + size
        if body[end : end + 2] != b"\r\n":
            raise _incomplete("The chunks of the body are not as long as they say")
        parts.append(memoryview(body)[position:end])
        position = end + 2
    whole = b"".join(parts)
    if len(whole) != length:
        text = f"The chunks hold {len(whole)} bytes, x-amz-decoded-content-length says {length}"
        raise _incomplete(text)
    trailers = _trailers(body, position, may=has_trailers)
    _check_announced(headers.get("x-amz-trailer", ""), trailers)
    check_checksums(trailers, whole)
    return whole, trailers


def _announced(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        text = f"x-amz-decoded-content-length: expected the number of bytes without the chunks' frame, got {text!r}."
        raise AwsError("MissingContentLength", text, 411)
    return int(text)


def _line(body: bytes, position: int) -> tuple[bytes, int]:
    """The line that begins there, and where the next one does."""
    end = body.find(b"\r\n", position, position + _MOST_LINE)
    if end < 0:
        raise _incomplete("The body ends within its chunks")
    return body[position:end], end + 2


def _trailers(body: bytes, position: int, *, may: bool) -> dict[str, str]:
    """Name and value of each trailer; an empty line ends them, and the body."""
    found: dict[str, str] = {}
    while position < len(body):
        line, position = _line(body, position)
        if not line:
            if position != len(body):
                raise _incomplete("The body goes on after its last chunk")
            return found
        trailer = _TRAILER.fullmatch(line.rstrip(b"\n"))
        if trailer is None or not may:
            raise AwsError("MalformedTrailerError", f"Expected a trailer, 'name:value', got {line[:40]!r}.", 400)
        found[trailer[1].decode().lower()] = trailer[2].decode("latin-1")
    if found:
        return found  # some clients leave out the empty line
    raise _incomplete("The body ends before its last chunk does")


def _check_announced(names: str, trailers: Mapping[str, str]) -> None:
    missing = [name for name in names.lower().replace(" ", "").split(",") if name and name not in trailers]
    if missing:
        raise AwsError("MalformedTrailerError", f"Expected the trailer {', '.join(missing)}: none came.", 400)


def _incomplete(text: str) -> AwsError:
    return AwsError("IncompleteBody", f"{text}: nothing was done.", 400)
