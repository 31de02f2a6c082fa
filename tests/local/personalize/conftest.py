from __future__ import annotations

from collections.abc import Iterator

import pytest
from personalize_aws import Aws, serving


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


def refusal(method, **request) -> tuple[str, str]:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        method(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]
