"""Tags: TagResource, UntagResource, ListTagsForResource.

https://docs.aws.amazon.com/personalize/latest/dg/tagging-resources.html
"""

from __future__ import annotations

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import invalid_input, not_found
from personalize_sfn.local.personalize.wire.protocol import Members

MOST_TAGS = 50


def checked_tags(tags: list[dict[str, str]]) -> dict[str, str]:
    """The tags of a request as a dict; of equal keys the last counts."""
    found = {tag["tagKey"]: tag["tagValue"] for tag in tags}
    for key in found:
        if key.lower().startswith("aws:"):
            raise invalid_input(f"Tag keys that begin with aws: are reserved for AWS, got {key}")
    _check_count(found)
    return found


def tag_resource(context: OperationContext, request: Members) -> Members:
    record = _taggable(context, request["resourceArn"])
    tags = record.tags | checked_tags(request["tags"])
    _check_count(tags)
    record.tags = tags
    return {}


def untag_resource(context: OperationContext, request: Members) -> Members:
    record = _taggable(context, request["resourceArn"])
    if (count := len(request["tagKeys"])) > MOST_TAGS:
        raise AwsError("TooManyTagKeysException", f"A resource has at most {MOST_TAGS} tags, got {count} keys.")
    for key in request["tagKeys"]:
        record.tags.pop(key, None)
    return {}


def list_tags(context: OperationContext, request: Members) -> Members:
    record = _taggable(context, request["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in record.tags.items()]}


def _check_count(tags: dict[str, str]) -> None:
    if len(tags) > MOST_TAGS:
        raise AwsError("TooManyTagsException", f"A resource has at most {MOST_TAGS} tags, got {len(tags)}.")


def _taggable(context: OperationContext, arn: str) -> Record:
    record = context.store.find(arn)
    if record is None:
        raise not_found(f"Resource Arn {arn} does not exist.")
    if not record.row.taggable:
        raise invalid_input(f"A {record.row.words} cannot be tagged: {arn}")
    return record
