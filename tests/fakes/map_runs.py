"""Distributed Maps on the embedded Step Functions, and their Map Runs."""

from __future__ import annotations

from typing import Any

from fakes.state_machines import LAMBDA, machine
from fakes.stepfunctions_aws import Aws

CALL = {"Type": "Task", "Resource": LAMBDA, "Parameters": {"FunctionName": "slow"}, "End": True}


def each(state: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A distributed Map labelled ``each``."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **machine("P", P=state)}
    return machine("M", M={"Type": "Map", "Label": "each", "ItemProcessor": processor, "End": True, **fields})


def run_of(aws: Aws, execution: str) -> dict[str, Any]:
    """What DescribeMapRun says of the one Map Run of an execution."""
    client = aws.client("stepfunctions")
    (listed,) = client.list_map_runs(executionArn=execution)["mapRuns"]
    described: dict[str, Any] = client.describe_map_run(mapRunArn=listed["mapRunArn"])
    return described


def executions(aws: Aws, map_run: str, **request: Any) -> list[dict[str, Any]]:
    """What ListExecutions says of the items of a Map Run."""
    listed: list[dict[str, Any]] = aws.client("stepfunctions").list_executions(mapRunArn=map_run, **request)[
        "executions"
    ]
    return listed
