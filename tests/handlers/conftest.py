"""The fake Amazon Personalize on its own clock, shared with the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes import import_events
from fakes.orchestration import handler
from fakes.virtual_personalize import CONTEXT, Clock, VirtualPersonalize, VirtualS3, handlers_use


@pytest.fixture
def personalize() -> VirtualPersonalize:
    return VirtualPersonalize(Clock())


@pytest.fixture
def s3() -> VirtualS3:
    made = VirtualS3()
    made.etags["bucket/movies/interactions.csv"] = '"first"'
    return made


@pytest.fixture
def call(personalize: VirtualPersonalize, s3: VirtualS3) -> Iterator[Any]:
    """``call("create_campaign", event)``: what the function in lambdas/ answers."""
    with handlers_use(personalize, s3):
        yield lambda name, event: handler(name)(event, CONTEXT)


@pytest.fixture
def dataset(personalize):
    personalize.create_schema(name="movies-interactions-1", schema='{"fields": []}')
    personalize.create_dataset(
        name="movies-interactions",
        datasetType="INTERACTIONS",
        datasetGroupArn=import_events.GROUP,
        schemaArn=import_events.SCHEMA,
        tags=import_events.TAGS,
    )
    personalize.create_solution(name="movies-v2", datasetGroupArn=import_events.GROUP, tags=import_events.TAGS)
    return import_events.DATASET
