"""What the tests of import jobs and its neighbours share."""

from __future__ import annotations

from fakes.virtual_personalize import ARNS
from personalize_sfn.ownership import PROJECT_TAG

__all__ = ["DATASET", "GROUP", "SCHEMA", "TAGS", "import_event", "imported"]


DATASET = ARNS.personalize("dataset/movies/INTERACTIONS")
SCHEMA = ARNS.personalize("schema/movies-interactions-1")
GROUP = ARNS.personalize("dataset-group/movies")
TAGS = [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]


def import_event(location="s3://bucket/movies/interactions.csv", mode="FULL", **more):
    request = {
        "datasetArn": DATASET,
        "dataSource": {"dataLocation": location},
        "importMode": mode,
        "roleArn": ARNS.role("movies-personalize"),
    }
    return {
        "request": request,
        "namePrefix": "movies-interactions",
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
        **more,
    }


def imported(call):
    return call("create_dataset_import_job", import_event())["datasetImportJobArn"]
