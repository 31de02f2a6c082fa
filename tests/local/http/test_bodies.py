"""Half a request changes nothing; bodies have limits, which are read before they are believed."""

from __future__ import annotations

import json
import resource
import socket
import time
from urllib.parse import urlsplit

import pytest

from fakes.gateway_aws import Account, content, unique
from fakes.raw_requests import send, signed
from personalize_sfn.local import LocalAws
from personalize_sfn.local.http import connections as connection_limits
from personalize_sfn.local.http.connections import Connections

TARGET = "AmazonPersonalize.CreateDatasetGroup"


def head(lines: list[str], *more: str) -> str:
    return "\r\n".join([*lines, *more, "", ""])


def test_an_upload_that_breaks_changes_nothing(aws: LocalAws, account: Account, bucket: str):
    lines = signed(aws, "PUT", f"/{bucket}/key", b"x" * 1000, x_amz_content_sha256="UNSIGNED-PAYLOAD")
    answer = send(aws, head(lines, "Content-Length: 1000"), b"x" * 300)
    assert (answer.status, answer.code) == (400, "IncompleteBody")
    assert content(account, bucket) == b"before"


def test_a_creation_that_breaks_creates_nothing(aws: LocalAws, account: Account):
    name = unique("group")
    body = json.dumps({"name": name}).encode()
    lines = signed(aws, "POST", "/", body, service="personalize", X_Amz_Target=TARGET)
    answer = send(aws, head(lines, f"Content-Length: {len(body) + 5}"), body)
    assert (answer.status, answer.code) == (400, "IncompleteBody")
    groups = account.client("personalize").list_dataset_groups()["datasetGroups"]
    assert name not in [group["name"] for group in groups]


@pytest.mark.parametrize("cut", [1, 40, 120])
def test_a_request_that_ends_within_its_headers_is_none(aws: LocalAws, account: Account, bucket: str, cut: int):
    whole = head(signed(aws, "DELETE", f"/{bucket}/key"), "Content-Length: 0")
    answer = send(aws, whole[: -2 - cut])
    assert answer.status == 400
    assert content(account, bucket) == b"before"


@pytest.mark.parametrize(
    "chunks",
    [
        b"5\r\nhello\r\n",
        b"5\r\nhel",
        b"5\r\nhello!!\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\n",
        b"-1\r\nhello\r\n0\r\n\r\n",
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"+5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"\r\n",
        b"5" * 5000,
        b"",
    ],
)
def test_broken_chunks_change_nothing(aws: LocalAws, account: Account, bucket: str, chunks: bytes):
    lines = signed(aws, "PUT", f"/{bucket}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD")
    assert send(aws, head(lines, "Transfer-Encoding: chunked"), chunks).status in (400, 413)
    assert content(account, bucket) == b"before"


def test_whole_chunks_are_one_body(aws: LocalAws, account: Account, bucket: str):
    lines = signed(aws, "PUT", f"/{bucket}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD")
    chunks = b"5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n"
    assert send(aws, head(lines, "Transfer-Encoding: chunked"), chunks).status == 200
    assert content(account, bucket) == b"hello!"


@pytest.mark.parametrize("size", ["ffffffffffffffff", "7fffffffffffffff", "fffffffffffffffffffffffffffffffffff"])
def test_a_chunk_of_any_claimed_size_takes_no_memory(aws: LocalAws, bucket: str, size: str):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = signed(aws, "PUT", f"/{bucket}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD")
    answer = send(aws, head(lines, "Transfer-Encoding: chunked"), f"{size}\r\nabc", end=False)
    assert answer.status in (400, 413)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


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


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data; boundary=b", "multipart/mixed", "message/rfc822", "application/x-www-form-urlencoded"],
)
def test_an_object_may_be_of_any_type(account: Account, bucket: str, kind: str):
    account.client("s3").put_object(Bucket=bucket, Key="key", Body=b"a=b&c=d", ContentType=kind)
    assert account.client("s3").head_object(Bucket=bucket, Key="key")["ContentType"] == kind
    assert content(account, bucket) == b"a=b&c=d"


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "message/rfc822"])
def test_a_line_that_is_no_header_is_refused_whatever_the_type(aws: LocalAws, account: Account, bucket: str, kind: str):
    lines = signed(aws, "PUT", f"/{bucket}/key", b"abc", x_amz_content_sha256="UNSIGNED-PAYLOAD", Content_Type=kind)
    answer = send(aws, head(lines, "no header at all", "Content-Length: 3"), b"abc")
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert content(account, bucket) == b"before"


def test_a_body_that_is_not_the_signed_one_is_refused(aws: LocalAws, account: Account, bucket: str):
    from hashlib import sha256

    lines = signed(aws, "PUT", f"/{bucket}/key", b"signed", x_amz_content_sha256=sha256(b"signed").hexdigest())
    answer = send(aws, head(lines, "Content-Length: 6"), b"forged")
    assert (answer.status, answer.code) == (400, "XAmzContentSHA256Mismatch")
    body = b'{"name": "signed-group"}'
    lines = signed(aws, "POST", "/", body, service="personalize", X_Amz_Target=TARGET)
    answer = send(aws, head(lines, f"Content-Length: {len(body)}"), body.replace(b"signed", b"forged"))
    assert (answer.status, answer.code) == (403, "InvalidSignatureException")
    assert content(account, bucket) == b"before"


def test_a_strangers_body_is_not_waited_for(aws: LocalAws):
    head = "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5000000000\r\n\r\n"
    answer = send(aws, head, end=False)
    assert (answer.status, answer.code) == (403, "AccessDenied")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize(
    ("service", "path", "target"),
    [
        ("personalize", "/", TARGET),
        ("personalize", "/events", ""),
        ("personalize", "/recommendations", ""),
        ("states", "/", "AWSStepFunctions.CreateStateMachine"),
        ("logs", "/", "Logs_20140328.CreateLogGroup"),
        ("lambda", "/2015-03-31/functions", ""),
        ("lambda", "/2015-03-31/functions/f/invocations", ""),
    ],
)
def test_json_of_any_depth_is_refused_as_such(aws: LocalAws, service: str, path: str, target: str, opening: str):
    body = (opening * 50_000).encode()
    more = {"X_Amz_Target": target} if target else {}
    lines = signed(aws, "POST", path, body, service=service, **more)
    answer = send(aws, head(lines, f"Content-Length: {len(body)}"), body)
    assert (answer.status, answer.code) == (400, "SerializationException")


def test_deep_json_within_a_form_is_no_internal_error(aws: LocalAws):
    deep = "%5B" * 50_000
    body = f"Action=CreatePolicy&Version=2010-05-08&PolicyName=p&PolicyDocument={deep}".encode()
    lines = signed(aws, "POST", "/", body, service="iam", Content_Type="application/x-www-form-urlencoded")
    assert send(aws, head(lines, f"Content-Length: {len(body)}"), body).status == 400


def open_half(aws: LocalAws) -> socket.socket:
    address = urlsplit(aws.endpoint_url)
    half = socket.create_connection((address.hostname, address.port), timeout=20)
    half.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return half


def test_many_half_requests_shut_nobody_out(aws: LocalAws):
    most = aws._server.connections._most
    halves = [open_half(aws) for _ in range(most + 50)]
    try:
        assert aws.session().client("sts").get_caller_identity()["Account"] == "123456789012"
        assert aws.session().client("sts").get_caller_identity()["Account"] == "123456789012"
    finally:
        for half in halves:
            half.close()


def test_headers_have_a_time_limit_however_slowly_they_come(aws: LocalAws, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("personalize_sfn.local.http.server.HEADER_SECONDS", 0.3)
    deadline = time.monotonic() + 10
    with open_half(aws) as half:
        half.settimeout(0.05)
        received = None
        while received is None and time.monotonic() < deadline:
            try:
                half.sendall(b"x")
                received = half.recv(100)
            except TimeoutError:
                continue
            except ConnectionError:
                received = b""
    assert received == b""


def test_a_body_has_a_time_limit(aws: LocalAws, account: Account, bucket: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("personalize_sfn.local.http.server.BODY_SECONDS", 0.3)
    lines = signed(aws, "PUT", f"/{bucket}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD")
    answer = send(aws, head(lines, "Content-Length: 10"), b"abc", end=False)
    assert (answer.status, answer.code) == (408, "RequestTimeout")
    assert content(account, bucket) == b"before"


def test_connections_that_are_being_answered_give_way_to_nobody():
    ours, theirs = zip(*(socket.socketpair() for _ in range(3)), strict=True)
    kept = Connections(2)
    assert kept.add(ours[0])
    assert kept.add(ours[1])
    kept.busy(ours[0])
    assert kept.add(ours[2])
    assert theirs[1].recv(1) == b""  # the one that waited was ended
    kept.busy(ours[2])
    assert not kept.add(ours[1])
    for each in (*ours, *theirs):
        each.close()


def test_most_connections_leave_files_for_the_rest(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert connection_limits.most_connections() == 512
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 4096))
    assert connection_limits.most_connections() == 50
