"""Half a request changes nothing; bodies have limits, which are read before they are believed."""

from __future__ import annotations

import json
import resource

import pytest

from fakes.gateway_aws import Account, content, unique
from fakes.raw_requests import send, signed
from personalize_sfn.local import LocalAws

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
    "kind",
    ["multipart/form-data; boundary=b", "multipart/mixed", "message/rfc822", "application/x-www-form-urlencoded"],
)
def test_an_object_may_be_of_any_type(account: Account, bucket: str, kind: str):
    account.client("s3").put_object(Bucket=bucket, Key="key", Body=b"a=b&c=d", ContentType=kind)
    assert account.client("s3").head_object(Bucket=bucket, Key="key")["ContentType"] == kind
    assert content(account, bucket) == b"a=b&c=d"


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
