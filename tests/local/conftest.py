from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.gateway_aws import Account, unique
from personalize_sfn.local import LocalAws


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """One embedded AWS for a file: its tests use names of their own."""
    with LocalAws() as running:
        yield running


@pytest.fixture(scope="module")
def account(aws: LocalAws) -> Account:
    return Account(aws)


@pytest.fixture
def bucket(account: Account) -> str:
    """A new bucket, whose object ``key`` holds ``before``."""
    name = unique("bucket")
    account.client("s3").create_bucket(Bucket=name)
    account.client("s3").put_object(Bucket=name, Key="key", Body=b"before")
    return name
