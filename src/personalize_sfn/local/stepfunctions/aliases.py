"""Versions of state machines, and the aliases that lead to them."""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.machines import machine_of, publish, version_number, version_of
from personalize_sfn.local.stepfunctions.records import DeployedMachine, MachineAlias
from personalize_sfn.local.stepfunctions.wire import page, states_arn

__all__: list[str] = []


def publish_state_machine_version(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html"""
    machine = machine_of(request["stateMachineArn"], context)
    expected, current = request.get("revisionId"), machine.revision.id or "INITIAL"
    if expected is not None and expected != current:
        text = f"Failed to publish the State Machine version for revision {expected}. "
        raise AwsError("ConflictException", f"{text}The current State Machine revision is {current}.")
    version = publish(machine, request.get("description", ""), context)
    return {"stateMachineVersionArn": version.arn, "creationDate": version.created}


def list_state_machine_versions(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """Newest first."""
    arn = states_arn(request["stateMachineArn"], "stateMachine")
    machine = context.store.machines.get(arn)
    versions = machine.versions.items() if machine is not None else ()
    shown, token = page(versions, lambda each: each[0], request, f"versions of {arn}", newest_first=True)
    listed = [{"stateMachineVersionArn": each.arn, "creationDate": each.created} for _, each in shown]
    return {"stateMachineVersions": listed, "nextToken": token}


def delete_state_machine_version(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """A version that an alias leads to is in use."""
    arn = states_arn(request["stateMachineVersionArn"], "stateMachine")
    base, _, text = arn.rpartition(":")
    number = version_number(text)
    if arn.count(":") != 7 or number is None:
        raise AwsError("ValidationException", f"expected the ARN of a version, got {arn}")
    machine = context.store.machines.get(base)
    if machine is not None:
        using = [each.arn for each in machine.aliases.values() if arn in dict(each.routes)]
        if using:
            text = "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this "
            raise AwsError("ConflictException", f"{text}version: [{', '.join(using)}]")
        machine.versions.pop(number, None)
    return {}


# --- aliases --------------------------------------------------------------------------------------------------------


def _routes(
    given: list[dict[str, Any]], context: StepFunctionsContext
) -> tuple[DeployedMachine, list[tuple[str, int]]]:
    """The machine whose versions a routing configuration names, and the versions with their weights."""
    arns = [str(each["stateMachineVersionArn"]) for each in given]
    shown = f"Received: [{', '.join(arns)}]"
    if any(arn.count(":") != 7 or version_number(arn.rpartition(":")[2]) is None for arn in arns):
        raise AwsError("ValidationException", f"Routing configuration must contain state machine version ARNs. {shown}")
    if len(set(arns)) != len(arns):
        text = "Routing configuration must contain distinct state machine version ARNs. "
        raise AwsError("ValidationException", text + shown)
    bases = {states_arn(arn, "stateMachine").rpartition(":")[0] for arn in arns}
    weights = [each["weight"] for each in given]
    if len(bases) != 1:
        text = "Routing configuration must contain version ARNs of one state machine. "
        raise AwsError("ValidationException", text + shown)
    if sum(weights) != 100 or min(weights) < 0:
        text = "Sum of routing configuration weights must equal 100. "
        raise AwsError("ValidationException", f"{text}Received: [{', '.join(map(str, weights))}]")
    for arn in arns:
        if version_of(arn, context) is None:
            raise AwsError("ResourceNotFound", f"Request references a resource that does not exist: '{arn}'")
    return context.store.machines[bases.pop()], list(zip(arns, weights, strict=True))


def create_state_machine_alias(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """The same request twice is one alias.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
    """
    machine, routes = _routes(request["routingConfiguration"], context)
    name, description = request["name"], request.get("description", "")
    arn = f"{machine.arn}:{name}"
    existing = machine.aliases.get(name)
    if existing is None:
        if len(machine.aliases) >= 100:
            raise AwsError("ServiceQuotaExceededException", "The maximum number of aliases (100) has been reached.")
        existing = machine.aliases[name] = MachineAlias(arn, context.now, context.now, description, routes)
    elif (existing.routes, existing.description) != (routes, description):
        text = "Failed to create alias because an alias with the same name and a different routing configuration "
        raise AwsError("ConflictException", f"{text}already exists.")
    return {"stateMachineAliasArn": arn, "creationDate": existing.created}


def _alias(request: dict[str, Any], context: StepFunctionsContext) -> tuple[DeployedMachine, str]:
    arn = states_arn(request["stateMachineAliasArn"], "stateMachine")
    base, _, name = arn.rpartition(":")
    machine = context.store.machines.get(base)
    if machine is None or name not in machine.aliases:
        raise AwsError("ResourceNotFound", f"Request references a resource that does not exist: '{arn}'")
    return machine, name


def update_state_machine_alias(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    machine, name = _alias(request, context)
    alias = machine.aliases[name]
    if not {"description", "routingConfiguration"} & request.keys():
        raise AwsError("ValidationException", "Either the description or the routingConfiguration must be specified")
    if "routingConfiguration" in request:
        of, routes = _routes(request["routingConfiguration"], context)
        if of is not machine:
            text = f"The routing configuration of {alias.arn} must name versions of {machine.arn}"
            raise AwsError("ValidationException", text)
        alias.routes = routes
    alias.description = request.get("description", alias.description)
    alias.updated = context.now
    return {"updateDate": alias.updated}


def describe_state_machine_alias(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    machine, name = _alias(request, context)
    alias = machine.aliases[name]
    return {
        "stateMachineAliasArn": alias.arn,
        "name": name,
        "description": alias.description,
        "routingConfiguration": [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in alias.routes],
        "creationDate": alias.created,
        "updateDate": alias.updated,
    }


def delete_state_machine_alias(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    machine, name = _alias(request, context)
    del machine.aliases[name]
    return {}


def list_state_machine_aliases(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """Of a machine, or of one of its versions."""
    arn = states_arn(request["stateMachineArn"], "stateMachine")
    base = ":".join(arn.split(":")[:7])
    machine = machine_of(base, context)
    found = [each for each in machine.aliases.values() if arn == base or arn in dict(each.routes)]
    shown, token = page(found, lambda each: each.arn, request, f"aliases of {arn}")
    listed = [{"stateMachineAliasArn": each.arn, "creationDate": each.created} for each in shown]
    return {"stateMachineAliases": listed, "nextToken": token}


OPERATIONS = {
    "PublishStateMachineVersion": publish_state_machine_version,
    "ListStateMachineVersions": list_state_machine_versions,
    "DeleteStateMachineVersion": delete_state_machine_version,
    "CreateStateMachineAlias": create_state_machine_alias,
    "UpdateStateMachineAlias": update_state_machine_alias,
    "DescribeStateMachineAlias": describe_state_machine_alias,
    "DeleteStateMachineAlias": delete_state_machine_alias,
    "ListStateMachineAliases": list_state_machine_aliases,
}
