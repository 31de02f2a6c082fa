"""What the tests of metric attributions and its neighbours share."""

from __future__ import annotations

from fakes.personalize_aws import BUCKET, ROLE, avro

__all__ = ["CLICKS", "EVENTS", "ITEMS", "MINUTES", "OUTPUT", "REVENUE", "create", "request"]


CLICKS = {"eventType": "click", "metricName": "clicks", "expression": "SAMPLECOUNT()"}
REVENUE = {"eventType": "buy", "metricName": "revenue", "expression": "SUM(Items.PRICE)"}
MINUTES = {"eventType": "watch", "metricName": "minutes", "expression": "SUM(Interactions.EVENT_VALUE)"}
OUTPUT = {"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{BUCKET}/reports/"}}
EVENTS = avro(
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
    {"name": "EVENT_ATTRIBUTION_SOURCE", "type": ["null", "string"]},
)
ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    ],
)


def request(group, *metrics, name="impact", output=OUTPUT):
    return {
        "name": name,
        "datasetGroupArn": group,
        "metrics": list(metrics or (CLICKS,)),
        "metricsOutputConfig": output,
    }


def create(aws, group, *metrics, **options):
    return aws.personalize.create_metric_attribution(**request(group, *metrics, **options))["metricAttributionArn"]
