"""Activities, and what workers and callbacks say of their tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions import tags
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.encryption import encryption_of
from personalize_sfn.local.stepfunctions.records import Activity
from personalize_sfn.local.stepfunctions.wire import does_not_exist, page, states_arn, valid_name
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.json_text import NotJson, compact, parse

__all__ = ["POLL_SECONDS"]

#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
POLL_SECONDS = 60


def create_activity(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """The same name twice is one activity.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
    """
    name = valid_name(request["name"])
    arn = context.arn("activity", name)
    encryption = encryption_of(request)
    made = context.store.activities.get(arn)
    if made is None:
        context.store.tags[arn] = tags.checked(request.get("tags", []), {})
        made = context.store.activities[arn] = Activity(arn, name, context.now, encryption)
    elif made.encryption != encryption:
        raise AwsError("ActivityAlreadyExists", f"Activity Already Exists: '{arn}'")
    return {"activityArn": arn, "creationDate": made.created}


def _activity(request: dict[str, Any], context: StepFunctionsContext) -> Activity:
    arn = states_arn(request["activityArn"], "activity")
    if arn not in context.store.activities:
        raise does_not_exist("Activity", arn)
    return context.store.activities[arn]


def describe_activity(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    found = _activity(request, context)
    return {
        "activityArn": found.arn,
        "name": found.name,
        "creationDate": found.created,
        "encryptionConfiguration": found.encryption,
    }


def list_activities(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    found, token = page(context.store.activities.values(), lambda each: each.name, request, "activities")
    listed = [{"activityArn": each.arn, "name": each.name, "creationDate": each.created} for each in found]
    return {"activities": listed, "nextToken": token}


def delete_activity(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    arn = states_arn(request["activityArn"], "activity")
    context.store.activities.pop(arn, None)
    context.store.tags.pop(arn, None)
    context.driver.forget_activity(arn)
    return {}


def get_activity_task(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """Waits for a task; answers no token when there is none."""
    call = context.driver.take(_activity(request, context).arn, request.get("workerName"), POLL_SECONDS)
    return {} if call is None else {"taskToken": call.token, "input": compact(call.arguments)}


def _answer(token: str, act: Callable[[Any], bool], context: StepFunctionsContext) -> dict[str, Any]:
    done = context.driver.answer(token, act)
    if done is None:
        raise AwsError("InvalidToken", "Invalid Token: 'Invalid token'")
    if not done:
        raise AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    return {}


def send_task_success(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    try:
        output = parse(request["output"])
    except NotJson as problem:
        raise AwsError("InvalidOutput", f"Invalid Output: '{problem}'") from None
    token = request["taskToken"]
    return _answer(token, lambda execution: execution.complete(token, TaskOutcome(output)), context)


def send_task_failure(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    token, outcome = request["taskToken"], TaskOutcome(error=request.get("error"), cause=request.get("cause"))
    return _answer(token, lambda execution: execution.complete(token, outcome, failed=True), context)


def send_task_heartbeat(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    token = request["taskToken"]
    return _answer(token, lambda execution: execution.heartbeat(token), context)


OPERATIONS = {
    "CreateActivity": create_activity,
    "DescribeActivity": describe_activity,
    "ListActivities": list_activities,
    "DeleteActivity": delete_activity,
    "GetActivityTask": get_activity_task,
    "SendTaskSuccess": send_task_success,
    "SendTaskFailure": send_task_failure,
    "SendTaskHeartbeat": send_task_heartbeat,
}
