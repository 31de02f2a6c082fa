"""What the tests of put records and its neighbours share."""

from __future__ import annotations

import json
from typing import Any

from fakes.personalize_aws import Aws

__all__ = ["ITEM_FIELDS", "exported", "item"]


ITEM_FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRE", "type": "string", "categorical": True},
    {"name": "NUM_RATINGS", "type": ["null", "int"]},
    {"name": "PRICE", "type": ["null", "float"]},
]


def item(item_id: str, **properties: Any) -> dict[str, str]:
    return {"itemId": item_id, "properties": json.dumps(properties)}


def exported(aws: Aws, dataset: str, name: str = "e", mode: str = "ALL") -> list[str]:
    """The lines of an export, without the header."""
    job = aws.personalize.create_dataset_export_job(
        jobName=name,
        datasetArn=dataset,
        ingestionMode=mode,
        roleArn="arn:aws:iam::123456789012:role/movies-personalize",
        jobOutput={"s3DataDestination": {"path": "s3://movies-data/out/"}},
    )["datasetExportJobArn"]
    assert aws.settled("dataset_export_job", job)["status"] == "ACTIVE"
    [key] = [key for key in aws.environment.objects if key.startswith(f"out/{name}-")]
    return aws.environment.objects[key].decode().splitlines()[1:]
