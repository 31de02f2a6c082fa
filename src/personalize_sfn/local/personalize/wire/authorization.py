"""Which IAM actions a request needs, on which resources.

By AWS's reference (:mod:`personalize_sfn.local.aws.service_authorization`): a Create needs the new resource and what it
hangs on, tags on it need personalize:TagResource, a role needs iam:PassRole, lists have no resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from personalize_sfn.arns import Arns
from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.local.aws.permission import Permission, tag_keys
from personalize_sfn.local.aws.service_authorization import ResourceKind, Service, service
from personalize_sfn.local.personalize.environment import SERVICE_PRINCIPAL
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import BY_KEY, RESOURCE_TYPES, SOLUTION_VERSION, ResourceType

ANY = "*"
_CREATED: dict[str, ResourceType] = {row.operation("Create"): row for row in RESOURCE_TYPES}

Forms = tuple[str, ...]
"""The ARNs under which one resource may stand in a policy, the usual one first."""


def required_permissions(operation: str, request: Members, arns: Arns) -> list[Permission]:
    """What must be allowed.  An invalid request needs what can be told."""
    context = tag_keys(_tags(request), request.get("tagKeys"))
    action = f"personalize:{operation}"
    found = [Permission(action, forms[0], context, forms[1:]) for forms in _resources(operation, request, arns)]
    if operation in _CREATED and _tags(request):
        made = _to_be_made(_CREATED[operation], request, arns)
        found.append(Permission("personalize:TagResource", made[0], context, made[1:]))
    return [*found, *_passed_roles(request)]


def _tags(request: Members) -> dict[str, str]:
    tags = request.get("tags")
    listed = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return {str(tag.get("tagKey")): str(tag.get("tagValue", "")) for tag in listed}


def _passed_roles(request: Members) -> Iterator[Permission]:
    outputs = request.get("metricsOutputConfig")
    for holder in (request, outputs if isinstance(outputs, dict) else {}):
        if isinstance(holder.get("roleArn"), str):
            yield Permission("iam:PassRole", holder["roleArn"], {"iam:PassedToService": SERVICE_PRINCIPAL})


def _resources(operation: str, request: Members, arns: Arns) -> list[Forms]:
    kinds = _reference().required.get(operation, ())
    if not kinds:
        return [_named_or_any(operation, request)]
    made = _CREATED.get(operation)
    found = [
        _to_be_made(made, request, arns) if made is not None and kind.name == made.key else _existing(kind, request)
        for kind in kinds
    ]
    return [forms for forms in found if forms] or [(ANY,)]


def _named_or_any(operation: str, request: Members) -> Forms:
    """Tags are of the resource that is named; lists and events have no resource type.

    A List is let through on the ARN of its parent as well: the roles of AWS's own solution for Personalize allow it so.
    """
    if operation.startswith("List") and not operation.startswith("ListTags"):
        return (ANY, *(value for name, value in request.items() if name.endswith("Arn") and isinstance(value, str)))
    named = request.get("resourceArn")
    return (named,) if isinstance(named, str) else (ANY,)


def _existing(kind: ResourceKind, request: Members) -> Forms:
    """The resource of that type that the request names; nothing when it names none."""
    if kind.name == "solution" and isinstance(request.get(SOLUTION_VERSION.arn_field), str):
        # The reference has no type for versions: which of the two ARNs is asked about, it does not say.
        version = str(request[SOLUTION_VERSION.arn_field])
        return (version, version.rpartition("/")[0]) if version.count("/") > 1 else (version,)
    for member in (f"{kind.name}Arn", *_INSTEAD.get(kind.name, ())):
        if isinstance(request.get(member), str):
            return (str(request[member]),)
    return ()


#: A recommender is asked as a campaign is.
_INSTEAD = {"campaign": ("recommenderArn",)}


def _to_be_made(row: ResourceType, request: Members, arns: Arns) -> Forms:
    if row is SOLUTION_VERSION:  # AWS has no resource type for versions: it is the solution that one may train
        solution = str(request.get("solutionArn", ANY))
        return (solution, f"{solution}/{request.get('name') or ANY}")
    fields = {"id": ANY, "name": ANY, **{name: value for name, value in request.items() if isinstance(value, str)}}
    for key in row.parents:
        if f"{{{key}}}" not in row.arn_path:
            continue
        try:
            fields[key] = parse_arn(str(request.get(BY_KEY[key].arn_field))).name
        except ValueError:
            return (ANY,)
    if "datasetType" in fields:
        fields["datasetType"] = fields["datasetType"].upper()
    try:
        return (arns.personalize(row.arn_path.format_map(fields)),)
    except KeyError:
        return (ANY,)


@cache
def _reference() -> Service:
    found = service("personalize")
    assert found is not None
    return found
