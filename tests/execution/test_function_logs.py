"""What functions logged, asked for again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.execution import function_logs
from personalize_sfn.execution.function_logs import FunctionLogs

AFTER = datetime(2026, 1, 1, tzinfo=UTC)
GROUPS = [f"/aws/lambda/movies-{name}" for name in ("create-campaign", "create-solution", "describe-campaign")]


class FakeLogs:
    """CloudWatch Logs, at a time that the tests set."""

    def __init__(self) -> None:
        self.now = AFTER.timestamp()
        self.events: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
        self.asked: list[tuple[str, float]] = []

    def get_paginator(self, operation: str) -> Any:
        def groups(**_: Any) -> Any:
            return [{"logGroups": [{"logGroupName": group} for group in GROUPS]}]

        def events(*, logGroupName: str, startTime: int) -> Any:
            self.asked.append((logGroupName, startTime / 1000))
            found = [each for each in self.events[logGroupName] if each["timestamp"] >= startTime]
            return [{"events": found[:1]}, {"events": found[1:]}]

        return SimpleNamespace(paginate={"describe_log_groups": groups, "filter_log_events": events}[operation])

    def log(self, group: str, text: str, ago: float = 0.0) -> None:
        stamp = int((self.now - ago) * 1000)
        self.events[group].append({"eventId": f"{group}{text}", "timestamp": stamp, "message": text})


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> FakeLogs:
    fake = FakeLogs()
    monkeypatch.setattr(function_logs, "time", SimpleNamespace(time=lambda: fake.now))
    return fake


@pytest.fixture
def found(logs: FakeLogs) -> FunctionLogs:
    session: Any = SimpleNamespace(client=lambda _: logs, arns=Arns("us-east-1", "123456789012"))
    return FunctionLogs(session, Config(project="movies"))


def test_a_line_is_given_once_also_when_it_comes_late(logs: FakeLogs, found: FunctionLogs) -> None:
    logs.log(GROUPS[0], "first")
    assert [line.text for line in found.lines(AFTER)] == ["first"]
    logs.now += 30
    logs.log(GROUPS[0], "late", ago=20)
    assert [line.text for line in found.lines(AFTER)] == ["late"]
    assert found.lines(AFTER) == []


def test_what_is_remembered_does_not_grow_and_old_lines_are_not_asked_for_again(
    logs: FakeLogs, found: FunctionLogs
) -> None:
    given = []
    for minute in range(120):
        logs.log(GROUPS[0], f"line {minute}")
        given += [line.text for line in found.lines(AFTER)]
        logs.now += 60
    assert given == [f"line {minute}" for minute in range(120)]
    assert sum(map(len, found._seen.values())) < 10
    assert logs.asked[-1][1] >= logs.now - 600


def test_of_many_functions_a_look_asks_some_each_in_its_turn(logs: FakeLogs, found: FunctionLogs) -> None:
    for _ in range(3):
        found.lines(AFTER, most=2)
    assert [group for group, _ in logs.asked] == [GROUPS[0], GROUPS[1], GROUPS[2], GROUPS[0], GROUPS[1], GROUPS[2]]


def test_a_function_whose_turn_comes_late_loses_no_line(logs: FakeLogs, found: FunctionLogs) -> None:
    found.lines(AFTER)
    given = []
    for minute in range(30):
        for group in GROUPS:
            logs.log(group, f"{group} {minute}")
        given += [line.text for line in found.lines(AFTER, most=1)]
        logs.now += 60
    given += [line.text for line in found.lines(AFTER)]
    assert sorted(given) == sorted(f"{group} {minute}" for group in GROUPS for minute in range(30))
