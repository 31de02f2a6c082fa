from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.personalize_aws import Aws, refusal, serving


@pytest.fixture
def aws() -> Iterator[Aws]:
    """A Personalize of its own; every answer that it gave is held against botocore's model at the end."""
    with serving() as aws:
        yield aws
        assert aws.broken_answers == []


@pytest.fixture
def refused(aws: Aws):
    """Calls, expects a ClientError, and answers its code and text."""
    return refusal
