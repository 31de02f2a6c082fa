"""S3's older signature, as botocore makes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.auth import (
    HmacV1Auth,
    HmacV1QueryAuth,
)
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from fakes.signed_requests import KEY, SECRET, headers, keys, request, sent, text
from personalize_sfn.local.http.signature import Malformed, Sent
from personalize_sfn.local.http.signature_v2 import is_valid_v2, read_signature_v2


class TestVersion2:
    @given(path=keys, head=headers, query=st.dictionaries(st.sampled_from(["acl", "versionId", "x"]), text, max_size=2))
    def test_what_botocore_signs_is_right_and_a_change_is_not(self, path, head, query):
        for signer in (HmacV1Auth, HmacV1QueryAuth):
            made = request("GET", f"b/{path}", query, head, b"")
            made.auth_path = None
            signer(Credentials(KEY, SECRET, "token")).add_auth(made)
            found = sent(made)
            signature = read_signature_v2(found)
            assert (signature.access_key, signature.token) == (KEY, "token")
            assert is_valid_v2(found, signature, SECRET)
            assert not is_valid_v2(found, signature, SECRET + "x")
            assert not is_valid_v2(replace(found, method="PUT"), signature, SECRET)
            other = replace(found, target=found.target.replace("/b/", "/c/", 1))
            assert not is_valid_v2(other, signature, SECRET)


@pytest.mark.parametrize(
    ("target", "authorization", "said"),
    [
        ("/b", "AWS key", "expected 'AWS <access key>:<signature>'"),
        ("/b", "AWS :value", "expected 'AWS <access key>:<signature>'"),
        ("/b?AWSAccessKeyId=key&Expires=1", "", "requires the parameters Signature and AWSAccessKeyId"),
        ("/b?AWSAccessKeyId=key", "", "requires the parameters Signature, Expires and AWSAccessKeyId"),
    ],
)
def test_a_signature_that_cannot_be_read_says_what_is_missing(target: str, authorization: str, said: str):
    with pytest.raises(Malformed, match=said):
        read_signature_v2(Sent("GET", target, [("authorization", authorization)]))


def test_a_bucket_may_stand_in_the_host():
    made = request("GET", "b/key", {}, {}, b"")
    made.auth_path = None
    HmacV1Auth(Credentials(KEY, SECRET)).add_auth(made)
    in_host = replace(sent(made), target="/key")
    signature = read_signature_v2(in_host)
    assert is_valid_v2(in_host, signature, SECRET, "b")
    assert not is_valid_v2(in_host, signature, SECRET)
