"""Tests of ``local.http.connections``."""

from __future__ import annotations

import resource
import socket
import time
from urllib.parse import urlsplit

import pytest

from fakes.gateway_aws import Account, content
from fakes.raw_requests import send, signed
from personalize_sfn.local import LocalAws
from personalize_sfn.local.http import connections as connection_limits
from personalize_sfn.local.http.connections import Connections


def head(lines: list[str], *more: str) -> str:
    return "\r\n".join([*lines, *more, "", ""])


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


def test_headers_have_a_timeout_however_slowly_they_come(aws: LocalAws, monkeypatch: pytest.MonkeyPatch):
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


def test_a_body_has_a_timeout(aws: LocalAws, account: Account, bucket: str, monkeypatch: pytest.MonkeyPatch):
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
