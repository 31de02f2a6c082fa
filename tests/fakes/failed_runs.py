"""What the tests of failure and its neighbours share."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution import Execution

__all__ = ["CHILD", "MAIN", "TRAINING", "VERSION", "failure"]


MAIN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:movies-solution:run"
VERSION = "arn:aws:personalize:us-east-1:123456789012:solution/movies-v2/run-1"
TRAINING = {"solutionVersion": {"solutionVersionArn": VERSION, "check": {"status": "CREATE IN_PROGRESS"}}}


def failure(client: Any, history: Any) -> WorkflowError:
    client.histories[MAIN] = history
    with pytest.raises(WorkflowError) as raised:
        Execution.attach(MAIN, client).wait(poll=0)
    return raised.value
