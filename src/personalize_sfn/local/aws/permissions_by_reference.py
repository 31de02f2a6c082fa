"""What a request of any service needs, read from AWS's reference and from the names that the request holds.

For services that :mod:`personalize_sfn.local.aws.permissions` does not write out.  Where the request does not tell the
resource, any that the policy names will do: nothing is refused here that AWS might allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.aws.iam_policy import UNKNOWN
from personalize_sfn.local.aws.permission import Permission, tag_keys
from personalize_sfn.local.aws.service_authorization import ResourceKind, service

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["named_permissions"]

#: Signing name -> prefix of actions, where they differ.
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}

#: Operations whose permission has another name.
_ACTIONS = {
    ("dynamodb", "TransactGetItems"): "GetItem",
    ("sns", "PublishBatch"): "Publish",
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "SendMessageBatch"): "SendMessage",
}

#: Part of an ARN -> the members of requests that hold it.  A part that is not here (a secret's random end) is unknown.
_MEMBERS = {
    "AlarmName": ("AlarmName",),
    "DashboardName": ("DashboardName",),
    "DeliveryStreamName": ("DeliveryStreamName",),
    "EventBusName": ("EventBusName", "Name"),
    "IndexName": ("IndexName",),
    "KeyId": ("KeyId",),
    "ParameterNameWithoutLeadingSlash": ("Name", "Path"),
    "QueueName": ("QueueName", "QueueUrl"),
    "RuleName": ("Rule", "Name"),
    "StreamName": ("StreamName",),
    "TableName": ("TableName",),
    "TopicName": ("Name",),
}
_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def named_permissions(request: Request, account: str) -> list[Permission]:
    """What must be allowed for this request; nothing where AWS has no action of the operation's name."""
    prefix = _PREFIXES.get(request.service, request.service)
    reference = service(prefix)
    if reference is None:
        return [Permission(f"{prefix}:{request.operation}", UNKNOWN)]
    given = {"Partition": "aws", "Region": request.region, "Account": account}
    found = []
    for operation, members in _requests(prefix, request):
        action = _ACTIONS.get((prefix, operation), operation)
        if not reference.knows(action):
            continue
        context = tag_keys(_tags(members), members.get("TagKeys"))
        required, optional = reference.required[action], reference.optional[action]
        if not required and not optional:
            found.append(Permission(f"{prefix}:{action}", "*", context))
            continue
        must = [arn for kind in required if (arn := _arn(kind, members, given))]
        may = [arn for kind in optional if (arn := _arn(kind, members, given))]
        resources = must or may[:1] or [UNKNOWN]
        # Of an index that a request names beside its table, either will do.
        found += [Permission(f"{prefix}:{action}", arn, context, tuple(may)) for arn in resources]
    return found


def _requests(prefix: str, request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The operation with its members; one that is about several resources, as one for each."""
    members: dict[str, Any] = {**request.query, **request.form, **request.json}
    if prefix == "dynamodb" and isinstance(members.get("RequestItems"), dict):
        yield from ((request.operation, {"TableName": table}) for table in members["RequestItems"])
    elif prefix == "dynamodb" and isinstance(members.get("TransactItems"), list):
        for item in members["TransactItems"]:
            for verb, found in item.items() if isinstance(item, dict) else ():
                if isinstance(found, dict):
                    yield _TRANSACTION_ACTIONS.get(verb, request.operation), found
    elif prefix == "events" and isinstance(members.get("Entries"), list):
        entries = [entry for entry in members["Entries"] if isinstance(entry, dict)]
        buses = sorted({str(entry.get("EventBusName") or "default") for entry in entries})
        yield from ((request.operation, {"EventBusName": bus}) for bus in buses)
    elif prefix == "events" and members.get("EventBusName") == "default":
        yield request.operation, {name: value for name, value in members.items() if name != "EventBusName"}
    elif isinstance(members.get("Names"), list):
        yield from ((request.operation, {**members, "Name": name}) for name in members["Names"])
    else:
        yield request.operation, members


def _arn(kind: ResourceKind, members: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """The ARN of that type which the request names; empty when it names none."""
    for value in members.values():
        if isinstance(value, str) and value.startswith("arn:") and kind.matches(value):
            return value
    values = dict(given)
    for part in kind.parts:
        names = [members[name] for name in _MEMBERS.get(part, ()) if isinstance(members.get(name), str)]
        # A rule's Name is not its bus's.
        if part == "EventBusName" and len(kind.parts) > 1:
            names = [members["EventBusName"]] if isinstance(members.get("EventBusName"), str) else []
        if not names or names[0].startswith(("arn:", "alias/")):
            return ""
        values[part] = names[0].rstrip("/").rpartition("/")[2] if part == "QueueName" else names[0].removeprefix("/")
    return kind.arn_of(values) if kind.parts else ""


def _tags(members: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a request puts on, in the forms in which services take them."""
    tags = members.get("Tags") or members.get("tags")
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    if isinstance(tags, list):
        pairs = [{key.lower(): value for key, value in tag.items()} for tag in tags if isinstance(tag, dict)]
        return {str(pair["key"]): str(pair.get("value", "")) for pair in pairs if "key" in pair}
    keys = {name.removesuffix(".Key"): value for name, value in members.items() if name.endswith(".Key")}
    return {value: str(members.get(f"{prefix}.Value", "")) for prefix, value in keys.items()}
