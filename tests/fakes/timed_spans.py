"""What the tests of tables and its neighbours share."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from rich.console import Console

from personalize_sfn.display import Run, Span

__all__ = ["ARN", "NOON", "seconds", "span", "text", "training"]


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:one"


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


def span(name: str, kind: str, began: float, ended: float | None) -> Span:
    end = None if ended is None else seconds(ended)
    return Span(name, kind, seconds(began), end, "RUNNING" if ended is None else "SUCCEEDED")


def training(ended: float | None = None) -> Run:
    spans = (
        span("Create Solution", "Task", 0, 1),
        span("Create Solution Version", "Task", 1, 2),
        span("Wait for Solution Version", "Wait", 2, 5),
        span("Check Solution Version", "Task", 5, ended),
    )
    for earlier, later in pairwise(spans):
        later.before = earlier
    return Run(ARN, "RUNNING" if ended is None else "SUCCEEDED", NOON, None if ended is None else seconds(ended), spans)


def text(renderable: object, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    file = console.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]
