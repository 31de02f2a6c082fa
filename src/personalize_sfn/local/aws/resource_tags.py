"""The tags of a resource by its ARN, as conditions of policies ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from personalize_sfn.arns import Arn, parse
from personalize_sfn.local.aws.service_authorization import kind_of

__all__ = ["condition_keys", "stored_tags"]

Tags = Mapping[str, str]


def condition_keys(arn: str, tags_of: Callable[[str], Tags]) -> dict[str, str]:
    """``aws:ResourceTag/...`` of the resource; none where AWS knows no such condition for its type.

    A bucket's tags count only where the bucket was switched to access control by tags, which is off by default:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
    """
    kind = kind_of(arn)
    if kind is None or not kind.tagged or arn.startswith("arn:aws:s3:"):
        return {}
    prefixes = ("aws:ResourceTag/", "iam:ResourceTag/") if ":iam::" in arn else ("aws:ResourceTag/",)
    return {f"{prefix}{key}": value for key, value in tags_of(arn).items() for prefix in prefixes}


def stored_tags(arn: str) -> Tags:
    """The tags that the backend keeps; none for what does not exist."""
    try:
        parts = parse(arn)
    except ValueError:
        return {}
    find = _READERS.get(parts.service)
    return find(arn, parts) if find is not None else {}


def _pairs(tags: Any) -> Tags:
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags or ()}


def _function(_arn: str, parts: Arn) -> Tags:
    from moto.awslambda.utils import get_backend

    name = parts.resource.split(":")[1]
    functions = get_backend(parts.account_id, parts.region).list_functions()
    return next((dict(each.tags) for each in functions if each.function_name == name), {})


def _log_group(arn: str, parts: Arn) -> Tags:
    from moto.logs.models import logs_backends

    group = arn.partition(":log-stream:")[0].removesuffix(":*")
    return _by_arn(logs_backends[parts.account_id][parts.region], group)


def _identity(arn: str, parts: Arn) -> Tags:
    from moto.iam.models import iam_backends

    backend = iam_backends[parts.account_id][parts.partition]
    if parts.resource.startswith("role/"):
        return next((_pairs(role.tags) for role in list(backend.roles.values()) if role.arn == arn), {})
    return _by_arn(backend, arn)


def _rule_or_bus(arn: str, parts: Arn) -> Tags:
    from moto.events.models import events_backends

    return _by_arn(events_backends[parts.account_id][parts.region], arn)


def _topic(arn: str, parts: Arn) -> Tags:
    from moto.sns.models import sns_backends

    topic = sns_backends[parts.account_id][parts.region].topics.get(arn)
    return dict(topic._tags) if topic is not None else {}


def _queue(_arn: str, parts: Arn) -> Tags:
    from moto.sqs.models import sqs_backends

    queue = sqs_backends[parts.account_id][parts.region].queues.get(parts.resource)
    return dict(queue.tags) if queue is not None else {}


def _table(_arn: str, parts: Arn) -> Tags:
    from moto.dynamodb.models import dynamodb_backends

    table = dynamodb_backends[parts.account_id][parts.region].tables.get(parts.resource.split("/")[1])
    return _pairs(table.tags) if table is not None else {}


def _by_arn(backend: Any, arn: str) -> Tags:
    tags: Tags = backend.tagger.get_tag_dict_for_resource(arn)
    return tags


_READERS: dict[str, Callable[[str, Arn], Tags]] = {
    "dynamodb": _table,
    "events": _rule_or_bus,
    "iam": _identity,
    "lambda": _function,
    "logs": _log_group,
    "sns": _topic,
    "sqs": _queue,
}
