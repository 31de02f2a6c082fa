"""State machines: create, update, describe, list, delete, and check a definition."""

from __future__ import annotations

import re
import uuid
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions import log_groups, roles, tags
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.definition import check, diagnose
from personalize_sfn.local.stepfunctions.encryption import encryption_of
from personalize_sfn.local.stepfunctions.records import DeployedMachine, MachineRevision, MachineVersion, references
from personalize_sfn.local.stepfunctions.wire import does_not_exist, page, states_arn, valid_name

__all__ = ["described_revision", "machine_of", "publish", "version_number", "version_of"]

_NO_LOGGING: dict[str, Any] = {"level": "OFF", "includeExecutionData": False}


def machine_of(arn: str, context: StepFunctionsContext) -> DeployedMachine:
    """The machine of its own ARN.

    Raises:
        AwsError: InvalidArn or StateMachineDoesNotExist.
    """
    machine = context.store.machines.get(states_arn(arn, "stateMachine"))
    if machine is None:
        raise does_not_exist("State Machine", arn)
    return machine


def version_of(arn: str, context: StepFunctionsContext) -> MachineVersion | None:
    """The version of an ARN; None where there is none."""
    base, _, text = arn.rpartition(":")
    machine, number = context.store.machines.get(base), version_number(text)
    return machine.versions.get(number) if machine is not None and number is not None else None


def version_number(text: str) -> int | None:
    """The number at the end of a version's ARN; None where it is none, as 01 is."""
    return int(text) if re.fullmatch("[1-9][0-9]{0,9}", text) else None


def publish(machine: DeployedMachine, description: str, context: StepFunctionsContext) -> MachineVersion:
    """A version of the machine as it is; the last one if nothing has changed since."""
    last = machine.versions.get(machine.last_version)
    if last is not None and last.revision == machine.revision:
        return last
    if len(machine.versions) >= 1000:
        raise AwsError("ServiceQuotaExceededException", "The maximum number of versions (1000) has been reached.")
    machine.last_version += 1
    arn = f"{machine.arn}:{machine.last_version}"
    made = MachineVersion(arn, machine.revision, context.now, description)
    machine.versions[machine.last_version] = made
    return made


def _logging(given: dict[str, Any] | None, role: str, context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html"""
    made = _NO_LOGGING | (given or {})
    if made["level"] == "OFF":
        return made
    destinations = made.get("destinations", [])
    if len(destinations) != 1:
        raise AwsError(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        )
    group = destinations[0].get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
    if not log_groups.exists(group):
        raise AwsError("InvalidLoggingConfiguration", "Invalid Logging Configuration: Log Destination not found.")
    roles.check_logging(role, context)
    return made


def create_state_machine(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """The same request twice is one state machine; role and tags are not compared.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    """
    name, definition, role = valid_name(request["name"]), request["definition"], request["roleArn"]
    kind = request.get("type", "STANDARD")
    if "versionDescription" in request and not request.get("publish"):
        raise AwsError("ValidationException", "Version description can only be set when publish is true")
    check(definition, kind)
    roles.check_at_creation(definition, role, context)
    logging = _logging(request.get("loggingConfiguration"), role, context)
    arn = context.arn("stateMachine", name)
    existing = context.store.machines.get(arn)
    encryption = encryption_of(request)
    tracing = {"enabled": False} | request.get("tracingConfiguration", {})
    if existing is not None:
        have = existing.revision
        if (have.definition, existing.type, have.logging, have.tracing, have.encryption) != (
            definition,
            kind,
            logging,
            tracing,
            encryption,
        ):
            raise AwsError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    else:
        revision = MachineRevision(definition, role, logging, tracing, encryption, None, context.now)
        new_tags = tags.checked(request.get("tags", []), {})
        existing = context.store.machines[arn] = DeployedMachine(arn, name, kind, context.now, revision)
        context.store.tags[arn] = new_tags
    answer = {"stateMachineArn": arn, "creationDate": existing.created}
    if request.get("publish"):
        version = publish(existing, request.get("versionDescription", ""), context)
        answer["stateMachineVersionArn"] = version.arn
    return answer


_CHANGES = {
    "definition": "definition",
    "roleArn": "role_arn",
    "loggingConfiguration": "logging",
    "tracingConfiguration": "tracing",
    "encryptionConfiguration": "encryption",
}


def update_state_machine(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html"""
    machine = machine_of(request["stateMachineArn"], context)
    if not _CHANGES.keys() & request.keys() and not request.get("publish"):
        text = "Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration or the "
        raise AwsError("MissingRequiredParameter", f"{text}TracingConfiguration must be specified")
    if "versionDescription" in request and not request.get("publish"):
        raise AwsError("ValidationException", "Version description can only be set when publish is true")
    if "definition" in request:
        check(request["definition"], machine.type)
    changes = {changed: request.get(name) for name, changed in _CHANGES.items()}
    if "loggingConfiguration" in request:
        role = request.get("roleArn", machine.revision.role_arn)
        changes["logging"] = _logging(request["loggingConfiguration"], role, context)
    encryption_of(request)
    revision = machine.revision.with_changes(**changes)
    if {"definition", "roleArn"} & request.keys():
        roles.check_at_creation(revision.definition, revision.role_arn, context)
    if revision != machine.revision:  # what it was already makes no revision
        machine.revision = revision.with_changes(id=str(uuid.uuid4()), updated=context.now)
    answer = {"updateDate": context.now, "revisionId": machine.revision.id}
    if request.get("publish"):
        answer["stateMachineVersionArn"] = publish(machine, request.get("versionDescription", ""), context).arn
    return answer


def described_revision(revision: MachineRevision, request: dict[str, Any]) -> dict[str, Any]:
    """What Describe operations say of a revision."""
    hidden = request.get("includedData") == "METADATA_ONLY"
    return {
        "definition": "{}" if hidden else revision.definition,
        "roleArn": revision.role_arn,
        "loggingConfiguration": revision.logging,
        "tracingConfiguration": revision.tracing,
        "encryptionConfiguration": revision.encryption,
        "revisionId": revision.id,
        "variableReferences": None if hidden else references(revision.definition) or None,
    }


def describe_state_machine(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    arn = states_arn(request["stateMachineArn"], "stateMachine")
    version = version_of(arn, context)
    if version is not None:
        machine = context.store.machines[arn.rpartition(":")[0]]
        created, revision, description = version.created, version.revision, version.description
    else:
        machine = machine_of(arn, context)
        created, revision, description = machine.created, machine.revision, ""
    return {
        **described_revision(revision, request),
        "stateMachineArn": arn,
        "name": machine.name,
        "status": "ACTIVE",
        "type": machine.type,
        "creationDate": created,
        "description": description or None,
    }


def list_state_machines(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    machines, token = page(context.store.machines.values(), lambda each: each.name, request, "state machines")
    listed = [
        {"stateMachineArn": each.arn, "name": each.name, "type": each.type, "creationDate": each.created}
        for each in machines
    ]
    return {"stateMachines": listed, "nextToken": token}


def delete_state_machine(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """What runs goes on, what is not there is deleted already; its versions and aliases go along."""
    arn = states_arn(request["stateMachineArn"], "stateMachine")
    context.store.machines.pop(arn, None)
    context.store.tags.pop(arn, None)
    return {}


def validate_state_machine_definition(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:  # noqa: ARG001 - one signature for all
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html"""
    found = diagnose(request["definition"], request.get("type", "STANDARD"))
    most = request.get("maxResults") or 100
    diagnostics = [
        {"severity": "ERROR", "code": one.code, "message": one.message, "location": one.location}
        for one in found[:most]
    ]
    return {"result": "FAIL" if found else "OK", "diagnostics": diagnostics, "truncated": len(found) > most}


OPERATIONS = {
    "CreateStateMachine": create_state_machine,
    "UpdateStateMachine": update_state_machine,
    "DescribeStateMachine": describe_state_machine,
    "ListStateMachines": list_state_machines,
    "DeleteStateMachine": delete_state_machine,
    "ValidateStateMachineDefinition": validate_state_machine_definition,
}
