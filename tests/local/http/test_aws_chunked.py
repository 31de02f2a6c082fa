"""Bodies in S3's own chunks: half of one, or one that does not add up, changes nothing."""

from __future__ import annotations

import base64
import io
import zlib

import pytest

from fakes.gateway_aws import Account, content
from fakes.raw_requests import Answer, send, signed
from personalize_sfn.local import LocalAws

PLAIN = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
MARK = ";chunk-signature=" + "a" * 64
CRC = "x-amz-checksum-crc32:" + base64.b64encode(zlib.crc32(b"hello world").to_bytes(4, "big")).decode()


def put(
    aws: LocalAws, bucket: str, body: str, form: str = PLAIN, length: str = "11", query: str = "", **headers: str
) -> Answer:
    more = {"x_amz_decoded_content_length": length} if length else {}
    lines = signed(
        aws,
        "PUT",
        f"/{bucket}/key{query}",
        x_amz_content_sha256=form,
        Content_Encoding="aws-chunked",
        **more,
        **headers,
    )
    return send(aws, "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]), body)


WHOLE = [
    (PLAIN, f"b\r\nhello world\r\n0\r\n{CRC}\r\n\r\n"),
    (PLAIN, "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"),
    (SIGNED, f"6{MARK}\r\nhello \r\n5{MARK}\r\nworld\r\n0{MARK}\r\n\r\n"),
    (SIGNED_TRAILER, f"b{MARK}\r\nhello world\r\n0{MARK}\r\n{CRC}\r\nx-amz-trailer-signature:{'b' * 64}\r\n\r\n"),
]


@pytest.mark.parametrize(("form", "body"), WHOLE)
def test_whole_chunks_are_the_object(aws: LocalAws, account: Account, bucket: str, form: str, body: str):
    assert put(aws, bucket, body, form).status == 200
    assert content(account, bucket) == b"hello world"


@pytest.mark.parametrize(("form", "body"), WHOLE)
def test_chunks_that_end_anywhere_else_change_nothing(
    aws: LocalAws, account: Account, bucket: str, form: str, body: str
):
    last = body.index("\r\n0") + 3
    for end in range(0, last, 5):
        answer = put(aws, bucket, body[:end], form)
        assert (answer.status, answer.code) == (400, "IncompleteBody"), body[:end]
    assert content(account, bucket) == b"before"


@pytest.mark.parametrize(
    ("form", "body", "code"),
    [
        (PLAIN, "a\r\nhello world\r\n0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "c\r\nhello world\r\n0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "ffffffffffffffff\r\nhello world\r\n0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "5\r\nhello\r\n0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "c\r\nhello world!\r\n0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "0\r\n\r\n", "IncompleteBody"),
        (PLAIN, "b\r\nhello world\r\n0\r\n\r\nmore", "IncompleteBody"),
        (PLAIN, "-b\r\nhello world\r\n0\r\n\r\n", "InvalidRequest"),
        (PLAIN, "0xb\r\nhello world\r\n0\r\n\r\n", "InvalidRequest"),
        (PLAIN, "b\nhello world\n0\n\n", "IncompleteBody"),
        (PLAIN, "hello world", "IncompleteBody"),
        (PLAIN, "b\r\nhello world\r\n0\r\nno trailer\r\n\r\n", "MalformedTrailerError"),
        (PLAIN, "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"),
        (PLAIN, "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n", "BadDigest"),
        (PLAIN, "b\r\nhello world\r\n0\r\nx-amz-checksum-crc64nvme:AAAAAAAAAAA=\r\n\r\n", "BadDigest"),
        (PLAIN, "b\r\nhello world\r\n0\r\nx-amz-checksum-crc64nvme:AAAAAA==\r\n\r\n", "InvalidRequest"),
        (PLAIN, f"b\r\nhello world\r\n0\r\n{CRC}\r\nx-amz-checksum-sha1:AAAA\r\n\r\n", "InvalidRequest"),
        (SIGNED, "b\r\nhello world\r\n0\r\n\r\n", "InvalidRequest"),
        (SIGNED, f"b{MARK}\r\nhello world\r\n0{MARK}\r\n{CRC}\r\n\r\n", "MalformedTrailerError"),
        ("STREAMING-OTHER", "b\r\nhello world\r\n0\r\n\r\n", "InvalidArgument"),
    ],
)
def test_chunks_that_do_not_add_up_change_nothing(
    aws: LocalAws, account: Account, bucket: str, form: str, body: str, code: str
):
    answer = put(aws, bucket, body, form)
    assert (answer.status, answer.code) == (400, code)
    assert content(account, bucket) == b"before"


@pytest.mark.parametrize("length", ["", "-11", "+11", "eleven", "1e1"])
def test_the_length_without_the_frame_must_be_said(aws: LocalAws, account: Account, bucket: str, length: str):
    answer = put(aws, bucket, WHOLE[1][1], length=length)
    assert (answer.status, answer.code) == (411, "MissingContentLength")
    assert "x-amz-decoded-content-length" in answer.text
    assert content(account, bucket) == b"before"


def test_an_announced_trailer_must_come(aws: LocalAws, account: Account, bucket: str):
    answer = put(aws, bucket, WHOLE[1][1], x_amz_trailer="x-amz-checksum-crc32")
    assert (answer.status, answer.code) == (400, "MalformedTrailerError")
    assert content(account, bucket) == b"before"


def test_half_a_part_is_no_part(aws: LocalAws, account: Account, bucket: str):
    s3 = account.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
    query = f"?partNumber=1&uploadId={upload}"
    answer = put(aws, bucket, "b\r\nhello", query=query)
    assert (answer.status, answer.code) == (400, "IncompleteBody")
    assert "Parts" not in s3.list_parts(Bucket=bucket, Key="key", UploadId=upload)
    assert put(aws, bucket, WHOLE[0][1], query=query).status == 200
    assert s3.list_parts(Bucket=bucket, Key="key", UploadId=upload)["Parts"][0]["Size"] == 11


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_boto3s_own_streams_arrive_with_their_checksum(account: Account, bucket: str, algorithm: str):
    s3 = account.client("s3")
    s3.put_object(Bucket=bucket, Key="key", Body=io.BytesIO(b"hello" * 1000), ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert head["ContentLength"] == 5000
    assert f"Checksum{algorithm}" in head
    assert head.get("ContentEncoding", "") != "aws-chunked"
