"""The fake Amazon Personalize on its own clock, shared with the benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from _virtual_personalize import VirtualPersonalize, VirtualS3


@pytest.fixture
def personalize() -> VirtualPersonalize:
    from _virtual_personalize import Clock, VirtualPersonalize

    return VirtualPersonalize(Clock())


@pytest.fixture
def s3() -> VirtualS3:
    from _virtual_personalize import VirtualS3

    made = VirtualS3()
    made.etags["bucket/movies/interactions.csv"] = '"first"'
    return made


@pytest.fixture
def call(personalize: VirtualPersonalize, s3: VirtualS3) -> Iterator[Any]:
    """``call("create_campaign", event)``: what the function in lambdas/ answers."""
    from _virtual_personalize import CONTEXT, handlers_use
    from _virtual_states import handler

    with handlers_use(personalize, s3):
        yield lambda name, event: handler(name)(event, CONTEXT)
