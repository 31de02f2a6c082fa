"""Tests of ``local.http.server``."""

from __future__ import annotations

import pytest

from fakes.gateway_aws import Account, content
from fakes.raw_requests import send, signed
from personalize_sfn.local import LocalAws


def head(lines: list[str], *more: str) -> str:
    return "\r\n".join([*lines, *more, "", ""])


@pytest.mark.parametrize("cut", [1, 40, 120])
def test_a_request_that_ends_within_its_headers_is_none(aws: LocalAws, account: Account, bucket: str, cut: int):
    whole = head(signed(aws, "DELETE", f"/{bucket}/key"), "Content-Length: 0")
    answer = send(aws, whole[: -2 - cut])
    assert answer.status == 400
    assert content(account, bucket) == b"before"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Content-Length: 3", "Transfer-Encoding: chunked"], 400),
        (["Content-Length: -1"], 400),
        (["Content-Length: +3"], 400),
        (["Content-Length: 3, 3"], 400),
        (["Content-Length: 0x3"], 400),
        (["Content-Length: \u00b3"], 400),
        (["Content-Length: 3", "Content-Length: 4"], 400),
        (["Content-Length: 99999999999999999999999999"], 400),
        (["Transfer-Encoding: gzip, chunked"], 501),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], 501),
        (["no header at all"], 400),
        (["Host: localhost"], 400),
    ],
)
def test_headers_that_say_two_things_or_none_are_refused(
    aws: LocalAws, account: Account, bucket: str, lines: list[str], status: int
):
    made = signed(aws, "PUT", f"/{bucket}/key", b"abc", x_amz_content_sha256="UNSIGNED-PAYLOAD")
    answer = send(aws, head(made, *lines).encode("latin-1"), b"abc")
    assert answer.status == status
    assert content(account, bucket) == b"before"


@pytest.mark.parametrize(
    ("service", "path", "length", "code"),
    [
        ("s3", "/bucket/key", 5 * 2**30 + 1, "EntityTooLarge"),
        ("lambda", "/2015-03-31/functions/f/invocations", 6 * 2**20 + 1, "RequestTooLargeException"),
        ("lambda", "/2015-03-31/functions", 70_167_212, "RequestTooLargeException"),
        ("personalize", "/events", 2**20 + 1, "RequestEntityTooLarge"),
        ("states", "/", 2**20 + 1, "RequestEntityTooLarge"),
        ("iam", "/", 2**20 + 1, "RequestEntityTooLarge"),
        ("logs", "/", 16 * 2**20 + 1, "RequestEntityTooLarge"),
    ],
)
def test_a_body_beyond_the_services_limit_is_refused_unread(
    aws: LocalAws, service: str, path: str, length: int, code: str
):
    method = "PUT" if service == "s3" else "POST"
    lines = signed(aws, method, path, service=service, x_amz_content_sha256="UNSIGNED-PAYLOAD")
    answer = send(aws, head(lines, f"Content-Length: {length}"))
    assert (answer.status, answer.code) == (413, code)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "message/rfc822"])
def test_a_line_that_is_no_header_is_refused_whatever_the_type(aws: LocalAws, account: Account, bucket: str, kind: str):
    lines = signed(aws, "PUT", f"/{bucket}/key", b"abc", x_amz_content_sha256="UNSIGNED-PAYLOAD", Content_Type=kind)
    answer = send(aws, head(lines, "no header at all", "Content-Length: 3"), b"abc")
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert content(account, bucket) == b"before"
