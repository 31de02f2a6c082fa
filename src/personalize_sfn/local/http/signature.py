"""Signature Version 4, read and recomputed: in the header and in the query (a presigned URL).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

Clients differ in how they write down the same request (a path encoded once or twice, a space as ``+``), and AWS takes
all of it.  So what was sent is tried as it stands first, and in the other spellings only when that does not match: each
of them needs the secret key.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import product
from urllib.parse import quote, unquote_to_bytes

__all__ = ["UNSIGNED_PAYLOAD", "Malformed", "Sent", "Signature", "is_valid", "read_signature"]

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_SCOPE = re.compile(r"([^/\s,]+)/(\d{8})/([A-Za-z0-9-]+)/([A-Za-z0-9_.-]+)/aws4_request")
_ONE_SPACE = re.compile(rb"[ \t\r\n\f\v]+")


class Malformed(ValueError):
    """The request says that it is signed, but not how."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came over the wire, before anything is decoded."""

    method: str
    target: str
    """``/bucket/a%20key?versionId=3``."""
    headers: Sequence[tuple[str, str]]
    """Names in lower case; values decoded as latin-1, which keeps their bytes."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def all(self, name: str) -> list[str]:
        """The values of every header of this name (in lower case)."""
        return [value for each, value in self.headers if each == name]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def query_pairs(self) -> list[tuple[str, str]]:
        """Names and values as sent, still encoded."""
        return [(name, value) for name, _, value in (part.partition("=") for part in self.query.split("&") if part)]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature."""

    access_key: str
    date: str
    region: str
    service: str
    """The signing name, in the spelling that was signed."""
    signed_headers: tuple[str, ...]
    value: str
    timestamp: str
    token: str
    """The session token that came with it; empty when there was none."""
    in_query: bool = False
    declared: str = ""
    """The hash of the body, or the words that stand for it, as far as the request says them."""


def read_signature(sent: Sent) -> Signature | None:
    """The signature that a request carries; None when it carries none of this version.

    Raises:
        Malformed: it carries one that cannot be read.
    """
    header = sent.first("authorization")
    if header.startswith(ALGORITHM):
        return _from_header(sent, header)
    arguments = dict(sent.query_pairs())
    if "X-Amz-Algorithm" in arguments or "X-Amz-Credential" in arguments:
        return _from_query(sent, {name: _decoded(value) for name, value in arguments.items()})
    return None


def _decoded(text: str) -> str:
    return unquote_to_bytes(text).decode(errors="replace")


def _from_header(sent: Sent, header: str) -> Signature:
    parts = {
        name.strip(): value.strip()
        for name, _, value in (part.partition("=") for part in header[len(ALGORITHM) :].split(","))
    }
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if not parts.get(name)]
    if missing:
        raise Malformed(" ".join(f"Authorization header requires '{name}' parameter." for name in missing))
    return _signature(
        parts["Credential"],
        parts["SignedHeaders"],
        parts["Signature"],
        timestamp=sent.first("x-amz-date") or _as_timestamp(sent.first("date")),
        token=sent.first("x-amz-security-token"),
        declared=sent.first("x-amz-content-sha256").strip(),
    )


def _from_query(sent: Sent, arguments: dict[str, str]) -> Signature:
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date")
    missing = [name for name in names if not arguments.get(name)]
    if missing:
        raise Malformed(f"Query-string authentication version 4 requires the parameters {', '.join(missing)}.")
    if arguments["X-Amz-Algorithm"] != ALGORITHM:
        raise Malformed(f"X-Amz-Algorithm only supports '{ALGORITHM}'.")
    declared = sent.first("x-amz-content-sha256").strip() or arguments.get("X-Amz-Content-Sha256", "")
    signature = _signature(
        arguments["X-Amz-Credential"],
        arguments["X-Amz-SignedHeaders"],
        arguments["X-Amz-Signature"],
        timestamp=arguments["X-Amz-Date"],
        token=arguments.get("X-Amz-Security-Token", "") or sent.first("x-amz-security-token"),
        declared=declared,
        in_query=True,
    )
    if not declared and signature.service.lower() == "s3":
        # https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
        return replace(signature, declared=UNSIGNED_PAYLOAD)
    return signature


def _signature(
    credential: str, signed: str, value: str, *, timestamp: str, token: str, declared: str, in_query: bool = False
) -> Signature:
    found = _SCOPE.fullmatch(credential)
    if found is None:
        raise Malformed(
            f"Credential: expected <access key>/YYYYMMDD/<region>/<service>/aws4_request, got {credential[:200]!r}."
        )
    names = tuple(name.strip() for name in signed.lower().split(";"))
    if "host" not in names:
        raise Malformed("SignedHeaders: expected 'host' among them.")
    if not timestamp:
        raise Malformed("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    access_key, date, region, service = found.groups()
    return Signature(access_key, date, region, service, names, value, timestamp, token, in_query, declared)


def _as_timestamp(date: str) -> str:
    """A Date header as it is signed: in the form of X-Amz-Date, which it may have already."""
    try:
        return parsedate_to_datetime(date).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, TypeError):
        return date


def is_valid(sent: Sent, signature: Signature, secret_key: str, payload_hash: str) -> bool:
    """Was the request signed with this secret key?

    Args:
        sent: the request.
        signature: what it says of its signature.
        secret_key: of the access key that it names.
        payload_hash: ``signature.declared``, or the body's SHA-256 in hexadecimal where it declares nothing.
    """
    key = _signing_key(secret_key, signature.date, signature.region, signature.service)
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    head = f"{ALGORITHM}\n{signature.timestamp}\n{scope}\n".encode()
    given = signature.value.encode("latin-1", "replace")
    end = f"\n{';'.join(signature.signed_headers)}\n{payload_hash}".encode()
    for path, query, headers in _spellings(sent, signature):
        request = b"\n".join((sent.method.encode(), path.encode(), query.encode(), headers)) + end
        text = head + hashlib.sha256(request).hexdigest().encode()
        if hmac.compare_digest(hmac.digest(key, text, "sha256").hex().encode(), given):
            return True
    return False


@functools.lru_cache(maxsize=1024)
def _signing_key(secret_key: str, date: str, region: str, service: str) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _spellings(sent: Sent, signature: Signature) -> Iterator[tuple[str, str, bytes]]:
    """Path, query and headers as they may have been signed, the likeliest first, each but once."""
    is_s3 = signature.service.lower().startswith("s3")
    paths = _s3_paths(sent.path) if is_s3 else _paths(sent.path)
    queries = _queries([pair for pair in sent.query_pairs() if pair[0] != "X-Amz-Signature"])
    first = next(paths), next(queries)
    yield (*first, _headers(sent, signature, latin=False))
    rest = product(
        dict.fromkeys((first[0], *paths)),
        dict.fromkeys((first[1], *queries)),
        dict.fromkeys(_headers(sent, signature, latin=latin) for latin in (False, True)),
    )
    next(rest)
    yield from rest


def _s3_paths(path: str) -> Iterator[str]:
    """S3 signs the path as it is sent, encoded once and without normalization."""
    yield path
    yield _encoded(unquote_to_bytes(path), safe="/")


def _paths(path: str) -> Iterator[str]:
    """Other services sign the sent path encoded again, without ``.``, ``..`` and empty parts."""
    plain = _without_dots(path)
    yield _quoted(plain)
    yield _quoted(path)
    yield quote(_encoded(unquote_to_bytes(plain), safe="/"), safe="/~")


@functools.lru_cache(maxsize=256)
def _quoted(path: str) -> str:
    return quote(path, safe="/~")


@functools.lru_cache(maxsize=256)
def _without_dots(path: str) -> str:
    """https://datatracker.ietf.org/doc/html/rfc3986#section-6"""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    end = "/" if kept and path.endswith("/") else ""
    return "/" + "/".join(kept) + end


def _queries(pairs: list[tuple[str, str]]) -> Iterator[str]:
    yield _joined(pairs)
    yield _joined([(_encoded(unquote_to_bytes(n)), _encoded(unquote_to_bytes(v))) for n, v in pairs])
    yield _joined(
        [
            (_encoded(unquote_to_bytes(n.replace("+", " "))), _encoded(unquote_to_bytes(v.replace("+", " "))))
            for n, v in pairs
        ]
    )


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(data: bytes, safe: str = "") -> str:
    return quote(data, safe=safe + "-_.~")


def _headers(sent: Sent, signature: Signature, *, latin: bool) -> bytes:
    """The signed headers, canonical; ``latin``: text beyond ASCII was signed in UTF-8, but sent in latin-1."""
    lines = bytearray()
    for name in signature.signed_headers:
        values = sent.all(name)
        data = [value.encode("utf-8" if latin else "latin-1", "replace") for value in values]
        lines += name.encode() + b":" + b",".join(_ONE_SPACE.sub(b" ", value).strip() for value in data) + b"\n"
    return bytes(lines)
