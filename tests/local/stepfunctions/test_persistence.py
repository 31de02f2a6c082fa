"""A data directory: state machines and executions go on where they were when the process was killed."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.full_disk import Disk
from fakes.state_machines import CHILD, Gate, calling, events, machine, nested, parallel, passing, task, wait_for
from fakes.stepfunctions_aws import ROLE, Aws
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence import DataDirectory
from personalize_sfn.local.stepfunctions import documents, driver, persistence
from personalize_sfn.local.stepfunctions.persistence import StatesPersistence
from personalize_sfn.statemachine.definition import InvalidDefinitionError

TOKEN = "arn:aws:states:::lambda:invoke.waitForTaskToken"
ASK = {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}


class Restarts:
    """A Step Functions in a data directory; each kill leaves what the directory held at that moment."""

    def __init__(self, aws: Aws, path: Path) -> None:
        self._aws, self._path = aws, path
        self._directories: list[DataDirectory] = []
        self.data = path / "0"

    def start(self, **pace: float) -> None:
        self._directories.append(DataDirectory(self.data))
        self.kept = StatesPersistence(self._directories[-1])
        self._aws.install(persistence=self.kept, **pace)

    def kill(self) -> None:
        killed = self._path / str(len(self._directories))
        with self._directories[-1].mutex:  # as if at one moment
            shutil.copytree(self.data, killed)
        (killed / "lock").unlink()
        self.data = killed
        self._aws.install()

    def again(self, **pace: float) -> None:
        self.kill()
        self.start(**pace)

    def close(self) -> None:
        self._aws.install()
        for each in self._directories:
            each.close()


@pytest.fixture
def restarts(aws: Aws, tmp_path: Path) -> Iterator[Restarts]:
    made = Restarts(aws, tmp_path)
    made.start()
    yield made
    made.close()


def described(aws: Aws, arn: str) -> dict[str, Any]:
    answer: dict[str, Any] = aws.client("stepfunctions").describe_execution(executionArn=arn)
    del answer["ResponseMetadata"]
    return answer


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# --- what stands ----------------------------------------------------------------------------------------------------


def test_machines_last_with_versions_aliases_tags_and_logging(aws: Aws, restarts: Restarts) -> None:
    client, logs = aws.client("stepfunctions"), aws.client("logs")
    logs.create_log_group(logGroupName="/states")
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/states:*"
    made = client.create_state_machine(
        name="m",
        definition=json.dumps(passing()),
        roleArn=ROLE,
        loggingConfiguration={
            "level": "ALL",
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        },
        tags=[{"key": "team", "value": "films"}],
        publish=True,
    )
    arn, first = made["stateMachineArn"], made["stateMachineVersionArn"]
    changed = client.update_state_machine(stateMachineArn=arn, definition=json.dumps(passing(Comment="new")))
    second = client.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
    routes = [
        {"stateMachineVersionArn": first, "weight": 40},
        {"stateMachineVersionArn": second, "weight": 60},
    ]
    alias = client.create_state_machine_alias(name="live", routingConfiguration=routes)["stateMachineAliasArn"]
    client.create_activity(name="paint", tags=[{"key": "colour", "value": "red"}])
    gone = client.create_state_machine(name="gone", definition=json.dumps(passing()), roleArn=ROLE)["stateMachineArn"]
    client.delete_state_machine(stateMachineArn=gone)

    def said() -> list[Any]:
        return [plain(client.describe_state_machine(stateMachineArn=each)) for each in (arn, first, second)] + [
            plain(client.describe_state_machine_alias(stateMachineAliasArn=alias)),
            client.list_tags_for_resource(resourceArn=arn)["tags"],
            client.list_state_machines()["stateMachines"],
            client.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"],
            client.list_activities()["activities"],
        ]

    before = said()
    assert before[0]["revisionId"] == changed["revisionId"]
    restarts.again()
    assert said() == before
    assert client.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"] == second
    restarts.again()
    assert said() == before


def test_executions_that_ended_last_with_their_histories(aws: Aws, restarts: Restarts) -> None:
    client = aws.client("stepfunctions")
    aws.functions["f"] = lambda event: 1 / 0 if event.get("fail") else "done"  # a 500 of the stand-in fails the task
    arn = aws.create("m", calling("f"))
    ended = [aws.start(arn, given) for given in ({}, {"fail": True}, {"text": "\ud83d\ude00 é"})]
    before = [aws.wait(each) and described(aws, each) for each in ended]
    histories = [client.get_execution_history(executionArn=each)["events"] for each in ended]
    client.delete_state_machine(stateMachineArn=arn)
    restarts.again()
    assert [described(aws, each) for each in ended] == before
    assert [client.get_execution_history(executionArn=each)["events"] for each in ended] == histories
    aws.functions["f"] = lambda event: "better"
    client.redrive_execution(executionArn=ended[1])
    assert json.loads(aws.wait(ended[1])["output"])["Payload"] == "better"
    restarts.again()
    again = client.get_execution_history(executionArn=ended[1])["events"]
    assert again[: len(histories[1])] == histories[1]
    assert [each["type"] for each in again][-1] == "ExecutionSucceeded"
    assert described(aws, ended[1])["redriveCount"] == 1


def test_what_ended_more_than_90_days_ago_is_forgotten(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = aws.start(aws.create("m", passing()))
    aws.wait(arn)
    now = time.time
    restarts.kill()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now() + 91 * 24 * 3600)
        restarts.start()
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        described(aws, arn)


def test_the_listing_goes_on_and_new_executions_come_first(aws: Aws, restarts: Restarts) -> None:
    machine_arn = aws.create("m", passing())
    first = aws.start(machine_arn, name="first")
    aws.wait(first)
    restarts.again()
    second = aws.start(machine_arn, name="second")
    aws.wait(second)
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=machine_arn)["executions"]
    assert [each["executionArn"] for each in listed] == [second, first]


# --- what runs ------------------------------------------------------------------------------------------------------


def test_a_wait_that_ended_in_the_meantime_is_over_at_once(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts.again(wait_scale=1)
    arn = aws.start(aws.create("m", machine("W", W={"Type": "Wait", "Seconds": 3600, "End": True})))
    wait_for(lambda: "WaitStateEntered" in events(aws, arn))
    restarts.kill()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    restarts.start(wait_scale=1)
    assert aws.wait(arn)["status"] == "SUCCEEDED"
    assert events(aws, arn) == [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]


def test_a_task_that_was_in_flight_is_called_again(aws: Aws, restarts: Restarts) -> None:
    gate = aws.functions["f"] = Gate()
    arn = aws.start(aws.create("m", calling("f", TimeoutSeconds=60)), {"n": 1})
    assert gate.entered.wait(10)
    called: list[Any] = []
    aws.functions["f"] = lambda event: called.append(event) or "again"
    restarts.again()
    assert json.loads(aws.wait(arn)["output"])["Payload"] == "again"
    assert called == [{"n": 1}]
    assert events(aws, arn).count("TaskStarted") == 1
    gate.open.set()


def test_a_time_limit_has_what_it_had_left(aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = aws.functions["f"] = Gate()
    arn = aws.start(aws.create("m", {**calling("f", TimeoutSeconds=20), "TimeoutSeconds": 30}))
    assert gate.entered.wait(10)
    restarts.kill()
    aws.functions["f"] = lambda _: "in time"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    restarts.start()
    assert aws.wait(arn)["status"] == "SUCCEEDED"
    gate.open.set()


@pytest.mark.parametrize("ended", ["closed", "killed"])
def test_a_time_limit_goes_on_over_any_number_of_restarts(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    monkeypatch.setattr(persistence, "_ALIVE_SECONDS", 0.01 if ended == "killed" else 3600.0)
    now, later = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: now() + later[0])
    aws.functions["ask"] = lambda _: None
    arn = aws.start(aws.create("m", task(TOKEN, ASK, TimeoutSeconds=20)))
    wait_for(lambda: "TaskSubmitted" in events(aws, arn))
    for _ in range(3):
        assert described(aws, arn)["status"] == "RUNNING"
        later[0] += 8  # seconds in which the process runs, and nothing happens
        if ended == "closed":
            aws.install()
            restarts.again()
        else:
            alive = restarts.kept._alive
            aws.client("stepfunctions").create_activity(name="any")  # wakes the driver
            wait_for(lambda alive=alive: restarts.kept._alive > alive)
            restarts.kill()
            later[0] += 3600  # seconds in which none runs
            restarts.start()
    assert aws.wait(arn)["error"] == "States.Timeout"


def test_a_token_stays_valid_and_who_has_it_is_not_asked_again(aws: Aws, restarts: Restarts) -> None:
    asked: list[Any] = []
    aws.functions["ask"] = asked.append
    arn = aws.start(aws.create("m", task(TOKEN, ASK)))
    wait_for(lambda: "TaskSubmitted" in events(aws, arn))
    restarts.again()
    aws.client("stepfunctions").send_task_success(taskToken=asked[0]["token"], output='"approved"')
    assert json.loads(aws.wait(arn)["output"]) == "approved"
    assert len(asked) == 1


def test_a_token_that_was_on_its_way_is_the_same_the_second_time(aws: Aws, restarts: Restarts) -> None:
    asked, gate = [], Gate()

    def ask(event: Any) -> str:
        asked.append(event["token"])
        return gate(event)

    aws.functions["ask"] = ask
    arn = aws.start(aws.create("m", task(TOKEN, ASK)))
    assert gate.entered.wait(10)
    restarts.again()
    gate.open.set()
    wait_for(lambda: "TaskSubmitted" in events(aws, arn))
    aws.client("stepfunctions").send_task_success(taskToken=asked[0], output="1")
    assert aws.wait(arn)["status"] == "SUCCEEDED"
    assert asked == [asked[0]] * 2


@pytest.mark.parametrize("worker", ["of a token", "of an activity"])
def test_what_a_worker_was_answered_for_is_kept_however_large_the_execution_is(
    aws: Aws, restarts: Restarts, worker: str
) -> None:
    client, gate = aws.client("stepfunctions"), Gate()
    asked: list[str] = []
    aws.functions |= {"ask": lambda event: asked.append(event["token"]), "f": gate}
    activity = client.create_activity(name="paint")["activityArn"]
    waits = task(TOKEN, ASK) if worker == "of a token" else task(activity)
    arn = aws.start(aws.create("m", parallel(machine("W", W=waits["States"]["T"]), calling("f"))))
    assert gate.entered.wait(10)
    wait_for(lambda: {"TaskSubmitted", "ActivityScheduled"} & {*events(aws, arn)})
    restarts.kept._next[arn] = math.inf  # as if it were large, and had been written just now
    if worker == "of an activity":
        asked.append(client.get_activity_task(activityArn=activity, workerName="w")["taskToken"])
        restarts.again()
        restarts.kept._next[arn] = math.inf
        assert "ActivityStarted" in events(aws, arn)
    client.send_task_success(taskToken=asked[0], output='"done"')
    aws.functions["f"] = lambda _: "again"
    restarts.again()
    assert json.loads(aws.wait(arn)["output"])[0] == "done"
    gate.open.set()


def test_a_start_without_waiting_is_found_again_however_large_its_execution_is(aws: Aws, restarts: Restarts) -> None:
    gate, rest, child = Gate(), Gate(), aws.create("child", passing())
    aws.functions |= {"f": gate, "rest": rest}
    start = task("arn:aws:states:::states:startExecution", {"StateMachineArn": child})
    f, t, r = (each["States"]["T"] for each in (calling("f"), start, calling("rest")))
    for state, name in ((f, "T"), (t, "R")):
        del state["End"]
        state["Next"] = name
    parent = aws.start(aws.create("parent", machine("F", F=f, T=t, R=r)))
    assert gate.entered.wait(10)
    restarts.kept._next[parent] = time.monotonic() + 1.0  # as if it were large, and had been written just now
    gate.open.set()

    def children() -> list[Any]:
        return list(aws.client("stepfunctions").list_executions(stateMachineArn=child)["executions"])

    wait_for(children)
    aws.functions["rest"] = lambda _: "done"
    restarts.again()
    assert aws.wait(parent)["status"] == "SUCCEEDED"
    assert len(children()) == 1
    rest.open.set()


def test_a_child_that_has_a_token_is_submitted_once_over_any_number_of_restarts(aws: Aws, restarts: Restarts) -> None:
    gate = aws.functions["f"] = Gate()
    child = aws.create("child", calling("f"))
    given = {"StateMachineArn": child, "Input": {"token.$": "$$.Task.Token"}}
    parent = aws.start(aws.create("parent", task("arn:aws:states:::states:startExecution.waitForTaskToken", given)))
    assert gate.entered.wait(10)
    wait_for(lambda: "TaskSubmitted" in events(aws, parent))
    for _ in range(2):
        restarts.again()
        assert events(aws, parent).count("TaskSubmitted") == 1
    gate.open.set()


def test_a_wait_for_an_execution_finds_it_again(aws: Aws, restarts: Restarts) -> None:
    gate = aws.functions["f"] = Gate()
    child = aws.create("child", calling("f"))
    parent = aws.start(aws.create("parent", nested(child)), name="run")
    assert gate.entered.wait(10)
    wait_for(lambda: "TaskSubmitted" in events(aws, parent))
    aws.functions["f"] = lambda _: "from the child"
    restarts.again()
    assert json.loads(aws.wait(parent)["output"])["Output"]["Payload"] == "from the child"
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=child)["executions"]
    assert len(listed) == 1
    gate.open.set()


@pytest.mark.parametrize("name", ["named", "unnamed"])
def test_an_execution_whose_start_was_not_heard_of_is_found_not_started_twice(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    child, gate, perform = aws.create("child", passing()), Gate(), driver.perform

    def performed(call: Any, caller: Any) -> Any:
        outcome = perform(call, caller)
        gate(None)
        return outcome

    given = {"StateMachineArn": child, "Input": {"n": 1}, **({"Name": "mine"} if name == "named" else {})}
    monkeypatch.setattr(driver, "perform", performed)
    parent = aws.start(aws.create("parent", task(CHILD, given)))
    assert gate.entered.wait(10)
    (started,) = aws.client("stepfunctions").list_executions(stateMachineArn=child)["executions"]
    aws.wait(started["executionArn"])
    monkeypatch.setattr(driver, "perform", perform)
    restarts.again()
    assert json.loads(aws.wait(parent)["output"])["ExecutionArn"] == started["executionArn"]
    assert len(aws.client("stepfunctions").list_executions(stateMachineArn=child)["executions"]) == 1
    gate.open.set()


def test_the_tasks_of_an_activity_wait_on_and_who_took_one_has_it(aws: Aws, restarts: Restarts) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    arn = aws.create("m", task(activity))
    executions = [aws.start(arn, number) for number in range(2)]
    wait_for(lambda: all("ActivityScheduled" in events(aws, each) for each in executions))
    first = client.get_activity_task(activityArn=activity)
    restarts.again()
    second = client.get_activity_task(activityArn=activity)
    assert {first["input"], second["input"]} == {"0", "1"}
    for each in (first, second):
        client.send_task_success(taskToken=each["taskToken"], output=each["input"])
    assert [aws.wait(each)["output"] for each in executions] == ["0", "1"]


def test_map_runs_go_on(aws: Aws, restarts: Restarts) -> None:
    gate = aws.functions["f"] = Gate()
    item = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **calling("f")}
    mapped = machine("M", M={"Type": "Map", "ItemProcessor": item, "MaxConcurrency": 2, "End": True})
    arn = aws.start(aws.create("m", mapped), [{"n": n} for n in range(5)])
    assert gate.entered.wait(10)
    client = aws.client("stepfunctions")
    (run,) = client.list_map_runs(executionArn=arn)["mapRuns"]
    began = client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    aws.functions["f"] = lambda event: event["n"]
    restarts.again()
    assert [each["Payload"] for each in json.loads(aws.wait(arn)["output"])] == [0, 1, 2, 3, 4]
    ended = client.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (ended["status"], ended["itemCounts"]["succeeded"]) == ("SUCCEEDED", 5)
    restarts.again()
    items = client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert {each["executionArn"] for each in began} < {each["executionArn"] for each in items}
    history = client.get_execution_history(executionArn=began[0]["executionArn"])["events"]
    assert [each["type"] for each in history][-2:] == ["TaskStateExited", "ExecutionSucceeded"]
    gate.open.set()


def test_killed_at_any_step_a_loop_ends_as_if_it_never_was(aws: Aws, restarts: Restarts) -> None:
    loop = machine(
        "Count",
        Count={"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Wait"},
        Wait={"Type": "Wait", "Seconds": 40, "Next": "Enough"},
        Enough={
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 12, "Next": "Count"}],
            "Default": "Done",
        },
        Done={"Type": "Succeed"},
    )
    arn = aws.start(aws.create("m", loop), {"n": 0})
    for _ in range(4):
        restarts.again()
    assert json.loads(aws.wait(arn)["output"]) == {"n": 12}
    assert events(aws, arn).count("WaitStateEntered") == 12
    history = aws.client("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)["events"]
    assert [each["id"] for each in history] == list(range(1, len(history) + 1))


def test_a_large_execution_is_not_written_whole_at_each_step(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    usual = documents.position
    monkeypatch.setattr(documents, "position", lambda record: written.append(1) or usual(record))
    item = {"ProcessorConfig": {"Mode": "INLINE"}, **machine("W", W={"Type": "Wait", "Seconds": 1, "End": True})}
    mapped = machine("M", M={"Type": "Map", "ItemProcessor": item, "MaxConcurrency": 5, "End": True})
    arn = aws.start(aws.create("m", mapped), [{"text": "x" * 100, "n": n} for n in range(400)])
    assert aws.wait(arn)["status"] == "SUCCEEDED"
    assert len(written) < 60
    restarts.again()
    assert len(json.loads(described(aws, arn)["output"])) == 400


def test_a_long_text_that_many_events_say_is_kept_once(aws: Aws, restarts: Restarts) -> None:
    states = {f"P{n}": {"Type": "Pass", "Next": f"P{n + 1}"} for n in range(20)}
    long = aws.create("m", machine("P0", **states, P20={"Type": "Succeed"}))
    arn = aws.start(long, {"text": "x" * 100_000 + "\ud800"})
    aws.wait(arn)
    before = aws.client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    written = sum(len(str(row)) for row in restarts._directories[-1].rows("execution_events"))
    assert written < 20_000
    restarts.again()
    assert aws.client("stepfunctions").get_execution_history(executionArn=arn)["events"] == before


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["executions", "execution_states", "execution_events", "machines", "revisions"])
def test_damage_is_named(aws: Aws, restarts: Restarts, table: str) -> None:
    aws.wait(aws.start(aws.create("m", passing())))
    restarts.kill()
    database = sqlite3.connect(restarts.data / "resources.sqlite")
    (column,) = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] in ("document", "events")]
    database.execute(f"UPDATE {table} SET {column} = replace({column}, 'a', 'b')")
    database.commit()
    database.close()
    directory = DataDirectory(restarts.data)
    with pytest.raises(LocalAwsError, match=f"is damaged: .* in the table {table} does not match its checksum"):
        aws.install(persistence=StatesPersistence(directory))
    directory.close()


def test_a_full_disk_is_said_reads_go_on_and_so_does_what_runs(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, disk, gate = aws.client("stepfunctions"), Disk(), Gate()
    aws.functions["f"] = gate
    arn = aws.create("m", calling("f"))
    running = aws.start(arn)
    assert gate.entered.wait(10)
    disk.install(monkeypatch)
    disk.full = True
    directory = restarts._directories[-1]
    directory.reserve.give_up()
    disk.given_up = 0
    for refused in (
        partial(client.start_execution, stateMachineArn=arn),
        partial(client.create_state_machine, name="new", definition=json.dumps(passing()), roleArn=ROLE),
    ):
        with pytest.raises(ClientError) as error:
            refused()
        assert error.value.response["Error"]["Code"] == "InternalFailure"
        assert error.value.response["Error"]["Message"] == (
            f"{directory.path}: No space left on device. Nothing was changed; make room on the disk."
        )
    assert [each["name"] for each in client.list_state_machines()["stateMachines"]] == ["m"]
    gate.open.set()
    assert aws.wait(running)["status"] == "SUCCEEDED"
    disk.full = False
    another = aws.start(arn)
    aws.wait(another)
    restarts.again()
    assert [described(aws, each)["status"] for each in (running, another)] == ["SUCCEEDED"] * 2


def test_a_definition_that_this_version_refuses_fails_its_execution_alone(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = aws.functions["f"] = Gate()
    old, other = aws.start(aws.create("old", calling("f"))), aws.start(aws.create("other", passing()))
    assert gate.entered.wait(10)
    aws.wait(other)
    restarts.kill()
    parsed = documents.parsed

    def refusing(text: str) -> Any:
        if "lambda:invoke" in text:
            raise InvalidDefinitionError(["no such state type"])
        return parsed(text)

    monkeypatch.setattr(documents, "parsed", refusing)
    restarts.start()
    ended = aws.wait(old)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    said = "This version of the embedded AWS does not take the definition any more: "
    assert ended["cause"] == f"{said}Invalid State Machine StateMachine: 'no such state type'"
    assert described(aws, other)["status"] == "SUCCEEDED"
    gate.open.set()


@pytest.mark.parametrize("depth", [780, 968, 980])
def test_data_nested_too_deeply_are_refused_before_anything_begins(aws: Aws, restarts: Restarts, depth: int) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", task(TOKEN, ASK))
    with pytest.raises(ClientError) as error:
        client.start_execution(stateMachineArn=arn, input="[" * depth + "]" * depth)
    assert error.value.response["Error"]["Code"] == "InvalidExecutionInput"
    assert error.value.response["Error"]["Message"] == (
        "Invalid State Machine Execution Input: 'The data is nested too deeply.'"
    )
    assert client.list_executions(stateMachineArn=arn)["executions"] == []


def test_data_that_states_nest_too_deeply_hold_up_no_other_execution(
    aws: Aws, restarts: Restarts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    position, gate = documents.position, Gate()

    def too_deep(record: Any) -> str:
        if record.name == "deep":
            raise RecursionError
        return position(record)

    monkeypatch.setattr(documents, "position", too_deep)
    aws.functions["f"] = gate
    deep = aws.start(aws.create("m", calling("f")), name="deep")
    assert gate.entered.wait(10)
    gate.open.set()
    assert aws.wait(deep)["status"] == "SUCCEEDED"
    other = aws.start(aws.create("other", passing()))
    assert aws.wait(other)["status"] == "SUCCEEDED"
    assert f"{deep} is not kept from here on: its data are nested too deeply" in caplog.text
    restarts.again()
    assert described(aws, other)["status"] == "SUCCEEDED"
