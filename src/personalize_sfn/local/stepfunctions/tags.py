"""Tags of state machines and activities."""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.wire import states_arn

__all__ = ["checked"]

_MOST = 50


def checked(given: list[dict[str, str]], have: dict[str, str]) -> dict[str, str]:
    """``have`` with the tags of a request.

    Raises:
        AwsError: TooManyTags; ValidationException, a key is one of AWS's own.
    """
    if any(tag.get("key", "").lower().startswith("aws:") for tag in given):
        raise AwsError("ValidationException", "aws: prefixed tag key names are not allowed for external use.")
    made = have | {tag.get("key", ""): tag.get("value", "") for tag in given}
    if len(made) > _MOST:
        raise AwsError("TooManyTags", f"Too many tags: a resource can have at most {_MOST}.")
    return made


def _tagged(request: dict[str, Any], context: StepFunctionsContext) -> str:
    arn = states_arn(request["resourceArn"], "stateMachine", "activity")
    if arn not in context.store.tags:
        raise AwsError("ResourceNotFound", f"Resource not found: '{arn}'")
    return arn


def tag_resource(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    arn = _tagged(request, context)
    context.store.tags[arn] = checked(request["tags"], context.store.tags[arn])
    return {}


def untag_resource(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    arn = _tagged(request, context)
    kept = {key: value for key, value in context.store.tags[arn].items() if key not in request["tagKeys"]}
    context.store.tags[arn] = kept
    return {}


def list_tags_for_resource(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    tags = context.store.tags[_tagged(request, context)]
    return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}


OPERATIONS = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
