"""What the create function of each row gets, and a shop in which it finds what it needs."""

from __future__ import annotations

import dataclasses
from typing import Any

from fakes import import_events
from fakes.batch_configs import BATCHES
from fakes.import_events import GROUP, TAGS, import_event
from fakes.virtual_personalize import ARNS, VirtualPersonalize, VirtualS3
from personalize_sfn.config import Config, MetricAttributionConfig, MetricConfig
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)
from personalize_sfn.stages import (
    batch_inference_job,
    batch_segment_job,
    campaign,
    dataset_export_job,
    filter,  # noqa: A004
    metric_attribution,
    recommender,
    solution,
)

__all__ = ["EVENTS", "furnish"]

_DOMAIN = Config.from_dict(
    {
        "project": "movies",
        "domain": "ECOMMERCE",
        "datasets": {
            "interactions": {
                "schema": {
                    "type": "record",
                    "name": "Interactions",
                    "namespace": "com.amazonaws.personalize.schema",
                    "fields": [
                        *({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")),
                        {"name": "TIMESTAMP", "type": "long"},
                    ],
                    "version": "1.0",
                }
            }
        },
        "recommenders": {"picks": {"recipe": "aws-ecomm-popular-items-by-views"}},
    }
)
_SOLUTION = ARNS.personalize(f"solution/{BATCHES.solution_name('for-you')}")
_PARENT = {"datasetGroupArn": GROUP}


def _event(request: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "request": request,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
        "again": False,
        "rootExecution": "arn:one",
        **more,
    }


_COUNTING = dataclasses.replace(
    BATCHES,
    metric_attribution=MetricAttributionConfig(
        metrics={"seen": MetricConfig(event="watch", expression="SAMPLECOUNT()")}, to_s3=True
    ),
)
_UNTRAINED = ARNS.personalize(f"solution/{BATCHES.solution_name('rank')}")

EVENTS: dict[ResourceType, dict[str, Any]] = {
    DATASET_GROUP: _event({"name": "movies-group"}),
    SCHEMA: _event({"name": "movies-items-1", "schema": '{"fields": []}'}),
    DATASET: _event({"name": "movies-items", "datasetType": "ITEMS", "schemaArn": import_events.SCHEMA, **_PARENT}),
    DATASET_IMPORT_JOB: import_event(),
    EVENT_TRACKER: _event({"name": "movies-events", **_PARENT}),
    METRIC_ATTRIBUTION: _event({**metric_attribution.request(_COUNTING, ARNS), **_PARENT}),
    SOLUTION_VERSION: _event({"solutionArn": _UNTRAINED, "trainingMode": "FULL"}, train="auto"),
    SOLUTION: _event({**solution.request(BATCHES, ARNS, "similar"), **_PARENT}),
    CAMPAIGN: _event({**campaign.request(BATCHES, "for-you"), "solutionVersionArn": f"{_SOLUTION}/$LATEST"}),
    FILTER: _event({**filter.request(BATCHES, "chosen"), **_PARENT}),
    RECOMMENDER: _event({**recommender.request(_DOMAIN, ARNS, "picks"), **_PARENT}),
    BATCH_INFERENCE_JOB: _event(batch_inference_job.request(BATCHES, ARNS, "newsletter")),
    BATCH_SEGMENT_JOB: _event(batch_segment_job.request(BATCHES, ARNS, "vip")),
    DATA_DELETION_JOB: _event(
        {
            **_PARENT,
            "dataSource": {"dataLocation": "s3://bucket/movies/meta/forget/lists/users.csv"},
            "roleArn": ARNS.role("movies-personalize"),
        },
        namePrefix="movies-forget",
    ),
    DATASET_EXPORT_JOB: _event(dataset_export_job.request(BATCHES, ARNS, "INTERACTIONS") | {"ingestionMode": "ALL"}),
}


def furnish(personalize: VirtualPersonalize, s3: VirtualS3) -> None:
    """A dataset, versions, filters and files of input."""
    personalize.recipes |= {ARNS.recipe("aws-similar-items")}
    personalize.create_schema(name=import_events.SCHEMA.rpartition("/")[2], schema='{"fields": []}')
    personalize.create_dataset(
        name="movies-interactions",
        datasetType=import_events.DATASET.rpartition("/")[2],
        datasetGroupArn=GROUP,
        schemaArn=import_events.SCHEMA,
        tags=TAGS,
    )
    for key in ("for-you", "segments"):
        name = BATCHES.solution_name(key)
        personalize.create_solution(name=name, tags=TAGS, **_PARENT)
        arn = ARNS.personalize(f"solution/{name}")
        personalize.create_solution_version(solutionArn=arn, name="first", tags=TAGS)
    personalize.create_solution(name=_UNTRAINED.rpartition("/")[2], tags=TAGS, **_PARENT)
    for key in ("unseen", "active"):
        personalize.create_filter(name=f"movies-{key}-0123456789ab", filterExpression="...", tags=TAGS, **_PARENT)
    bucket = BATCHES.bucket_name("us-east-1", "123456789012")
    for where in (
        "bucket/movies/interactions.csv",
        f"{bucket}/movies/in/users.json",
        f"{bucket}/movies/in/fans/a.json",
    ):
        s3.etags[where] = '"first"'
