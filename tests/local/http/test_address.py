"""Whom the front door answers at all: this machine's names, and no web page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.gateway_aws import Account, unique
from fakes.raw_requests import send, signed
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws

HEALTH = "/_personalize_sfn/health"


def ask(aws: LocalAws, *lines: str, path: str = HEALTH, method: str = "GET"):
    return send(aws, "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""]))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:4566", "localhost.", "[::1]:80", "a.b.localhost:9"]
)
def test_this_machines_names_are_answered_on_any_port(aws: LocalAws, host: str):
    assert ask(aws, f"Host: {host}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4566",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1@evil.example",
        "evil.example/127.0.0.1",
        "0.0.0.0",
        "192.168.0.1",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "aws.example.internal",
    ],
)
def test_other_names_are_refused_with_what_to_do(aws: LocalAws, host: str):
    answer = ask(aws, f"Host: {host}")
    assert answer.status == 421
    assert "personalize-sfn local start --host NAME" in answer.text


@pytest.mark.parametrize(
    "lines", [(), ("Host: localhost", "Host: evil.example"), ("Host: evil.example", "Host: localhost")]
)
def test_there_is_one_host(aws: LocalAws, lines: tuple[str, ...]):
    assert ask(aws, *lines).status == 400


def test_a_whole_address_in_place_of_a_path_is_refused(aws: LocalAws):
    assert ask(aws, "Host: localhost", path=f"http://evil.example{HEALTH}").status == 400


@pytest.mark.parametrize(
    "line",
    [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:4566",
        "Origin:",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: same-origin",
        "sec-fetch-site: CROSS-SITE",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", HEALTH), ("POST", "/"), ("OPTIONS", "/"), ("DELETE", "/_personalize_sfn/plan")]
)
def test_a_page_is_refused_and_no_preflight_is_granted(aws: LocalAws, method: str, path: str, line: str):
    answer = ask(aws, "Host: localhost", line, path=path, method=method)
    assert answer.status == 403
    assert "takes no requests from web pages" in answer.text
    assert "access-control" not in answer.text.lower()


def test_a_page_is_refused_even_with_a_right_signature(aws: LocalAws, account: Account):
    bucket = unique("bucket")
    lines = signed(aws, "PUT", f"/{bucket}")
    assert send(aws, "\r\n".join([*lines, "Origin: http://evil.example", "", ""])).status == 403
    assert bucket not in [found["Name"] for found in account.client("s3").list_buckets()["Buckets"]]


def test_an_address_that_a_user_typed_is_answered(aws: LocalAws):
    assert ask(aws, "Host: localhost", "Sec-Fetch-Site: none").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/moto-api",
        "/moto-api/reset",
        "/Moto-API/reset",
        "/%6doto-api/reset",
        "//moto-api/reset",
        "/moto%2Dapi/data.json",
    ],
)
def test_the_backends_own_interface_is_closed_to_the_owner_too(aws: LocalAws, account: Account, path: str):
    bucket = unique("bucket")
    account.client("s3").create_bucket(Bucket=bucket)
    for method in ("GET", "POST"):
        assert send(aws, "\r\n".join([*signed(aws, method, path), "Content-Length: 0", "", ""])).status in (400, 403)
        assert ask(aws, "Host: localhost", path=path, method=method).status in (400, 403)
    assert bucket in [found["Name"] for found in account.client("s3").list_buckets()["Buckets"]]


@pytest.mark.parametrize("path", ["/latest/meta-data/iam/security-credentials/", "/latest/api/token", "/favicon.ico"])
def test_paths_that_lead_past_the_signature_are_names_of_buckets(aws: LocalAws, path: str):
    answer = send(aws, "\r\n".join([*signed(aws, "GET", path), "", ""]))
    assert (answer.status, answer.code) == (404, "NoSuchBucket")


@pytest.fixture
def named(aws: LocalAws) -> Iterator[LocalAws]:
    aws.stop()
    with LocalAws(hosts=["AWS.example.internal"]) as running:
        yield running
    aws.start()


def test_a_name_that_was_given_is_answered_on_any_port(named: LocalAws):
    assert ask(named, "Host: aws.example.internal:4566").status == 200
    assert ask(named, "Host: other.example.internal").status == 421


@pytest.mark.parametrize("name", ["", "http://aws", "aws:4566", "a b", "*"])
def test_a_name_that_is_none_is_refused_at_start(aws: LocalAws, name: str):
    aws.stop()
    try:
        with pytest.raises(LocalAwsError, match="hosts: expected a host name without port"):
            LocalAws(hosts=[name]).start()
    finally:
        aws.start()
