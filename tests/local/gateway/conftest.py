from __future__ import annotations

from collections.abc import Iterator

import pytest
from gateway_aws import Account

from personalize_sfn.local import LocalAws


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """One embedded AWS for a file: its tests use names of their own."""
    with LocalAws() as running:
        yield running


@pytest.fixture(scope="module")
def account(aws: LocalAws) -> Account:
    return Account(aws)
