"""``LocalAws.clock``: time that passes without waiting for it."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.gateway_aws import zipped
from fakes.state_machines import machine, parallel
from fakes.stepfunctions_aws import TRUST
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws
from personalize_sfn.local.advanced_clock import AdvancedClock, kept_clock
from personalize_sfn.local.clock import Clock
from personalize_sfn.local.personalize.persistence import DataDirectory

DAY = 24 * 3600
ROLE = "arn:aws:iam::123456789012:role/machines"


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """Waits are as long as on AWS."""
    with LocalAws(wait_scale=1) as running:
        _role(running)
        yield running


def _role(aws: LocalAws) -> None:
    iam = aws.session().client("iam")
    trusted = ["states.amazonaws.com", "lambda.amazonaws.com"]
    trust = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"Service": trusted}}]}
    iam.create_role(RoleName="machines", AssumeRolePolicyDocument=json.dumps(trust))
    may = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="machines", PolicyName="all", PolicyDocument=document)


def started(aws: LocalAws, name: str, definition: dict[str, Any]) -> str:
    client = aws.session().client("stepfunctions")
    arn = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
    return str(client.start_execution(stateMachineArn=arn)["executionArn"])


def status(aws: LocalAws, arn: str) -> str:
    return str(aws.session().client("stepfunctions").describe_execution(executionArn=arn)["status"])


def history(aws: LocalAws, arn: str) -> list[dict[str, Any]]:
    client = aws.session().client("stepfunctions")
    found: list[dict[str, Any]] = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return found


def waiting(seconds: int, **more: Any) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, **(more or {"End": True})}


def test_a_wait_of_a_year_ends_when_the_clock_is_a_year_further(aws: LocalAws):
    arn = started(aws, "year", machine("W", W=waiting(365 * DAY)))
    begun = time.monotonic()
    aws.clock.advance(364 * DAY)
    assert status(aws, arn) == "RUNNING"
    aws.clock.advance(DAY)
    assert status(aws, arn) == "SUCCEEDED"
    assert time.monotonic() - begun < 10
    first, *_, last = history(aws, arn)
    assert (last["timestamp"] - first["timestamp"]).days == 365


def test_what_is_due_happens_in_order_and_at_its_own_time(aws: LocalAws):
    slow = machine("A", A=waiting(3 * DAY, Next="B"), B=waiting(3 * DAY))
    quick = machine("Q", Q=waiting(2 * DAY, Next="R"), R=waiting(2 * DAY, Next="S"), S=waiting(2 * DAY))
    arn = started(aws, "order", parallel(slow, quick))
    aws.clock.advance(30 * DAY)
    events = history(aws, arn)
    start = events[0]["timestamp"]
    ended = [
        (event["stateExitedEventDetails"]["name"], (event["timestamp"] - start).days)
        for event in events
        if event["type"] == "WaitStateExited"
    ]
    assert ended[:3] == [("Q", 2), ("A", 3), ("R", 4)]
    assert sorted(ended[3:]) == [("B", 6), ("S", 6)]
    assert (events[-1]["timestamp"] - start).days == 6


def test_the_clock_stands_still_while_a_task_is_at_work(aws: LocalAws):
    code = zipped("import time\ndef handler(e, c):\n    time.sleep(0.3)\n    return 'done'")
    session = aws.session()
    session.client("lambda").create_function(
        FunctionName="slow", Role=ROLE, Runtime="python3.11", Handler="app.handler", Code={"ZipFile": code}
    )
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "slow"},
        "TimeoutSeconds": 60,
    }
    states = machine("W", W=waiting(DAY, Next="T"), T={**task, "Next": "V"}, V=waiting(DAY))
    arn = started(aws, "work", states)
    aws.clock.advance(2 * DAY + 60)
    assert status(aws, arn) == "SUCCEEDED"
    events = history(aws, arn)
    assert 2 * DAY <= (events[-1]["timestamp"] - events[0]["timestamp"]).total_seconds() < 2 * DAY + 60


def test_a_task_that_starts_an_express_execution_and_waits_for_it_ends_in_the_time_that_it_takes(aws: LocalAws):
    client = aws.session().client("stepfunctions")
    definition = json.dumps(machine("W", W=waiting(60)))
    express = client.create_state_machine(name="express", definition=definition, roleArn=ROLE, type="EXPRESS")
    parameters = {"StateMachineArn": express["stateMachineArn"], "Input": "{}"}
    state = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution", "End": True}
    arn = started(aws, "sync", machine("T", T={**state, "Parameters": parameters}))
    aws.clock.advance(300)
    assert status(aws, arn) == "SUCCEEDED"


def test_a_task_that_nobody_answers_times_out(aws: LocalAws):
    activity = aws.session().client("stepfunctions").create_activity(name="paint")["activityArn"]
    arn = started(
        aws, "silent", machine("T", T={"Type": "Task", "Resource": activity, "TimeoutSeconds": DAY, "End": True})
    )
    aws.clock.advance(2 * DAY)
    assert status(aws, arn) == "FAILED"
    assert history(aws, arn)[-2]["type"] == "ActivityTimedOut"


def test_a_resource_of_personalize_is_ready_when_its_planned_time_has_passed_and_its_work_is_done(aws: LocalAws):
    personalize = aws.session().client("personalize")
    aws.personalize.durations.set("dataset_group", 3600.0)
    try:
        arn = personalize.create_dataset_group(name="films")["datasetGroupArn"]
        before = personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]
        aws.clock.advance(3000)
        assert personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "CREATE IN_PROGRESS"
        aws.clock.advance(700)
    finally:
        aws.personalize.durations.clear()
    ready = personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]
    assert ready["status"] == "ACTIVE"
    assert (ready["lastUpdatedDateTime"] - before["creationDateTime"]).total_seconds() == pytest.approx(3600, abs=1)


def test_other_processes_advance_it_too(aws: LocalAws):
    arn = started(aws, "http", machine("W", W=waiting(DAY)))

    def asked(method: str, body: Any = None, **headers: str) -> Any:
        request = urllib.request.Request(
            f"{aws.endpoint_url}/_personalize_sfn/clock",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {aws.credentials.secret_access_key}", **headers},
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    before = asked("GET")["ahead"]
    moved = asked("POST", {"advance": DAY}, **{"Content-Type": "application/json"})
    assert moved["ahead"] == pytest.approx(before + DAY, abs=1)
    assert status(aws, arn) == "SUCCEEDED"
    for body, said in (
        ({"advance": -1}, "the clock: expected 0 to 3162240000 seconds to advance by, got -1"),
        ({"go": 1}, 'expected {"advance": seconds}'),
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            asked("POST", body, **{"Content-Type": "application/json"})
        assert json.load(error.value) == {"error": said}


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), True, "1 day"])
def test_what_is_no_time_is_refused(aws: LocalAws, seconds: Any):
    with pytest.raises(LocalAwsError, match="the clock: expected 0 to 3162240000 seconds to advance by, got"):
        aws.clock.advance(seconds)


def test_work_that_takes_too_long_leaves_the_clock_where_it_stands(aws: LocalAws, monkeypatch: pytest.MonkeyPatch):
    stuck = threading.Event()
    monkeypatch.setattr(aws.personalize, "at_work", lambda: "" if stuck.is_set() else "the work of arn:x takes")
    with pytest.raises(LocalAwsError) as error:
        aws.clock.advance(60, timeout=0.01)
    assert str(error.value) == (
        "the clock stands still: the work of arn:x takes longer than the timeout of advance; call it again to go on"
    )
    stuck.set()
    aws.clock.advance(60)


def test_the_clock_is_kept_before_what_happens_at_each_moment_even_if_the_advance_then_fails():
    kept: list[float] = []
    settled: list[tuple[float, list[float]]] = []
    clock = Clock()

    class Stuck:
        """Something is due in an hour; the work that begins then does not end."""

        def next_due(self) -> float | None:
            return clock.now() + 3600 if not clock.ahead else None

        def settle(self) -> str:
            settled.append((clock.ahead, [*kept]))
            return "tasks take" if clock.ahead else ""

        def at_work(self) -> str:
            return ""

    advanced = AdvancedClock(clock, Stuck, Stuck, kept.append)  # type: ignore[arg-type]
    with pytest.raises(LocalAwsError, match="the clock stands still: tasks take longer than the timeout of advance"):
        advanced.advance(DAY, timeout=0.01)
    assert kept == [clock.ahead] == [pytest.approx(3600, abs=1)]
    assert all(ahead in (0, *keep) for ahead, keep in settled)


def test_how_far_the_clock_is_is_read_beside_until_when_a_process_lived(tmp_path: Path):
    directory = DataDirectory(tmp_path / "data")
    try:
        directory.write(lambda rows: rows.put("clock", "alive", "1700000000.0"))
        kept_clock(directory)[1](DAY)
        assert kept_clock(directory)[0].ahead == DAY
    finally:
        directory.close()
