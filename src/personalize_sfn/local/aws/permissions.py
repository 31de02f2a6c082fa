"""Which IAM actions on which resources a request needs.

After the Service Authorization Reference: https://docs.aws.amazon.com/service-authorization/latest/reference/
Services that are not written out here are judged by :mod:`personalize_sfn.local.aws.permissions_by_reference`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.aws.permission import Permission, tag_keys
from personalize_sfn.local.aws.permissions_by_reference import named_permissions
from personalize_sfn.local.aws.permissions_s3 import s3_permissions
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.aws.service_authorization import service

if TYPE_CHECKING:
    from personalize_sfn.local.aws.iam import Iam, Principal
    from personalize_sfn.local.aws.request import Request

__all__ = ["required_permissions"]


def required_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    """What must be allowed to ``who`` for this request; empty when it cannot be told what the request is."""
    if request.service == "s3":
        return s3_permissions(request)
    if not request.operation or not request.service:
        return []
    reference = service(request.service)
    if reference is not None and reference.takes_no_resource(request.operation):
        return [Permission(f"{request.service}:{request.operation}", "*")]
    find = _SERVICES.get(request.service)
    return find(request, who, iam) if find else named_permissions(request, who.account)


def _pass_role(role_arn: Any, service: str) -> list[Permission]:
    return [Permission("iam:PassRole", str(role_arn), {"iam:PassedToService": service})] if role_arn else []


# -- Lambda ------------------------------------------------------------------------------------------------------------

_LAMBDA_WITHOUT_RESOURCE = {
    "ListFunctions",
    "GetAccountSettings",
    "ListLayers",
    "ListEventSourceMappings",
    "CreateEventSourceMapping",
    "ListCodeSigningConfigs",
}
_LAMBDA_ACTIONS = {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"}


def _lambda_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    action = f"lambda:{_LAMBDA_ACTIONS.get(request.operation, request.operation)}"
    if request.operation in _LAMBDA_WITHOUT_RESOURCE:
        return [Permission(action, "*")]
    parts = request.path.strip("/").split("/")
    name = request.json.get("FunctionName", "") if request.operation == "CreateFunction" else "/".join(parts[2:3])
    arn = (
        name
        if name.startswith("arn:")
        else iam.arns(request.region, who.account).function(name.rpartition("function:")[2])
    )
    if "Qualifier" in request.query and arn.count(":") == 6:
        arn = f"{arn}:{request.query['Qualifier']}"
    tags = request.json.get("Tags") if isinstance(request.json.get("Tags"), dict) else {}
    found = [Permission(action, arn, tag_keys(tags or {}))]
    if request.operation in ("CreateFunction", "UpdateFunctionConfiguration"):
        found += _pass_role(request.json.get("Role"), "lambda.amazonaws.com")
    if request.operation == "CreateFunction" and tags:
        found.append(Permission("lambda:TagResource", arn, tag_keys(tags)))
    return found


# -- IAM and STS -------------------------------------------------------------------------------------------------------


def _form_tags(form: Mapping[str, str]) -> dict[str, str]:
    keys = {name[: -len(".Key")]: value for name, value in form.items() if name.endswith(".Key")}
    return {value: form.get(f"{prefix}.Value", "") for prefix, value in keys.items()}


def _iam_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    form, prefix = request.form, f"arn:aws:iam::{who.account}"
    path = form.get("Path", "/")
    context = tag_keys(_form_tags(form))
    if "RoleName" in form:
        if request.operation == "CreateRole":
            resource = f"{prefix}:role{path}{form['RoleName']}"
        else:
            resource = iam.role_arn(who.account, form["RoleName"])
    elif "PolicyArn" in form:
        resource = form["PolicyArn"]
    elif "PolicyName" in form and "UserName" not in form and "GroupName" not in form:
        resource = f"{prefix}:policy{path}{form['PolicyName']}"
    elif "UserName" in form:
        resource = f"{prefix}:user{path}{form['UserName']}"
    elif "GroupName" in form:
        resource = f"{prefix}:group{path}{form['GroupName']}"
    else:
        resource = "*"
    # Of something new, the boundary that the request gives it; else the one that it has.
    has = "" if request.operation.startswith("Create") else iam.boundary_arn(resource)
    if boundary := form.get("PermissionsBoundary") or has:
        context["iam:PermissionsBoundary"] = boundary
    if request.operation.startswith(("Attach", "Detach")):
        context["iam:PolicyARN"] = form.get("PolicyArn", "")
    found = [Permission(f"iam:{request.operation}", resource, context)]
    if request.operation == "CreateRole" and _form_tags(form):
        found.append(Permission("iam:TagRole", resource, context))
    return found


def _sts_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    """AssumeRole needs the role's trust; where that names the caller itself, no permission of the caller's own.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    role_arn = request.form.get("RoleArn", "")
    if request.operation == "AssumeRole":
        context = iam.context_of(who)
        if "ExternalId" in request.form:
            context["sts:ExternalId"] = request.form["ExternalId"]
        if iam.role_trusts_principal(role_arn, {who.arn, who.identity_arn}, context):
            return []
        if not iam.role_trusts_principal(role_arn, {who.account, f"arn:aws:iam::{who.account}:root"}, context):
            text = f"User: {who.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise AwsError("AccessDenied", text, 403)
    return [Permission(f"sts:{request.operation}", role_arn or "*")]


# -- Step Functions ----------------------------------------------------------------------------------------------------


_STATES_ARNS = (
    "executionArn",
    "stateMachineArn",
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "activityArn",
    "mapRunArn",
    "resourceArn",
)


def _states_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    members = request.json
    arn = next((members[name] for name in _STATES_ARNS if isinstance(members.get(name), str)), None)
    if request.operation == "CreateStateMachine":
        arn = iam.arns(request.region, who.account).state_machine(str(members.get("name", "")))
    if request.operation in ("CreateActivity", "ListActivities", "ListStateMachines", "ValidateStateMachineDefinition"):
        arn = "*"
    listed = members["tags"] if isinstance(members.get("tags"), list) else []
    tags = {str(tag.get("key")): str(tag.get("value")) for tag in listed if isinstance(tag, dict)}
    found = [Permission(f"states:{request.operation}", str(arn or "*"), tag_keys(tags))]
    if request.operation in ("CreateStateMachine", "UpdateStateMachine", "TestState") and members.get("roleArn"):
        found += _pass_role(members.get("roleArn"), "states.amazonaws.com")
    if request.operation == "CreateStateMachine" and tags:
        found.append(Permission("states:TagResource", str(arn), tag_keys(tags)))
    return found


# -- CloudWatch Logs, EventBridge Scheduler ----------------------------------------------------------------------------


def _logs_permissions(request: Request, who: Principal, iam: Iam) -> list[Permission]:
    """A log group's ARN ends in ``:*`` in some of AWS's pages and not in others; AWS accepts both."""
    members = request.json
    name = members.get("logGroupName") or members.get("logGroupIdentifier") or ""
    arn = str(members.get("resourceArn") or iam.arns(request.region, who.account).log_group(name))
    if "logStreamName" in members:
        return [Permission(f"logs:{request.operation}", f"{arn}:log-stream:{members['logStreamName']}")]
    tags = members.get("tags") if isinstance(members.get("tags"), dict) else {}
    base = arn.removesuffix(":*")
    forms = (f"{base}:*", f"{base}:log-stream:", f"{base}:log-stream:*")
    found = [Permission(f"logs:{request.operation}", base, tag_keys(tags or {}), forms)]
    if request.operation == "CreateLogGroup" and tags:
        found.append(Permission("logs:TagResource", base, tag_keys(tags), forms))
    return found


def _scheduler_permissions(request: Request, who: Principal, _iam: Iam) -> list[Permission]:
    parts = request.path.strip("/").split("/")
    if parts[0] == "schedules" and len(parts) > 1:
        group = request.query.get("groupName") or request.json.get("GroupName") or "default"
        arn = f"arn:aws:scheduler:{request.region}:{who.account}:schedule/{group}/{parts[1]}"
        target = request.json.get("Target", {})
        role = _pass_role(target.get("RoleArn"), "scheduler.amazonaws.com") if isinstance(target, dict) else []
        return [Permission(f"scheduler:{request.operation}", arn), *role]
    return [Permission(f"scheduler:{request.operation}", "*")]


_SERVICES: dict[str, Callable[[Request, Principal, Iam], list[Permission]]] = {
    "lambda": _lambda_permissions,
    "iam": _iam_permissions,
    "sts": _sts_permissions,
    "states": _states_permissions,
    "logs": _logs_permissions,
    "scheduler": _scheduler_permissions,
}
