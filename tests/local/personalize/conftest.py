from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from fakes import asked_campaigns, batch_jobs, segment_jobs
from fakes.personalize_aws import Aws, csv_bytes, refusal, serving


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


@pytest.fixture(scope="session")
def batches():
    """Solution versions of four recipes on the data of two tastes: even users like i0-i39, odd ones i40-i79."""
    with serving() as aws:
        group = aws.data()
        versions = {recipe: aws.trained(group, recipe) for recipe in batch_jobs.RECIPES}
        names = (f"job-{number}" for number in range(1000))
        yield SimpleNamespace(aws=aws, group=group, versions=versions, names=names)
        assert aws.broken_answers == []


@pytest.fixture(scope="session")
def segments_world():
    """Versions of both recipes: even users like i0-i39, all westerns; odd ones i40-i79, all dramas."""
    with serving() as aws:
        group = aws.data()
        rows = [(f"i{number}", "Western" if number < 40 else "Drama|Long") for number in range(80)]
        dataset = aws.dataset(group, aws.schema("items", schema=segment_jobs.ITEMS), "Items")
        assert aws.imported(dataset, csv_bytes(rows, "ITEM_ID,GENRES"), name="items")["status"] == "ACTIVE"
        versions = {name: aws.trained(group, name) for name in ("aws-item-affinity", "aws-item-attribute-affinity")}
        names = (f"segments-{number}" for number in range(100))
        yield SimpleNamespace(aws=aws, group=group, versions=versions, names=names)
        assert aws.broken_answers == []


@pytest.fixture(scope="session")
def runtime_world():
    """Campaigns of four recipes on the data of two tastes: even users like i0-i39, odd ones i40-i79."""
    with serving() as aws:
        group = aws.data()
        campaigns = {recipe: aws.campaign(aws.trained(group, recipe), recipe) for recipe in asked_campaigns.RECIPES}
        tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)
        yield SimpleNamespace(aws=aws, group=group, campaigns=campaigns, tracking_id=tracker["trackingId"])
        assert aws.broken_answers == []
