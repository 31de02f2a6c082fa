"""Executions: start, stop, redrive, describe, list, and their histories."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from personalize_sfn.local.aws.responses import AwsError, unsupported
from personalize_sfn.local.stepfunctions import roles
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.item_executions import (
    item_execution,
    item_of,
    map_run_of,
)
from personalize_sfn.local.stepfunctions.log_groups import EXECUTION_DATA
from personalize_sfn.local.stepfunctions.machines import described_revision, machine_of, version_of
from personalize_sfn.local.stepfunctions.paced_execution import PacedExecution
from personalize_sfn.local.stepfunctions.records import (
    DeployedMachine,
    ExecutionRecord,
    MachineRevision,
    parsed,
    refused,
)
from personalize_sfn.local.stepfunctions.wire import (
    PAGE,
    does_not_exist,
    invalid_token,
    page,
    read_token,
    states_arn,
    valid_name,
    write_token,
)
from personalize_sfn.statemachine.context import InvalidExecutionInputError
from personalize_sfn.statemachine.item_histories import labelled_machine
from personalize_sfn.statemachine.json_text import LARGEST, TOO_DEEP, NotJson, parse, too_large
from personalize_sfn.statemachine.redrive import UnsupportedRedriveError
from personalize_sfn.statemachine.times import written

__all__ = ["execution_of"]

#: How long StartSyncExecution waits: the longest that an Express execution may take on AWS.
_SYNC_SECONDS = 300


def execution_of(arn: str, context: StepFunctionsContext) -> ExecutionRecord:
    """The execution of a STANDARD machine.

    Raises:
        AwsError: InvalidArn or ExecutionDoesNotExist.
    """
    record = context.store.executions.get(states_arn(arn, "execution"))
    if record is None:
        raise does_not_exist("Execution", arn)
    return record


# --- starting -------------------------------------------------------------------------------------------------------


def _to_start(
    arn: str, context: StepFunctionsContext
) -> tuple[DeployedMachine, MachineRevision, str | None, str | None]:
    """The machine, its revision to run, and the ARNs of version and alias, if it is started by one."""
    states_arn(arn, "stateMachine")
    base, _, qualifier = arn.rpartition(":")
    if arn.count(":") == 6:
        whole = machine_of(arn, context)
        return whole, whole.revision, None, None
    machine, alias_arn = context.store.machines.get(base), None
    if machine is not None and qualifier in machine.aliases:
        alias_arn, arn = arn, _drawn(machine.aliases[qualifier].routes)
    version = version_of(arn, context)
    if machine is None or version is None:
        raise does_not_exist("State Machine", arn)
    return machine, version.revision, version.arn, alias_arn


def _drawn(routes: list[tuple[str, int]]) -> str:
    """One of an alias's versions, by their weights."""
    drawn = secrets.randbelow(100)
    for arn, weight in routes:
        if drawn < weight:
            return arn
        drawn -= weight
    return routes[-1][0]


def _begin(request: dict[str, Any], context: StepFunctionsContext, *, sync: bool = False) -> ExecutionRecord:
    machine, revision, version_arn, alias_arn = _to_start(request["stateMachineArn"], context)
    express = machine.type == "EXPRESS"
    if sync and not express:
        text = "This operation is not supported by this type of state machine"
        raise AwsError("StateMachineTypeNotSupported", text)
    text = request.get("input", "{}")
    name = valid_name(request["name"]) if "name" in request else str(uuid.uuid4())
    try:
        value = parse(text)
    except NotJson as problem:
        said = problem if text else "Invalid execution input."
        raise AwsError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{said}'") from None
    if too_large(text):
        raise AwsError(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LARGEST}",
        )
    roles.check_trust(revision.role_arn, context)
    arn = context.arn("express" if express else "execution", f"{machine.name}:{name}")
    if express:
        arn += f":{uuid.uuid4()}"
    existing = context.store.executions.get(arn)
    if existing is not None:
        # "If StartExecution is called with the same name and input as a running execution, the call succeeds."
        if existing.execution.status == "RUNNING" and parse(existing.input) == value:
            return existing
        raise AwsError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
    if why := refused(revision.definition):
        raise unsupported(f"{why}. Update the state machine with one that it takes.")
    about = {"Id": arn, "Name": name, "RoleArn": revision.role_arn, "StartTime": written(context.now)}
    try:
        execution = PacedExecution.start(
            parsed(revision.definition),
            value,
            now=context.now,
            context={"Execution": about, "StateMachine": {"Id": machine.arn, "Name": machine.name}},
            seed=secrets.randbits(64),
            pace=context.pace,
        )
    except InvalidExecutionInputError:
        raise AwsError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{TOO_DEEP}'") from None
    started = execution.events[0]["executionStartedEventDetails"]
    started |= {"input": text, "stateMachineVersionArn": version_arn, "stateMachineAliasArn": alias_arn}
    record = ExecutionRecord(
        arn=arn,
        name=name,
        machine=machine,
        revision=revision,
        input=text,
        execution=execution,
        number=next(context.store.numbers),
        started=context.now,
        version_arn=version_arn,
        alias_arn=alias_arn,
        trace_header=request.get("traceHeader"),
    )
    if not express:
        context.store.executions[arn] = record
    context.driver.start(record)
    return record


def start_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""
    record = _begin(request, context)
    return {"executionArn": record.arn, "startDate": record.started}


def start_sync_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html"""
    record = _begin(request, context, sync=True)
    if not context.driver.wait_until_ended(record, _SYNC_SECONDS):
        context.driver.stop(record, "States.Timeout", f"the execution took more than {_SYNC_SECONDS} seconds")
    stopped = record.stopped or context.now
    milliseconds = 100 * (int((stopped - record.started) * 10) + 1)  # AWS bills each hundred that has begun
    said = _outcome(record, request)
    status = "TIMED_OUT" if said["status"] in ("ABORTED", "RUNNING") else said["status"]
    return {
        **said,
        "status": status,
        "stopDate": stopped,
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": milliseconds},
    }


# --- looking --------------------------------------------------------------------------------------------------------


def _outcome(record: ExecutionRecord, request: dict[str, Any]) -> dict[str, Any]:
    """What an execution began with and ended with, as far as the request asks for it."""
    included = request.get("includedData") != "METADATA_ONLY"
    execution = record.execution
    said: dict[str, Any] = {
        "executionArn": record.arn,
        "stateMachineArn": record.machine.arn,
        "name": record.name,
        "status": execution.status,
        "startDate": record.started,
        "stopDate": record.stopped,
        "input": record.input if included else None,
        "inputDetails": {"included": included},
        "traceHeader": record.trace_header,
        "error": execution.error,
        "cause": execution.cause,
    }
    if execution.status == "SUCCEEDED":
        output = execution.events[-1]["executionSucceededEventDetails"]["output"]
        said |= {"output": output if included else None, "outputDetails": {"included": included}}
    return said


def _redrivable(record: ExecutionRecord) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-eligibility"""
    reasons = {
        "RUNNING": "Execution is RUNNING and cannot be redriven",
        "SUCCEEDED": "Execution is SUCCEEDED and cannot be redriven",
    }
    reason = reasons.get(record.execution.status) or refused(record.revision.definition)
    if not reason:
        return {"redriveStatus": "REDRIVABLE"}
    return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}


def describe_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html"""
    if (item := item_execution(request["executionArn"], context)) is not None:
        return item.described(with_data=request.get("includedData") != "METADATA_ONLY")
    record = execution_of(request["executionArn"], context)
    return {
        **_outcome(record, request),
        **_redrivable(record),
        "stateMachineVersionArn": record.version_arn,
        "stateMachineAliasArn": record.alias_arn,
        "redriveCount": record.execution.context["Execution"]["RedriveCount"],
        "redriveDate": record.redriven,
    }


def describe_state_machine_for_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """The machine as it was when the execution began."""
    item = item_execution(request["executionArn"], context)
    record = execution_of(request["executionArn"], context) if item is None else item.record
    described = {
        **described_revision(record.revision, request),
        "stateMachineArn": record.machine.arn,
        "name": record.machine.name,
        "updateDate": record.revision.updated,
    }
    if item is None:
        return described
    machine = labelled_machine(item.map_run)
    return {**described, "stateMachineArn": machine, "mapRunArn": item.map_run, "label": machine.rpartition("/")[2]}


def list_executions(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html"""
    if ("stateMachineArn" in request) == ("mapRunArn" in request):
        raise AwsError("ValidationException", "Expected exactly one of stateMachineArn and mapRunArn")
    if "mapRunArn" in request:
        return _list_items(request, context)
    if request.get("statusFilter") == "PENDING_REDRIVE":
        raise AwsError("ValidationException", "The statusFilter PENDING_REDRIVE is for executions of a mapRunArn only")
    arn = states_arn(request["stateMachineArn"], "stateMachine")
    base = ":".join(arn.split(":")[:7])
    machine = machine_of(base, context)
    if machine.type == "EXPRESS":
        raise AwsError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    wanted, redriven = request.get("statusFilter"), request.get("redriveFilter")
    found = [
        each
        for each in context.store.executions.values()
        if each.machine.arn == base
        and (arn == base or arn in (each.version_arn, each.alias_arn))
        and wanted in (None, each.execution.status)
        and redriven in (None, "NOT_REDRIVEN" if each.redriven is None else "REDRIVEN")
    ]
    what = f"executions of {arn} {wanted} {redriven}"
    shown, token = page(found, lambda each: each.number, request, what, newest_first=True)
    listed = [
        {
            "executionArn": each.arn,
            "stateMachineArn": each.machine.arn,
            "name": each.name,
            "status": each.execution.status,
            "startDate": each.started,
            "stopDate": each.stopped,
            "stateMachineVersionArn": each.version_arn,
            "stateMachineAliasArn": each.alias_arn,
            "redriveCount": each.execution.context["Execution"]["RedriveCount"],
            "redriveDate": each.redriven,
        }
        for each in shown
    ]
    return {"executions": listed, "nextToken": token}


def _list_items(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """None of them was redriven: that cannot be done here."""
    map_run, wanted = request["mapRunArn"], request.get("statusFilter")
    record, run = map_run_of(map_run, context)
    begun = range(0 if request.get("redriveFilter") == "REDRIVEN" else len(run["items"]))
    found = [index for index in begun if item_of(record, map_run, index).status == wanted] if wanted else begun
    shown, token = page(found, lambda index: index, request, f"executions of {map_run} {wanted}", newest_first=True)
    return {"executions": [item_of(record, map_run, index).listed() for index in shown], "nextToken": token}


def _events(arn: str, context: StepFunctionsContext) -> Sequence[dict[str, Any]]:
    """The history of an execution.

    Raises:
        AwsError: InvalidArn; ExecutionDoesNotExist, also for an Express execution: AWS keeps no history of it.
    """
    item = item_execution(arn, context)
    return execution_of(arn, context).execution.events if item is None or item.express else item.events


def get_execution_history(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html"""
    events = _events(request["executionArn"], context)
    backwards = request.get("reverseOrder", False)
    what = f"history of {request['executionArn']} {backwards}"
    after = read_token(request.get("nextToken"), what)
    if after is not None and not (isinstance(after, int) and 0 < after <= len(events)):
        raise invalid_token()
    most = request.get("maxResults") or PAGE
    # An event's id is its place: a page is a slice, however long the history is, and new events shift none.
    if backwards:
        end = len(events) if after is None else after - 1
        shown, more = events[max(end - most, 0) : end][::-1], end > most
    else:
        shown, more = events[after or 0 : (after or 0) + most], len(events) > (after or 0) + most
    token = write_token(what, shown[-1]["id"]) if more else None
    if not request.get("includeExecutionData", True):
        shown = [_without_data(event) for event in shown]
    return {"events": shown, "nextToken": token}


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: each for key, each in value.items() if key not in EXECUTION_DATA}
        if isinstance(value, dict)
        else value
        for name, value in event.items()
    }


# --- stopping and going on ------------------------------------------------------------------------------------------


def stop_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """An execution that is over stays as it is."""
    if item_execution(request["executionArn"], context) is not None:
        raise unsupported("The embedded AWS cannot stop an item of a Map Run: stop the execution that the Map is of.")
    record = execution_of(request["executionArn"], context)
    if record.execution.status == "RUNNING":
        context.driver.stop(record, request.get("error"), request.get("cause"))
    return {"stopDate": record.stopped}


def redrive_execution(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html"""
    if item_execution(request["executionArn"], context) is not None:
        text = "Execution was started by a Map Run: redrive the execution that the Map Run is of"
        raise AwsError("ExecutionNotRedrivable", text)
    record = execution_of(request["executionArn"], context)
    record.execution.to_now()
    if reason := _redrivable(record).get("redriveStatusReason"):
        raise AwsError("ExecutionNotRedrivable", reason)
    try:
        redriven = record.execution.redrive()
    except UnsupportedRedriveError as error:
        raise AwsError("UnsupportedOperation", f"The embedded AWS cannot redrive {record.arn}: {error}", 501) from None
    if not redriven:
        raise AwsError("ExecutionNotRedrivable", "Execution history event limit exceeded")
    record.redriven, record.stopped = record.execution.now, None
    context.driver.start(record)
    return {"redriveDate": record.redriven}


OPERATIONS = {
    "StartExecution": start_execution,
    "StartSyncExecution": start_sync_execution,
    "StopExecution": stop_execution,
    "RedriveExecution": redrive_execution,
    "DescribeExecution": describe_execution,
    "DescribeStateMachineForExecution": describe_state_machine_for_execution,
    "ListExecutions": list_executions,
    "GetExecutionHistory": get_execution_history,
}
