"""What the tests of graph and its neighbours share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["BEGAN", "LOOP", "PARALLEL", "seconds"]


LOOP: dict[str, Any] = {
    "StartAt": "Create Campaign",
    "States": {
        "Create Campaign": {"Type": "Task", "Next": "Check Campaign"},
        "Check Campaign": {"Type": "Task", "Next": "Is Campaign Active?"},
        "Is Campaign Active?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.status", "StringEquals": "ACTIVE", "Next": "Campaign Is Ready"},
                {"Variable": "$.status", "StringEquals": "CREATE PENDING", "Next": "Wait for Campaign"},
            ],
            "Default": "Campaign Failed",
        },
        "Wait for Campaign": {"Type": "Wait", "Seconds": 1, "Next": "Check Campaign"},
        "Campaign Failed": {"Type": "Fail"},
        "Campaign Is Ready": {"Type": "Pass", "Next": "Answer"},
        "Answer": {"Type": "Pass", "End": True},
    },
}
PARALLEL: dict[str, Any] = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "End": True,
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": True}}},
                {"StartAt": "Right", "States": {"Right": {"Type": "Task", "End": True}}},
            ],
        }
    },
}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def seconds(number: float) -> datetime:
    return BEGAN + timedelta(seconds=number)
