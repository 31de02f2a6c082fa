"""The Lambda functions, each with its log group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.deploy.changes import ApiCall, Await, Change, ChangeStep, is_ours, missing_tags
from personalize_sfn.deploy.packages import Package
from personalize_sfn.ownership import require_ours
from personalize_sfn.session import Session

__all__ = ["list_functions", "list_log_groups", "plan_destroy_function", "plan_function"]

LogGroups = Mapping[str, Mapping[str, Any]]


def plan_function(
    session: Session, config: Config, package: Package, role_arn: str, log_groups: LogGroups
) -> list[Change]:
    """What the function or its log group lacks.  ``log_groups`` are those of :func:`list_log_groups`."""
    name = config.name(package.name)
    configuration = {
        "Runtime": config.functions.runtime,
        "Handler": package.handler,
        "Role": role_arn,
        "MemorySize": config.functions.memory_mb,
        "Timeout": config.functions.timeout_seconds,
        "Description": package.description,
    }
    logs = _log_group_steps(session, config, name, log_groups.get(_log_group(name)))
    present = _read(session, name)
    if present is None:
        steps: list[ChangeStep] = [
            *logs,
            ApiCall(
                "lambda",
                "create_function",
                {"FunctionName": name, "Code": {"ZipFile": package.zip}, **configuration, "Tags": config.all_tags},
            ),
            Await("lambda", "function_active_v2", {"FunctionName": name}),
        ]
        return [_change("create", name, f"create function {name}", steps)]

    tags = present.get("Tags", {})
    require_ours(tags, config.project, f"function {name}", adopt=config.adopt)
    updated = Await("lambda", "function_updated_v2", {"FunctionName": name})
    reasons: list[str] = []
    steps = []
    if missing := missing_tags(tags, config):
        reasons.append("tags")
        # First: what is adopted may be changed only once it carries the tag.
        arn = session.arns.function(name)
        steps.append(ApiCall("lambda", "tag_resource", {"Resource": arn, "Tags": missing}))
    if present["Configuration"]["CodeSha256"] != package.code_sha256:
        reasons.append("code")
        code = {"FunctionName": name, "ZipFile": package.zip}
        steps += [ApiCall("lambda", "update_function_code", code), updated]
    different = [key for key, value in configuration.items() if present["Configuration"].get(key) != value]
    if different:
        reasons += different
        changed = {"FunctionName": name, **configuration}
        steps += [ApiCall("lambda", "update_function_configuration", changed), updated]
    if logs:
        reasons.append("log group")
        steps += logs
    if not steps:
        return []
    return [_change("update", name, f"update function {name}: {', '.join(reasons)}", steps)]


def plan_destroy_function(session: Session, config: Config, name: str, log_groups: LogGroups) -> list[Change]:
    """Delete the function and its log group, as far as they are ours."""
    present = _read(session, name)
    steps: list[ChangeStep] = []
    if present is not None and is_ours(present.get("Tags", {}), config):
        steps.append(ApiCall("lambda", "delete_function", {"FunctionName": name}))
    group = log_groups.get(_log_group(name))
    if group is not None and is_ours(_log_tags(session, group), config):
        steps.append(ApiCall("logs", "delete_log_group", {"logGroupName": _log_group(name)}))
    if not steps:
        return []
    return [_change("delete", name, f"delete function {name} and its logs", steps)]


def list_functions(session: Session, config: Config) -> list[str]:
    """Names of all functions that start with the project's."""
    return [
        function["FunctionName"]
        for page in session.client("lambda").get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if function["FunctionName"].startswith(config.name(""))
    ]


def list_log_groups(session: Session, config: Config) -> dict[str, Mapping[str, Any]]:
    """Log groups of the project's functions by name."""
    pages = session.client("logs").get_paginator("describe_log_groups")
    prefix = _log_group(config.name(""))
    return {
        group["logGroupName"]: group
        for page in pages.paginate(logGroupNamePrefix=prefix)
        for group in page["logGroups"]
    }


def function_of(log_group: str) -> str:
    return log_group.removeprefix(_log_group(""))


def _log_group(function: str) -> str:
    return f"/aws/lambda/{function}"


def _log_group_steps(
    session: Session, config: Config, function: str, present: Mapping[str, Any] | None
) -> list[ChangeStep]:
    name = {"logGroupName": _log_group(function)}
    days = config.functions.log_retention_days
    keep = ApiCall("logs", "put_retention_policy", {**name, "retentionInDays": days})
    key = config.logs_kms_key_arn
    if present is None:
        encrypted = {} if key is None else {"kmsKeyId": key}
        return [ApiCall("logs", "create_log_group", {**name, **encrypted, "tags": config.all_tags}), keep]
    tags = _log_tags(session, present)
    require_ours(tags, config.project, f"log group {_log_group(function)}", adopt=config.adopt)
    steps: list[ChangeStep] = [keep] if present.get("retentionInDays") != days else []
    if key is None and present.get("kmsKeyId"):
        steps.append(ApiCall("logs", "disassociate_kms_key", name))
    elif key is not None and present.get("kmsKeyId") != key:
        steps.append(ApiCall("logs", "associate_kms_key", {**name, "kmsKeyId": key}))
    if missing := missing_tags(tags, config):
        steps.append(ApiCall("logs", "tag_resource", {"resourceArn": _log_group_arn(present), "tags": missing}))
    return steps


def _log_group_arn(group: Mapping[str, Any]) -> str:
    """The ARN that the tag operations take: without the ``:*`` that stands for the streams."""
    return str(group["arn"]).removesuffix(":*")


def _log_tags(session: Session, group: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = session.client("logs").list_tags_for_resource(resourceArn=_log_group_arn(group))["tags"]
    return tags


def _change(action: Any, name: str, sentence: str, steps: list[ChangeStep]) -> Change:
    return Change(action=action, kind="function", name=name, sentence=sentence, steps=tuple(steps))


def _read(session: Session, name: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        answer: dict[str, Any] = session.client("lambda").get_function(FunctionName=name)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    return answer
