"""Tests of ``local.personalize.runtime.recommendation_ids``."""

from __future__ import annotations

import csv
import io

import pytest

from fakes.metric_attributions import CLICKS, EVENTS, ITEMS, create
from fakes.personalize_aws import avro, csv_bytes, two_tastes


@pytest.fixture
def group(aws):
    """A dataset group with empty Interactions and Items datasets."""
    group = aws.group()
    aws.dataset(group, aws.schema("events", schema=EVENTS))
    aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
    return group


def test_a_recommendation_id_names_the_campaign_that_answered(aws):
    group = aws.group()
    columns = [{"name": name, "type": ["null", "string"]} for name in ("RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")]
    events = avro({"name": "EVENT_TYPE", "type": "string"}, *columns)
    dataset = aws.dataset(group, aws.schema(schema=events))
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,RECOMMENDATION_ID,EVENT_ATTRIBUTION_SOURCE"
    filling = [(*row, "view", "", "") for row in two_tastes()]
    assert aws.imported(dataset, csv_bytes(filling, header))["status"] == "ACTIVE"
    version = aws.trained(group, "aws-popularity-count")
    first, second, gone = (aws.campaign(version, name) for name in ("first", "second", "gone"))
    ids = {
        arn: aws.runtime.get_recommendations(campaignArn=arn, userId="u1")["recommendationId"]
        for arn in (first, second, gone)
    }
    aws.personalize.delete_campaign(campaignArn=gone)
    aws.gone("campaign", gone)
    create(aws, group, CLICKS)
    rows = [
        ("u1", "i1", 900, "click", ids[first], ""),
        ("u2", "i1", 900, "click", ids[first], ""),
        ("u3", "i1", 900, "click", ids[second], ""),
        ("u4", "i1", 900, "click", ids[second], "mail"),
        ("u5", "i1", 900, "click", ids[gone], ""),
        ("u6", "i1", 900, "click", "RID-of-somebody-else", ""),
    ]
    job = aws.imported(dataset, csv_bytes([*rows, *filling], header), name="again", publishAttributionMetricsToS3=True)
    assert job["status"] == "ACTIVE"
    [name] = [key for key in aws.environment.objects if key.startswith("reports/")]
    _, *report = csv.reader(io.StringIO(aws.environment.objects[name].decode()))
    assert [(row[4], row[2]) for row in report] == [
        ("SOURCE_NAME_UNDEFINED", "2.0"),
        (first, "2.0"),
        (second, "1.0"),
        ("mail", "1.0"),
    ]
