"""Tests of ``local.personalize.data.metric_report``."""

from __future__ import annotations

import csv
import io

import pytest

from fakes.metric_attributions import CLICKS, EVENTS, ITEMS, MINUTES, REVENUE, create
from fakes.personalize_aws import ACCOUNT, REGION, ROLE, csv_bytes

EVENTS_HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,EVENT_ATTRIBUTION_SOURCE"


@pytest.fixture
def group(aws):
    """A dataset group with empty Interactions and Items datasets."""
    group = aws.group()
    aws.dataset(group, aws.schema("events", schema=EVENTS))
    aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
    return group


def dataset_arn(kind):
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/movies/{kind}"


def imported(aws, rows, **options):
    """The job of an import of these events, with others to fill it up, and the report's rows if there is one."""
    filling = [(f"u{number}", "i0", 1, "view", "", "") for number in range(1000)]
    job = aws.imported(dataset_arn("INTERACTIONS"), csv_bytes([*rows, *filling], EVENTS_HEADER), **options)
    names = [key for key in aws.environment.objects if key.startswith("reports/")]
    text = aws.environment.objects[names[-1]].decode() if names else ""
    return job, list(csv.reader(io.StringIO(text)))


def test_an_import_that_publishes_writes_what_its_events_brought_by_source(aws, group):
    items = csv_bytes([("i1", 2.5, "War"), ("i2", 4, "War"), ("i3", "", "")], "ITEM_ID,PRICE,GENRES")
    assert aws.imported(dataset_arn("ITEMS"), items, name="items")["status"] == "ACTIVE"
    create(aws, group, CLICKS, REVENUE, MINUTES)
    start = 1_700_000_100  # a quarter of an hour begins here
    assert start % 900 == 0
    rows = [
        ("u1", "i1", start, "click", "", "home"),
        ("u2", "i1", start + 899, "click", "", "home"),
        ("u3", "i1", start + 900, "click", "", ""),
        ("u1", "i1", start, "buy", "", "home"),
        ("u1", "i2", start, "buy", "", "home"),
        ("u1", "i3", start, "buy", "", "home"),
        ("u1", "i1", start, "watch", "1.5", "mail"),
    ]
    job, report = imported(aws, rows, publishAttributionMetricsToS3=True)
    assert job["status"] == "ACTIVE"
    assert job["publishAttributionMetricsToS3"] is True
    assert report == [
        ["METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP"],
        ["clicks", "click", "1.0", "samplecount", "SOURCE_NAME_UNDEFINED", str(start + 900)],
        ["clicks", "click", "2.0", "samplecount", "home", str(start)],
        ["minutes", "watch", "1.5", "sum", "mail", str(start)],
        ["revenue", "buy", "6.5", "sum", "home", str(start)],
    ]
    [name] = [key for key in aws.environment.objects if key.startswith("reports/")]
    assert name.startswith("reports/AggregatedAttributionMetrics - BULK - ")
    assert name.endswith(".csv")


def test_an_import_that_does_not_publish_writes_no_report(aws, group):
    create(aws, group)
    job, report = imported(aws, [("u1", "i1", 900, "click", "", "home")])
    assert job["status"] == "ACTIVE"
    assert report == []


def test_publishing_needs_a_metric_attribution_with_a_path(aws, group, refused):
    start = {"dataset": dataset_arn("INTERACTIONS"), "publishAttributionMetricsToS3": True}
    code, message = refused(aws.start_import, **start)
    assert code == "InvalidInputException"
    assert message.startswith("publishAttributionMetricsToS3 needs an Interactions dataset and an ACTIVE metric")
    arn = create(aws, group, output={"roleArn": ROLE})
    code, message = refused(aws.start_import, **start)
    assert (code, message) == ("InvalidInputException", f"The metric attribution names no path in Amazon S3: {arn}")
