"""Bodies of requests: how long they say they are, how long they may be, and all of them or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BufferedReader

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.http.signature import Sent

__all__ = ["Body", "body_limit", "framing"]

MIB = 2**20
BLOCK = 128 * MIB
"""Bytes that are made room for before they are there; pages that nothing is written to cost nothing."""
MOST_LINE_BYTES = 4096
MOST_TRAILERS = 100
DISCARDED = 16 * MIB
"""A refused body of at most so many bytes is read and dropped, and the connection stays open."""
MOST_DISCARDED = 256 * MIB
"""Of a longer one so much is dropped before the connection ends: its sender reads the refusal, not a broken pipe."""

_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")

# Most bytes of a request's body, by signing name.
_LIMITS = {
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 1 MB per request
    "states": MIB,
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB
    "lambda": 6 * MIB,
    # Its longest member is a schema of 10,000 characters, a ranking of 500 ids or 10 items' metadata.
    "personalize": MIB,
    "iam": MIB,
    "sts": MIB,
    "s3": 16 * MIB,
}
_DEFAULT_LIMIT = 16 * MIB
# As the service says it: "Request must be smaller than 70167211 bytes for the CreateFunction operation".
_ZIP_LIMIT = 70_167_211
_ZIP_PATHS = re.compile(
    r"/2015-03-31/functions/?|/2015-03-31/functions/[^/]+/code/?|/2018-10-31/layers/[^/]+/versions/?"
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html: one request
_OBJECT_LIMIT = 5 * 2**30


def body_limit(service: str, sent: Sent) -> int:
    """Most bytes that AWS takes as the body of this request."""
    if service == "s3":
        has_key = "/" in sent.path.strip("/") or sent.first("host").partition(".")[0] not in (
            "127",
            "localhost",
            "[::1]",
        )
        is_form = sent.first("content-type").startswith("multipart/form-data")
        if sent.method in ("PUT", "POST") and (has_key or is_form):
            return _OBJECT_LIMIT
    if service == "lambda" and _ZIP_PATHS.fullmatch(sent.path):
        return _ZIP_LIMIT
    return _LIMITS.get(service, _DEFAULT_LIMIT)


def framing(sent: Sent) -> int | None:
    """The length of the body; None when it comes in chunks.

    Raises:
        AwsError: HTTP 400: the headers do not say it, or say two things.
    """
    lengths, codings = sent.all("content-length"), sent.all("transfer-encoding")
    if codings:
        if lengths:
            raise AwsError("InvalidRequest", "Expected Content-Length or Transfer-Encoding, got both.", 400)
        if len(codings) != 1 or codings[0].strip().lower() != "chunked":
            raise AwsError("NotImplemented", f"Transfer-Encoding: expected chunked, got {codings!r}.", 501)
        return None
    if len(set(lengths)) > 1:
        raise AwsError("InvalidRequest", f"Expected one Content-Length, got {len(lengths)}.", 400)
    if not lengths:
        return 0
    text = lengths[0].strip(" \t")
    if not _NUMBER.fullmatch(text):
        raise AwsError("InvalidRequest", f"Content-Length: expected a number of bytes, got {lengths[0][:100]!r}.", 400)
    return int(text)


class Body:
    """What follows a request's headers, until it is read.

    Args:
        source: where it comes from; its reads end at the connection's time limits.
        length: of :func:`framing`.
        before: called before the first byte is waited for (the client may want to hear ``100 Continue``).
    """

    def __init__(self, source: BufferedReader, length: int | None, before: Callable[[], None] = lambda: None) -> None:
        self._source = source
        self._length = length
        self._before = before
        self.is_done = length == 0
        """All of it was read: the next request can follow on this connection."""
        self._is_begun = False

    def read(self, limit: int, service: str = "") -> bytes:
        """All of it.

        Args:
            limit: most bytes of it.
            service: decides the form of a refusal.

        Raises:
            AwsError: it is longer (HTTP 413), ends early, or its chunks are none (400), or it took too long (408).
        """
        if self.is_done:
            return b""
        if self._length is not None and self._length > limit:
            raise _too_long(limit, service)
        self._before()
        self._is_begun = True
        try:
            whole = self._chunks(limit, service) if self._length is None else self._exactly(self._length)
        except TimeoutError as error:
            text = "Your socket connection to the server was not read from or written to within the timeout period."
            raise AwsError("RequestTimeout", text, 408) from error
        except OSError as error:
            raise _incomplete() from error
        self.is_done = True
        return whole

    @property
    def is_short(self) -> bool:
        """So short that it can be dropped for the sake of the connection."""
        return self._length is not None and self._length <= DISCARDED and not self._is_begun

    def discard(self) -> bool:
        """Read what is left and forget it, up to some length, so that its sender comes to read the answer.

        Returns: whether the next request can follow on this connection.
        """
        left = self._length if self._length is not None and not self._is_begun else MOST_DISCARDED
        allowed = min(left, MOST_DISCARDED)
        try:
            while allowed and (part := self._source.read1(min(allowed, MIB))):
                allowed -= len(part)
                left -= len(part)
        except OSError:
            return False
        return self.is_short and left == 0

    def _exactly(self, length: int) -> bytes:
        parts = []
        while length:
            part = self._source.read(min(length, BLOCK))
            if not part:
                raise _incomplete()
            parts.append(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _chunks(self, limit: int, service: str) -> bytes:
        whole = bytearray()
        while size := self._chunk_size():
            if len(whole) + size > limit:
                raise _too_long(limit, service)
            whole += self._exactly(size)
            if self._source.readline(3) not in (b"\r\n", b"\n"):
                raise AwsError("IncompleteBody", "The body's chunks are not as long as they say.", 400)
        for _ in range(MOST_TRAILERS):
            line = self._source.readline(MOST_LINE_BYTES)
            if line in (b"\r\n", b"\n"):
                return bytes(whole)
            if not line.endswith(b"\n"):
                break
        raise _incomplete()

    def _chunk_size(self) -> int:
        line = self._source.readline(MOST_LINE_BYTES)
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            if not line.endswith(b"\n") and len(line) < MOST_LINE_BYTES:
                raise _incomplete()
            raise AwsError("InvalidRequest", f"Expected the size of a chunk, got {line[:40]!r}.", 400)
        return int(found[1], 16)


def _incomplete() -> AwsError:
    text = "You did not provide the number of bytes specified by the Content-Length HTTP header: nothing was done."
    return AwsError("IncompleteBody", text, 400)


def _too_long(limit: int, service: str) -> AwsError:
    if service == "lambda":
        return AwsError("RequestTooLargeException", f"Request must be smaller than {limit} bytes", 413)
    if service == "s3":
        return AwsError("EntityTooLarge", f"Your proposed upload exceeds the maximum allowed size, {limit} bytes", 413)
    return AwsError("RequestEntityTooLarge", f"The request must not be larger than {limit} bytes", 413)
