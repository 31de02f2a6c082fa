"""Create an import job whose name is a hash of what it imports: the same data is not imported twice, new data is.

Data that a later FULL import replaced counts as new when it comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.errors import TransientError
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, describe, list_all, take, translating_errors
from personalize_sfn.handlers.create import failed, tell
from personalize_sfn.handlers.csv_headers import require_event_type
from personalize_sfn.handlers.deletion_turns import refuse_forgotten
from personalize_sfn.handlers.jobs import create_job
from personalize_sfn.handlers.s3_objects import counts, etags
from personalize_sfn.resources import DATASET, DATASET_IMPORT_JOB, SCHEMA


def create_dataset_import_job(event: LambdaEvent, context: Any) -> LambdaResult:
    """Import the data into our dataset, unless a job did that already or is at it.

    The event is a create handler's, whose request has no ``jobName``, and ``"namePrefix"``.  ``made`` of the answer
    says how many rows and users there are, where the upload has said it.

    Raises:
        NotOursError: the dataset is another's: a FULL import would replace what is in it.
        InvalidInputError: there is no such object in the bucket, it lacks the column EVENT_TYPE, or it names users who
            were forgotten.
    """
    request = event["request"]
    with translating_errors(event):
        take(request["datasetArn"], event)
        dataset = describe(DATASET, request["datasetArn"])
        schema = describe(SCHEMA, dataset["schemaArn"])["schema"]
    location = request["dataSource"]["dataLocation"]
    found = etags(location, event)
    refuse_forgotten(location, found, event)
    if dataset["datasetType"] == "INTERACTIONS":
        require_event_type(location, list(found), schema, event)
    data = [*found.values(), location, schema, request["importMode"], str(dataset["creationDateTime"])]
    made = create_job(DATASET_IMPORT_JOB, event, context, data, complete=_with_import_mode, is_replaced=_was_replaced)
    told = {"datasetType": dataset["datasetType"], "importMode": request["importMode"], "dataLocation": location}
    return tell(made, **told, **counts(location, list(found)))


def _was_replaced(job: Mapping[str, Any]) -> bool:
    """Whether a FULL import that began later took the place of what this FULL import brought."""
    if job.get("importMode") != "FULL":
        return False
    later = [
        other
        for other in list_all(DATASET_IMPORT_JOB, datasetArn=job["datasetArn"])
        if other["creationDateTime"] > job["creationDateTime"]
    ]
    return any(other.get("importMode") == "FULL" and not failed(DATASET_IMPORT_JOB, other) for other in later)


def _with_import_mode(request: dict[str, Any]) -> dict[str, Any]:
    """FULL for the first import of a dataset, whose only mode that is; else what is asked for.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
    """
    if request["importMode"] == "FULL":
        return request
    name = request["jobName"]
    others = [job for job in list_all(DATASET_IMPORT_JOB, datasetArn=request["datasetArn"]) if job["jobName"] != name]
    if any(job["status"] == DATASET_IMPORT_JOB.ready_status for job in others):
        return request
    if any(not failed(DATASET_IMPORT_JOB, job) for job in others):
        raise TransientError("the first import of the dataset is running; more is added when it has ended")
    return {**request, "importMode": "FULL"}
