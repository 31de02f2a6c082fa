"""What the tests of watch and its neighbours share."""

from __future__ import annotations

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

from personalize_sfn.display import Picture
from personalize_sfn.execution.status import Status
from personalize_sfn.execution.views import Draw

__all__ = ["MACHINE", "RUN", "Seen", "error", "until"]


MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main"
RUN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"


class Seen:
    """A view that remembers."""

    def __init__(self) -> None:
        self.statuses: list[Status] = []
        self.pictures: list[Picture] = []

    def show(self, status: Status, draw: Draw) -> None:
        self.statuses.append(status)
        self.pictures.append(draw())

    leave = show


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "GetExecutionHistory")
