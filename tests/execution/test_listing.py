"""A list of executions tells their times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from personalize_sfn.execution.listing import Executions

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def listed(number: int) -> Executions:
    one: Any = SimpleNamespace(name="r", status="SUCCEEDED", start_date=BEGAN, stop_date=BEGAN + timedelta(seconds=5))
    return Executions([one] * number)


def test_each_execution_is_a_row_with_its_start_and_its_length() -> None:
    title, header, _, row = repr(listed(1)).splitlines()
    assert title == "1 execution"
    assert header.split() == ["name", "status", "started", "took"]
    assert row == "r     ✓ SUCCEEDED  2026-01-01 12:00:00 UTC  5.0 s"


def test_of_many_executions_the_newest_are_shown() -> None:
    assert repr(listed(100)).splitlines()[0] == "100 executions, the newest 12 shown"
    assert len(repr(listed(100))) < 2_000
    assert listed(100)._repr_html_() == listed(100).to_html().html
