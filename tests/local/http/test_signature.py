"""Signatures that botocore makes are recognised, whatever the request looks like; changed requests are not."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from botocore.auth import (
    S3SigV4Auth,
    S3SigV4QueryAuth,
    SigV4Auth,
    SigV4QueryAuth,
)
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from fakes.signed_requests import HOST, KEY, SECRET, headers, keys, request, sent, text
from personalize_sfn.local.http.signature import Malformed, Sent, is_valid, read_signature
from personalize_sfn.local.http.signature_v2 import read_signature_v2

QUERY = (SigV4QueryAuth, S3SigV4QueryAuth)

pairs = st.dictionaries(text.filter(lambda name: not name.lower().startswith("x-amz-")), text, max_size=4)
bodies = st.binary(max_size=40)


def is_right(found: Sent, body: bytes, secret: str = SECRET) -> bool:
    signature = read_signature(found)
    assert signature is not None
    digest = hashlib.sha256(body).hexdigest()
    declared = signature.declared
    if len(declared) == 64 and declared != digest:
        return False
    return is_valid(found, signature, secret, declared or digest)


@pytest.mark.parametrize(
    ("signer", "service"),
    [(SigV4Auth, "lambda"), (S3SigV4Auth, "s3"), (SigV4QueryAuth, "sts"), (S3SigV4QueryAuth, "s3")],
)
class TestVersion4:
    @given(path=keys, query=pairs, head=headers, body=bodies)
    def test_what_botocore_signs_is_right(self, signer, service: str, path, query, head, body):
        body = b"" if signer in QUERY else body  # botocore moves it into the query
        made = request("PUT", path, query, head, body)
        signer(Credentials(KEY, SECRET, "token/+="), service, "eu-west-1").add_auth(made)
        found = sent(made)
        signature = read_signature(found)
        assert (signature.access_key, signature.region, signature.service) == (KEY, "eu-west-1", service)
        assert signature.token == "token/+="
        assert is_right(found, body)
        assert not is_right(found, body, SECRET + "x")

    @given(path=keys, query=pairs, body=bodies)
    def test_a_changed_request_is_wrong(self, signer, service: str, path, query, body):
        body = b"" if signer in QUERY else body
        made = request("PUT", f"b/{path}", query, {"x-amz-meta-a": "1"}, body)
        signer(Credentials(KEY, SECRET), service, "us-east-1").add_auth(made)
        found = sent(made)
        changed = [
            replace(found, method="GET"),
            replace(found, target=found.target.replace("/b/", "/c/", 1)),
            replace(found, target=found.target + ("&" if "?" in found.target else "?") + "versionId=1"),
            replace(found, headers=[(n, "evil.example" if n == "host" else v) for n, v in found.headers]),
        ]
        if signer in (SigV4Auth, S3SigV4Auth):
            changed.append(replace(found, headers=[(n, "2" if n == "x-amz-meta-a" else v) for n, v in found.headers]))
        assert [is_right(each, body) for each in changed] == [False] * len(changed)
        if signer is not S3SigV4QueryAuth:  # presigned URLs of S3 sign no body
            assert not is_right(found, body + b"x")


def test_a_header_may_be_folded_repeated_and_in_any_order():
    made = request("PUT", "bucket/key", {}, {"x-amz-meta-a": "one two", "x-amz-meta-b": "1,2"}, b"")
    S3SigV4Auth(Credentials(KEY, SECRET), "s3", "us-east-1").add_auth(made)
    others = [(name, value) for name, value in sent(made).headers if not name.startswith("x-amz-meta-")]
    ours = [("x-amz-meta-b", "1"), ("x-amz-meta-a", "  one\r\n   two "), ("x-amz-meta-b", " 2")]
    assert is_right(replace(sent(made), headers=[*ours, *reversed(others)]), b"")


@pytest.mark.parametrize("path", ["/b/a+b", "/b/a:b@c", "/b/a(b)*!'"])
def test_a_path_may_be_signed_in_its_canonical_spelling_and_sent_in_another(path: str):
    made = request("GET", path[1:], {}, {}, b"")
    S3SigV4Auth(Credentials(KEY, SECRET), "s3", "us-east-1").add_auth(made)
    assert sent(made).path != path
    assert is_right(replace(sent(made), target=path), b"")


@pytest.mark.parametrize(("wire", "signed"), [("a=b+c", {"a": "b c"}), ("a=b:c&d", {"a": "b:c", "d": ""})])
def test_a_query_may_be_sent_in_another_spelling(wire: str, signed: dict[str, str]):
    made = request("GET", "bucket", signed, {}, b"")
    S3SigV4Auth(Credentials(KEY, SECRET), "s3", "us-east-1").add_auth(made)
    assert is_right(replace(sent(made), target=f"/bucket?{wire}"), b"")


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ("AWS4-HMAC-SHA256 ", "requires 'Credential' parameter"),
        (
            "AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, SignedHeaders=host",
            "requires 'Signature' parameter",
        ),
        ("AWS4-HMAC-SHA256 Credential=a/r/s, SignedHeaders=host, Signature=0", "Credential: expected <access key>/"),
        (
            "AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, SignedHeaders=date, Signature=0",
            "SignedHeaders: expected 'host'",
        ),
    ],
)
def test_a_signature_that_cannot_be_read_says_what_is_missing(authorization: str, said: str):
    with pytest.raises(Malformed, match=said):
        read_signature(Sent("GET", "/", [("authorization", authorization), ("x-amz-date", "20260101T000000Z")]))


def test_a_request_that_is_not_signed_has_no_signature():
    found = Sent("GET", "/bucket?versionId=1", [("host", HOST), ("authorization", "Bearer x")])
    assert read_signature(found) is None
    assert read_signature_v2(found) is None
