"""Definitions of state machines, read from Step Functions."""

from __future__ import annotations

import json
from typing import Any

from personalize_sfn.arns import parse

__all__ = ["definition_of"]


def definition_of(client: Any, arn: str) -> dict[str, Any]:
    """The definition of a state machine as it is now, or of an execution as it was when that started.

    Args:
        client: a boto3 client for ``stepfunctions``.
        arn: of the state machine or the execution.

    Raises:
        ClientError: as botocore raises it.
    """
    if parse(arn).resource.startswith("execution:"):
        answer = client.describe_state_machine_for_execution(executionArn=arn)
    else:
        answer = client.describe_state_machine(stateMachineArn=arn)
    definition: dict[str, Any] = json.loads(answer["definition"])
    return definition
