"""Delete a resource of ours and say how far that is: idempotent, so the workflow calls it until it is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaHandler,
    LambdaResult,
    client,
    cut,
    describe,
    project_of,
    translating_errors,
)
from personalize_sfn.handlers.status import waiting
from personalize_sfn.ownership import PROJECT_TAG, is_schema_of
from personalize_sfn.resources import DELETING_STATUSES, Ownership, ResourceType

#: The service refuses to delete it for now: something that uses it is pending, or is still there.
IN_USE = "IN USE"
DELETED = "DELETED"
SKIPPED = "SKIPPED"


def delete_handler(row: ResourceType) -> LambdaHandler:
    """The handler of one row's delete function.

    The event is ``{"<arnField>", "tags", "waitedSeconds", "startedAt", "typicalSeconds", "timeoutSeconds"}``; the
    answer is ``{"status", "reason", "again", "waitSeconds", "waitedSeconds", "timedOut"}``.  ``again`` says that this
    should be called again after ``waitSeconds``; otherwise ``status`` is DELETED, or SKIPPED with the ``reason``.
    """

    def handler(event: LambdaEvent, _context: Any) -> LambdaResult:
        with translating_errors(event):
            status, reason = _delete(row, event[row.arn_field], event["tags"][PROJECT_TAG])
        again = status not in (DELETED, SKIPPED)
        return {"status": status, "reason": reason, "again": again, **waiting(event, again, 0)}

    return handler


def _delete(row: ResourceType, arn: str, project: str) -> tuple[str, str]:
    """Status and reason; ClientError as botocore raises it."""
    try:
        found = describe(row, arn)
        if not _is_ours(row, arn, found, project):
            return SKIPPED, f"it was not made by project {project}"
        status = found.get("status", "")
        if status in DELETING_STATUSES:
            return status, ""
        if status in row.pending_statuses:  # https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteSolution.html
            return status, "it cannot be deleted before its creation ends"
        getattr(client("personalize"), row.method("Delete"))(**{row.arn_field: arn})
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return DELETED, ""
        if code_of(error) != "ResourceInUseException":
            raise
        message = cut(message_of(error))
        # What has no status depends on nothing that is pending: a dataset of another group uses this schema.
        return (IN_USE if row.has_status else SKIPPED), message
    return ("DELETE PENDING" if row.has_status else DELETED), ""


def _is_ours(row: ResourceType, arn: str, found: Mapping[str, Any], project: str) -> bool:
    return _OURS[row.ownership](row, arn, found, project)


def _has_our_tag(_row: ResourceType, arn: str, _found: Mapping[str, Any], project: str) -> bool:
    return project_of(arn) == project


def _has_our_hash(_row: ResourceType, _arn: str, found: Mapping[str, Any], project: str) -> bool:
    return is_schema_of(project, found["name"], found["schema"])


def _is_in_our_parent(row: ResourceType, _arn: str, found: Mapping[str, Any], project: str) -> bool:
    """By its dataset group's tag, and a name that begins with the project's."""
    return str(found[row.name_field]).startswith(f"{project}-") and project_of(found[f"{row.scope}Arn"]) == project


_OURS: Mapping[Ownership, Callable[[ResourceType, str, Mapping[str, Any], str], bool]] = {
    "tag": _has_our_tag,
    "content": _has_our_hash,
    "parent": _is_in_our_parent,
}
