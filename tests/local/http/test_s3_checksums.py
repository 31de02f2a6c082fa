"""Checksums that a request says of its body are compared with it: another body changes nothing."""

from __future__ import annotations

import base64
import hashlib

import pytest

from fakes.gateway_aws import Account, content
from fakes.raw_requests import Answer, send, signed
from personalize_sfn.local import LocalAws

WORLD = b"hello world"
# By `openssl dgst`, and of CRC32C and CRC64NVME by AWS's own library (awscrt.checksums).
RIGHT = {
    "crc32": "DUoRhQ==",
    "crc32c": "yZRlqg==",
    "crc64nvme": "jSnVw/bqjr4=",
    "md5": "XrY7u+Ae7tCTyyK7j1rNww==",
    "sha1": "Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    "sha256": "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
    "sha512": "MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==",
}


def put(aws: LocalAws, bucket: str, body: bytes, **headers: str) -> Answer:
    lines = signed(aws, "PUT", f"/{bucket}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD", **headers)
    return send(aws, "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]), body)


@pytest.mark.parametrize("name", RIGHT)
def test_a_body_of_its_checksum_is_taken_and_another_is_not(aws: LocalAws, account: Account, bucket: str, name: str):
    checksum = {f"x_amz_checksum_{name}": RIGHT[name]}
    answer = put(aws, bucket, b"hello earth", **checksum)
    assert (answer.status, answer.code) == (400, "BadDigest")
    assert f"The {name.upper()} you specified did not match the calculated checksum" in answer.text
    assert content(account, bucket) == b"before"
    assert put(aws, bucket, WORLD, **checksum).status == 200
    assert content(account, bucket) == WORLD


@pytest.mark.parametrize("value", ["AAAA", "no base64!", "DUoRhQ", "DUoRhQ==="])
def test_a_value_that_cannot_be_a_checksum_is_named(aws: LocalAws, account: Account, bucket: str, value: str):
    answer = put(aws, bucket, WORLD, x_amz_checksum_crc32=value)
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert "Value for x-amz-checksum-crc32 header is invalid." in answer.text
    assert content(account, bucket) == b"before"


def test_there_is_one_checksum_at_a_time(aws: LocalAws, bucket: str):
    answer = put(aws, bucket, WORLD, x_amz_checksum_crc32=RIGHT["crc32"], x_amz_checksum_sha1=RIGHT["sha1"])
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert "Expecting a single x-amz-checksum- header" in answer.text


@pytest.mark.parametrize("name", ["xxhash3", "xxhash64", "xxhash128"])
def test_checksums_that_are_not_computed_here_are_refused_by_name(aws: LocalAws, bucket: str, name: str):
    answer = put(aws, bucket, WORLD, **{f"x_amz_checksum_{name}": "AAAA"})
    assert (answer.status, answer.code) == (501, "UnsupportedOperation")
    assert f"does not compute the checksum {name.upper()}" in answer.text


@pytest.mark.parametrize(
    ("md5", "status", "code"),
    [
        (RIGHT["md5"], 200, ""),
        (base64.b64encode(hashlib.md5(b"other").digest()).decode(), 400, "BadDigest"),
        ("AAAA", 400, "InvalidDigest"),
        ("XrY7u", 400, "InvalidDigest"),
    ],
)
def test_content_md5_is_compared(aws: LocalAws, account: Account, bucket: str, md5: str, status: int, code: str):
    answer = put(aws, bucket, WORLD, Content_MD5=md5)
    assert (answer.status, answer.code) == (status, code)
    assert content(account, bucket) == (WORLD if status == 200 else b"before")
