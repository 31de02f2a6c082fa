"""The roles: compared, made, removed."""

from __future__ import annotations

import json
import re
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.deploy.changes import ApiCall, Change, ChangeStep, is_ours, missing_tags, same_document
from personalize_sfn.deploy.policies import POLICY_NAME, Role
from personalize_sfn.deploy.role_arns import made_roles, role_arns
from personalize_sfn.errors import DeployError
from personalize_sfn.ownership import require_ours, tag_dict, tag_list
from personalize_sfn.session import Session

__all__ = ["old_role_names", "old_roles", "plan_destroy_old_role", "plan_destroy_role", "plan_role"]


#: The roles that deploy made before roles carried their region.
_OLD_ROLES = ("step-functions", "lambda", "personalize")


def plan_role(session: Session, config: Config, role: Role) -> list[Change]:
    """What ``role`` lacks: nothing, one change, or all of it."""
    named_role = {"RoleName": role.name}
    put_policy = ApiCall(
        "iam",
        "put_role_policy",
        {**named_role, "PolicyName": POLICY_NAME, "PolicyDocument": json.dumps(role.policy)},
    )
    present = _read(session, role.name)
    if present is None:
        create = {
            **named_role,
            "Path": config.roles.path,
            "AssumeRolePolicyDocument": json.dumps(role.trust),
            "Description": role.description,
            "Tags": tag_list(config.all_tags),
        }
        if config.roles.permissions_boundary_arn:
            create["PermissionsBoundary"] = config.roles.permissions_boundary_arn
        return [
            _change(
                "create", role.name, f"create role {role.name}", (ApiCall("iam", "create_role", create), put_policy)
            )
        ]

    tags = tag_dict(present.get("Tags", []))
    require_ours(tags, config.project, f"role {role.name}", adopt=config.adopt)
    if present["Path"] != config.roles.path:
        raise DeployError(
            f"role {role.name} has path {present['Path']}, the config wants {config.roles.path}, and IAM cannot move "
            "a role: destroy first, or set roles.path back"
        )
    reasons: list[str] = []
    steps: list[ChangeStep] = []
    if not same_document(present["AssumeRolePolicyDocument"], role.trust):
        reasons.append("trust")
        trust = {**named_role, "PolicyDocument": json.dumps(role.trust)}
        steps.append(ApiCall("iam", "update_assume_role_policy", trust))
    if not same_document(_read_policy(session, role.name), role.policy):
        reasons.append("permissions")
        steps.append(put_policy)
    wanted_boundary = config.roles.permissions_boundary_arn
    if wanted_boundary and present.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") != wanted_boundary:
        reasons.append("permissions boundary")
        boundary = {**named_role, "PermissionsBoundary": wanted_boundary}
        steps.append(ApiCall("iam", "put_role_permissions_boundary", boundary))
    if missing := missing_tags(tags, config):
        reasons.append("tags")
        steps.append(ApiCall("iam", "tag_role", {**named_role, "Tags": tag_list(missing)}))
    if not steps:
        return []
    return [_change("update", role.name, f"update role {role.name}: {', '.join(reasons)}", tuple(steps))]


def plan_destroy_role(session: Session, config: Config, name: str) -> list[Change]:
    """Delete the role with what hangs on it, which IAM demands first; a role that is not ours stays."""
    present = _read(session, name)
    if present is None or not is_ours(tag_dict(present.get("Tags", [])), config):
        return []
    iam = session.client("iam")
    inline = [
        policy
        for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
        for policy in page["PolicyNames"]
    ]
    attached = [
        policy["PolicyArn"]
        for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
        for policy in page["AttachedPolicies"]
    ]
    steps: tuple[ChangeStep, ...] = (
        *(ApiCall("iam", "delete_role_policy", {"RoleName": name, "PolicyName": policy}) for policy in inline),
        *(ApiCall("iam", "detach_role_policy", {"RoleName": name, "PolicyArn": arn}) for arn in attached),
        ApiCall("iam", "delete_role", {"RoleName": name}),
    )
    return [_change("delete", name, f"delete role {name}", steps)]


def plan_destroy_old_role(session: Session, config: Config, name: str) -> list[Change]:
    """Delete a role that an earlier version made, whose name has no region, if the last deploy with it was to this one.

    Its trust or its permissions name that region; the role of another region's deployment stays.
    """
    present = _read(session, name)
    if present is None or session.region not in _regions(session, present):
        return []
    return plan_destroy_role(session, config, name)


def old_role_names(config: Config, arns: Arns) -> list[str]:
    """Names that roles of the project had in earlier versions.

    None where the config names every role: then roles are not the caller's business, and it may not even look.
    """
    if not made_roles(config, arns):
        return []
    names = {name: arns.role(name, config.roles.path) for name in map(config.name, _OLD_ROLES)}
    return [name for name, arn in names.items() if arn not in role_arns(config, arns).values()]


def old_roles(session: Session, config: Config) -> dict[str, list[str]]:
    """Names of the project's roles that an earlier version made, with the regions that their documents name.

    Empty where the caller may not read them.
    """
    from botocore.exceptions import ClientError

    found = {}
    try:
        for name in old_role_names(config, session.arns):
            present = _read(session, name)
            if present is not None and is_ours(tag_dict(present.get("Tags", [])), config):
                found[name] = _regions(session, present)
    except ClientError:
        return {}
    return found


def _regions(session: Session, role: dict[str, Any]) -> list[str]:
    """Regions of the ARNs in the role's trust and permissions."""
    documents = json.dumps([role["AssumeRolePolicyDocument"], _read_policy(session, role["RoleName"])])
    return sorted(set(re.findall(rf":([a-z0-9-]+):{session.account_id}:", documents)))


def _change(action: Any, name: str, sentence: str, steps: tuple[ChangeStep, ...]) -> Change:
    return Change(action=action, kind="role", name=name, sentence=sentence, steps=steps)


def _read(session: Session, name: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        role: dict[str, Any] = session.client("iam").get_role(RoleName=name)["Role"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise
    return role


def _read_policy(session: Session, name: str) -> Any:
    from botocore.exceptions import ClientError

    try:
        return session.client("iam").get_role_policy(RoleName=name, PolicyName=POLICY_NAME)["PolicyDocument"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise
