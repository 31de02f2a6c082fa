"""Calling Amazon Personalize: clients, errors that Step Functions can act on, and whose a resource is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import DENIED, EXPIRED, THROTTLED, UNAVAILABLE, code_of, message_of, status_of
from personalize_sfn.errors import InvalidInputError, PendingLimitError, QuotaError, TransientError
from personalize_sfn.handlers.call_log import in_execution, logged
from personalize_sfn.ownership import PROJECT_TAG, require_ours, tag_dict, tag_list
from personalize_sfn.resources import ResourceType

LambdaEvent: TypeAlias = Mapping[str, Any]
LambdaResult: TypeAlias = dict[str, Any]
LambdaHandler: TypeAlias = Callable[[LambdaEvent, Any], LambdaResult]

#: How long after the execution's start a refusal may still be a role's that has not reached every server yet, and what
#: is missing may just have been made.
#: IAM is eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
NEW_SECONDS = 300
#: Operations that only look at a resource.
_LOOKS = ("Describe", "ListTags")
_LONGEST_TEXT = 2000


@cache
def client(service: str) -> Any:
    """The boto3 client of ``service``: made at the first call, kept while the function stays warm."""
    connect: Any = boto3.client  # its overloads name every service; boto3 itself takes any text
    # All attempts together end before the function's own time limit (60 s by default), whose end Step Functions does
    # not try again.
    config = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
    return logged(connect(service, config=config))


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def translating_errors(event: LambdaEvent) -> Iterator[None]:
    """Turn the service's errors into ours: what may pass by itself, what a quota stops, what cannot succeed.

    What is called inside is logged with the event's execution.

    Raises:
        PendingLimitError: as many jobs are pending as the account may have.
        TransientError: throttling, a server error, a parent that is not ready, expired keys, or in the first minutes
            of an execution a refusal, while a new role spreads, and a Describe that does not see what was just created.
        QuotaError: any other limit.
        InvalidInputError: everything else the service says; asking again cannot help.
    """
    with in_execution(event), _translated(event):
        yield


@contextmanager
def _translated(event: LambdaEvent) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _translate(error, event) from error
    except HTTPClientError as error:  # no connection, or no answer in time
        raise TransientError(cut(f"AWS could not be reached: {error}")) from error
    except ParamValidationError as error:
        raise InvalidInputError(cut(f"the request does not fit the API: {error}")) from error


def cut(text: str) -> str:
    """``text``, shortened so that the cause of a failed execution, which holds it twice as JSON, is never cut itself.

    Step Functions cuts a cause at 32,768 characters, and JSON that is cut is none:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html
    """
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."


def _translate(error: ClientError, event: LambdaEvent) -> Exception:
    name, message = code_of(error), cut(message_of(error))
    said = f"{error.operation_name}: {message} ({name})"
    refused = name in DENIED or "Insufficient privileges" in message
    if name in THROTTLED | UNAVAILABLE or status_of(error) >= 500 or name == "ResourceInUseException":
        return TransientError(said)
    if name in EXPIRED:
        client.cache_clear()  # the next call reads the keys anew
        return TransientError(said)
    is_new = seconds_since(event.get("startedAt")) < NEW_SECONDS
    if name == "ResourceNotFoundException" and error.operation_name.startswith(_LOOKS) and is_new:
        return TransientError(f"{said}; what was just created is not seen everywhere at once")
    if name == "LimitExceededException":
        # Pending jobs end by themselves; a full quota does not: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
        if "PENDING or IN_PROGRESS" in message:
            return PendingLimitError(said)
        return QuotaError(f"{said}. Delete what is not needed, or ask AWS for a higher quota")
    if refused and "kms:" in message:  # a key's policy does not change by waiting
        return InvalidInputError(
            f"{said}. The key's policy must let the role use it: "
            "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html"
        )
    if refused and is_new:
        return TransientError(f"{said}; a new role can take minutes to work everywhere")
    if refused:
        return InvalidInputError(f"{said}. Check the policies of the role, and of the bucket and its key")
    return InvalidInputError(said)


def seconds_since(moment: str | datetime | None) -> float:
    """Seconds since an ISO 8601 text or a datetime; infinite for None."""
    if moment is None:
        return float("inf")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return (now() - moment).total_seconds()


def describe(row: ResourceType, arn: str) -> dict[str, Any]:
    """What Describe says of it; ClientError as botocore raises it."""
    answer = getattr(client("personalize"), row.method("Describe"))(**{row.arn_field: arn})
    return dict(answer[row.key])


def list_all(row: ResourceType, **scope: str) -> list[dict[str, Any]]:
    """All summaries of one kind, over all pages.  ListDataDeletionJobs has no paginator in botocore."""
    ask = getattr(client("personalize"), row.method("List"))
    page = ask(**scope)
    found = list(page[row.list_key])
    while token := page.get("nextToken"):
        page = ask(**scope, nextToken=token)
        found += page[row.list_key]
    return found


def tags_of(arn: str) -> dict[str, str]:
    tags = client("personalize").list_tags_for_resource(resourceArn=arn)["tags"]
    return tag_dict(tags, "tagKey", "tagValue")


def project_of(arn: str) -> str | None:
    """The project whose tag the resource carries."""
    return tags_of(arn).get(PROJECT_TAG)


def bring_tags_up_to_date(arn: str, event: LambdaEvent, found: Mapping[str, str] | None = None) -> None:
    """Give a resource of ours the tags of the configuration that it lacks; tags that others gave it stay.

    ``found``: the tags that it has, if they were read already.  One that is busy gets them at the next run.
    """
    found = tags_of(arn) if found is None else found
    missing = {key: value for key, value in event["tags"].items() if found.get(key) != value}
    if not missing or found.get(PROJECT_TAG) != event["tags"][PROJECT_TAG]:
        return
    # With the project's own: the role may put no tags on without it.
    missing[PROJECT_TAG] = event["tags"][PROJECT_TAG]
    try:
        client("personalize").tag_resource(resourceArn=arn, tags=tag_list(missing, "tagKey", "tagValue"))
    except ClientError as error:
        if code_of(error) != "ResourceInUseException":
            raise


def take(arn: str, event: LambdaEvent) -> None:
    """Go on only with a resource of this project, with its tags as they are configured now; with ``adopt`` in the
    event, make it one.

    Raises:
        NotOursError: it does not carry our tag, and the configuration does not adopt it.
    """
    project = event["tags"][PROJECT_TAG]
    tags = tags_of(arn)
    require_ours(tags, project, parse(arn).resource, adopt=bool(event.get("adopt")))
    if tags.get(PROJECT_TAG) == project:
        bring_tags_up_to_date(arn, event, tags)
    else:
        client("personalize").tag_resource(resourceArn=arn, tags=tag_list(event["tags"], "tagKey", "tagValue"))
