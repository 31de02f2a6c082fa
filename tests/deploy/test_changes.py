"""Tests of ``deploy.changes``."""

from __future__ import annotations

from personalize_sfn.deploy.changes import same_document


def test_documents_are_compared_by_meaning() -> None:
    one = {"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b"}

    assert same_document(one, {"Resource": ["arn:aws:s3:::b"], "Action": ["s3:ListBucket", "s3:GetObject"]})
    assert not same_document(one, {**one, "Action": ["s3:GetObject"]})
    assert not same_document(one, None)
