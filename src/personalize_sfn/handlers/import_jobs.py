"""Create an import job whose name is a hash of what it imports: the same data is not imported twice, new data is.

Data that a later FULL import replaced counts as new when it comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns
from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import InvalidInputError, QuotaError, TransientError
from personalize_sfn.handlers.create import create, failed
from personalize_sfn.handlers.csv_headers import require_event_type
from personalize_sfn.handlers.service import (
    Answer,
    Event,
    bring_tags_up_to_date,
    client,
    describe,
    list_all,
    take,
    translated,
)
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_IMPORT_JOB, SCHEMA

#: So many jobs may be made for the same data, because one failed or was replaced, before someone has to look.
ATTEMPTS = 20


def create_dataset_import_job(event: Event, context: Any) -> Answer:
    """Import the data into our dataset, unless a job did that already or is at it.

    The event is a create handler's, whose request has no ``jobName``, and ``"namePrefix"``.

    Raises:
        NotOursError: the dataset is another's: a FULL import would replace what is in it.
        InvalidInputError: there is no such object in the bucket, or it lacks the column EVENT_TYPE.
    """
    request = event["request"]
    with translated(event):
        take(request["datasetArn"], event)
        dataset = describe(DATASET, request["datasetArn"])
        schema = describe(SCHEMA, dataset["schemaArn"])["schema"]
    location = request["dataSource"]["dataLocation"]
    found = _objects(location, event)
    if dataset["datasetType"] == "INTERACTIONS":
        require_event_type(location, list(found), schema, event)
    data = [*found.values(), location, schema, request["importMode"], str(dataset["creationDateTime"])]
    base = f"{event['namePrefix']}-{hashlib.sha256('|'.join(data).encode()).hexdigest()[:12]}"
    for attempt in range(1, ATTEMPTS + 1):
        name = base if attempt == 1 else f"{base}-{attempt}"
        with translated(event):
            arn = _create_or_find(name, event, context)
        if arn is not None:
            return {DATASET_IMPORT_JOB.arn_field: arn, "updating": False}
    raise QuotaError(
        f"{ATTEMPTS} import jobs {base} of the same data failed or were replaced: read their failure reasons and fix "
        "the data"
    )


def _create_or_find(name: str, event: Event, context: Any) -> str | None:
    """The job's ARN; None if the job of that name has failed, or other data has replaced what it brought."""
    request = {**event["request"], "jobName": name}
    try:
        return create(DATASET_IMPORT_JOB, {**request, "importMode": _mode(name, request)}, event)
    except ClientError as error:
        if code_of(error) != "ResourceAlreadyExistsException":
            raise
    arn = Arns.like(context.invoked_function_arn).personalize(DATASET_IMPORT_JOB.arn_path.format(jobName=name))
    job = describe(DATASET_IMPORT_JOB, arn)
    if failed(job) or _replaced(job):
        return None
    bring_tags_up_to_date(arn, event)
    return arn


def _replaced(job: Mapping[str, Any]) -> bool:
    """Whether a FULL import that began later took the place of what this FULL import brought."""
    return job.get("importMode") == "FULL" and any(
        other.get("importMode") == "FULL" and not failed(other) and other["creationDateTime"] > job["creationDateTime"]
        for other in list_all(DATASET_IMPORT_JOB, datasetArn=job["datasetArn"])
    )


def _mode(name: str, request: Mapping[str, Any]) -> str:
    """FULL for the first import of a dataset, whose only mode that is; else what is asked for.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
    """
    if request["importMode"] == "FULL":
        return "FULL"
    others = [job for job in list_all(DATASET_IMPORT_JOB, datasetArn=request["datasetArn"]) if job["jobName"] != name]
    if any(job["status"] == ACTIVE for job in others):
        return str(request["importMode"])
    if any(not failed(job) for job in others):
        raise TransientError("the first import of the dataset is running; more is added when it has ended")
    return "FULL"


def _objects(location: str, event: Event) -> dict[str, str]:
    """ETags by key: of the object, or of all objects in the folder, that ``s3://bucket/key`` names.

    Raises:
        InvalidInputError: there is none.
    """
    bucket, _, key = location.removeprefix("s3://").partition("/")
    with translated(event):
        try:
            if key.endswith("/"):
                pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key, Delimiter="/")
                found = {
                    item["Key"]: item["ETag"]
                    for page in pages
                    for item in page.get("Contents", [])
                    if item["Key"] != key
                }
            else:
                found = {key: client("s3").head_object(Bucket=bucket, Key=key)["ETag"]}
        except ClientError as error:
            if code_of(error) not in ("404", "NoSuchKey", "NoSuchBucket"):
                raise
            found = {}
    if not found:
        raise InvalidInputError(f"there is no data at {location}: upload the CSV, or correct the bucket or key")
    return found
