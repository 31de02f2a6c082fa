"""Map Runs: what is told of the distributed Maps of an execution."""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.executions import execution_of
from personalize_sfn.local.stepfunctions.item_executions import map_run_of
from personalize_sfn.local.stepfunctions.wire import page
from personalize_sfn.statemachine import branches, map_runs
from personalize_sfn.statemachine.item_histories import labelled_machine

__all__: list[str] = []


def describe_map_run(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html"""
    record, run = map_run_of(request["mapRunArn"], context)
    found = run["counts"] or map_runs.counts(record.execution, record.execution.frames[run["frame"]])
    return {
        "mapRunArn": request["mapRunArn"],
        "executionArn": record.arn,
        "status": run["status"],
        "startDate": run["started"],
        "stopDate": run["stopped"],
        "maxConcurrency": run["most"],
        "toleratedFailureCount": int(run["tolerated"][0]),
        "toleratedFailurePercentage": run["tolerated"][1],
        "itemCounts": {**found["items"], "timedOut": 0},
        "executionCounts": {**found["executions"], "timedOut": 0},
        "redriveCount": 0,
    }


def list_map_runs(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    record = execution_of(request["executionArn"], context)
    runs = [(run["started"], arn, run) for arn, run in record.execution.map_runs.items()]
    shown, token = page(runs, lambda each: [each[0], each[1]], request, f"map runs of {record.arn}", newest_first=True)
    listed = [
        {
            "executionArn": record.arn,
            "mapRunArn": arn,
            "stateMachineArn": labelled_machine(arn),
            "startDate": started,
            "stopDate": run["stopped"],
        }
        for started, arn, run in shown
    ]
    return {"mapRuns": listed, "nextToken": token}


def update_map_run(request: dict[str, Any], context: StepFunctionsContext) -> dict[str, Any]:
    """Changes a Map that runs; one that has ended stays as it is."""
    record, run = map_run_of(request["mapRunArn"], context)
    if run["status"] != "RUNNING":
        raise AwsError("ValidationException", f"Map Run is not RUNNING: '{request['mapRunArn']}'")
    frame = record.execution.frames[run["frame"]]
    assert frame.branches is not None
    count, percentage = run["tolerated"]
    changed = [
        request.get("toleratedFailureCount", count),
        request.get("toleratedFailurePercentage", percentage),
    ]
    run["tolerated"] = frame.branches["tolerated"] = changed
    if "maxConcurrency" in request:
        run["most"] = request["maxConcurrency"]
        record.execution.to_now()
        branches.more_at_once(record.execution, frame, request["maxConcurrency"])
        context.driver.start(record)
    return {}


OPERATIONS = {
    "DescribeMapRun": describe_map_run,
    "ListMapRuns": list_map_runs,
    "UpdateMapRun": update_map_run,
}
