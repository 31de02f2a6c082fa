"""Record the histories that the tests of progress read: ``python tests/display/record_histories.py``, about a minute.

Each file in ``histories/`` is one execution on LocalAws with all that it started: definitions and events as the service
gave them, but for what the display does not read.  Run it again after a change of the workflows or of moto.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution import Execution
from personalize_sfn.local import LocalAws

HISTORIES = Path(__file__).parent / "histories"
GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
WAIT_SCALE = 1 / 3000
LONG = int(60 / WAIT_SCALE)
"""Seconds that a Wait state is told to wait so that it takes a minute here."""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@contextmanager
def pipeline() -> Iterator[Pipeline]:
    with LocalAws(wait_scale=WAIT_SCALE) as aws:
        session, config = aws.session(), Config(project="movies")
        deploy(session, config)
        made = Pipeline(aws, session, config)
        made.upload(interactions())
        # So long that each is polled a few times.
        for kind in ("dataset_group", "dataset_import_job", "solution_version", "campaign"):
            aws.personalize.durations.set(kind, 0.06)
        yield made


def ended(execution: Execution) -> Execution:
    try:
        execution.wait(timeout=120)
    except WorkflowError as error:
        print(f"  {error}")
    return execution


def success(made: Pipeline) -> Execution:
    return ended(made.start())


def failing(kind: str) -> Callable[[Pipeline], Execution]:
    def run(made: Pipeline) -> Execution:
        made.aws.personalize.faults.fail(kind, reason="the service is out of rabbits")
        return ended(made.start())

    return run


def refused(operation: str) -> Callable[[Pipeline], Execution]:
    def run(made: Pipeline) -> Execution:
        made.aws.personalize.faults.error_once(operation, "LimitExceededException", "too many of them", times=20)
        return ended(made.start())

    return run


def missing_data(made: Pipeline) -> Execution:
    bucket = made.config.bucket_name(made.session.region, made.session.account_id)
    made.session.client("s3").delete_object(Bucket=bucket, Key="movies/interactions.csv")
    return ended(made.start())


def retries(made: Pipeline) -> Execution:
    for operation in ("CreateDataset", "DescribeSolutionVersion"):
        made.aws.personalize.faults.throttle(operation, times=12)
    return ended(made.start())


def running(made: Pipeline) -> Execution:
    """Not ended: it trains."""
    made.aws.personalize.durations.set("solution_version", 60)
    execution = made.start()
    until(
        lambda: any(
            span.name == "Wait for Solution Version" for _, run in execution.snapshot().walk() for span in run.spans
        )
    )
    return execution


def stop(made: Pipeline) -> Execution:
    execution = running(made)
    execution.stop(error="Enough", cause="asked to")
    # A parent's stop reaches its children a moment later, as on AWS.
    until(lambda: all(child.status != "RUNNING" for child in execution.children()))
    return ended(execution)


def stage_timeout(made: Pipeline) -> Execution:
    """The time limit of a stage passes: the workflow's own, in its poll loop."""
    made.aws.personalize.durations.set("dataset_group", 60)
    return ended(made.start())


def timeout(made: Pipeline) -> Execution:
    """The time limit of the state machine passes."""
    made.aws.personalize.durations.set("solution_version", 60)
    client = made.session.client("stepfunctions")
    arn = made.session.arns.state_machine(made.config.name("main"))
    definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition | {"TimeoutSeconds": 2}))
    execution = made.start()
    ended(execution)
    until(lambda: all(child.status != "RUNNING" for child in execution.children()))
    return execution


def of_machine(states: Callable[[str], dict[str, Any]], value: Any = None) -> Callable[[Pipeline], Execution]:
    """A machine of its own, whose states may start another that fails."""

    def run(made: Pipeline) -> Execution:
        made.session.client("iam").create_role(RoleName="machines", AssumeRolePolicyDocument=json.dumps(TRUST))
        made.session.client("iam").put_role_policy(
            RoleName="machines", PolicyName="all", PolicyDocument=json.dumps(ALL)
        )
        role = f"arn:aws:iam::{made.session.account_id}:role/machines"
        client = made.session.client("stepfunctions")

        def create(name: str, definition: dict[str, Any]) -> str:
            answer = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
            return str(answer["stateMachineArn"])

        broken = {"Type": "Fail", "Error": "Broken", "Cause": "it was never whole"}
        fails = create("fails", {"StartAt": "Break", "States": {"Break": broken}})
        arn = create("mine", states(fails))
        started = client.start_execution(stateMachineArn=arn, input=json.dumps(value or {}))
        return ended(Execution.attach(started["executionArn"], session=made.session))

    return run


def starting(machine: str, **more: Any) -> dict[str, Any]:
    resource = "arn:aws:states:::states:startExecution.sync:2"
    return {"Type": "Task", "Resource": resource, "Parameters": {"StateMachineArn": machine, "Input": {}}, **more}


def retried_then_caught(fails: str) -> dict[str, Any]:
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 1}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Go On"}]
    states = {
        "Try": starting(fails, Retry=retry, Catch=catch, Next="Go On"),
        "Go On": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }
    return {"StartAt": "Try", "States": states}


def branch(name: str, state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": name, "States": {name: state}}


def parallel_caught(fails: str) -> dict[str, Any]:
    branches = [
        branch("Breaks", starting(fails, End=True)),
        branch("Waits", {"Type": "Wait", "Seconds": LONG, "End": True}),
    ]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Go On"}]
    states = {
        "Both": {"Type": "Parallel", "Branches": branches, "Catch": catch, "Next": "Go On"},
        "Go On": {"Type": "Pass", "End": True},
    }
    return {"StartAt": "Both", "States": states}


def map_of(*, fails_at: int) -> Callable[[str], dict[str, Any]]:
    def states(_: str) -> dict[str, Any]:
        rule = {"Variable": "$", "NumericEquals": fails_at, "Next": "Break"}
        inner = {
            "Which?": {"Type": "Choice", "Choices": [rule], "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": int(0.3 / WAIT_SCALE), "Next": "Leave"},
            "Leave": {"Type": "Pass", "End": True},
            "Break": {"Type": "Fail", "Error": "Broken", "Cause": "the second one"},
        }
        each = {"Type": "Map", "ItemProcessor": {"StartAt": "Which?", "States": inner}, "Next": "Done"}
        return {"StartAt": "Each", "States": {"Each": each, "Done": {"Type": "Succeed"}}}

    return states


SCENARIOS: dict[str, Callable[[Pipeline], Execution]] = {
    "success": success,
    "fails-dataset-group": failing("dataset_group"),
    "fails-schema": refused("CreateSchema"),
    "fails-dataset": failing("dataset"),
    "fails-dataset-import-job": failing("dataset_import_job"),
    "fails-solution": failing("solution"),
    "fails-solution-version": failing("solution_version"),
    "fails-campaign": failing("campaign"),
    "missing-data": missing_data,
    "retries": retries,
    "running": running,
    "stop": stop,
    "timeout": timeout,
    "stage-timeout": stage_timeout,
    "retried-then-caught": of_machine(retried_then_caught),
    "parallel-caught": of_machine(parallel_caught),
    "map": of_machine(map_of(fails_at=0), [1, 2, 3]),
    "map-fails": of_machine(map_of(fails_at=2), [1, 2, 3]),
}


def until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.02)


def recorded(execution: Execution) -> dict[str, Any]:
    """The execution and those that it started, by ARN; events as rows, see :func:`row`."""
    client = execution.client
    found: dict[str, Any] = {}
    for _, run in execution.snapshot().walk():
        text = client.describe_state_machine_for_execution(executionArn=run.arn)["definition"]
        events = Execution(None, run.arn, client=client).list_events()
        found[run.arn] = {
            "definition": known(run.machine, json.loads(text)),
            "events": [row(event) for event in events],
        }
    return {"execution": execution.execution_arn, "executions": found}


def known(machine: str, definition: dict[str, Any]) -> dict[str, Any] | str:
    """The name of the golden file that holds this definition, else the definition."""
    file = GOLDEN / f"{machine.replace('movies', 'plain')}.json"
    definition.pop("TimeoutSeconds", None)
    return file.name if file.exists() and json.loads(file.read_text()) == definition else definition


def row(event: dict[str, Any]) -> list[Any]:
    """Id, previous id, type, time, details without inputs and outputs, but for the ARN of what was started."""
    details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    kept = {key: value for key, value in details.items() if key in {"name", "error", "cause", "index", "length"}}
    if "cause" in kept:
        kept["cause"] = without_traces(kept["cause"])
    if event["type"] == "TaskSubmitted":
        kept["output"] = json.dumps({"ExecutionArn": json.loads(details["output"])["ExecutionArn"]})
    number, before = event["id"], event["previousEventId"]
    return [number, before, event["type"], round(event["timestamp"].timestamp(), 3), *([kept] if kept else [])]


def without_traces(cause: str) -> str:
    """The cause without Lambda's stack traces, which name files of this machine, in whatever JSON they are."""
    try:
        value = json.loads(cause)
    except ValueError:
        return cause
    if not isinstance(value, dict):
        return cause
    shown = {key: without_traces(v) if isinstance(v, str) else v for key, v in value.items() if key != "stackTrace"}
    return json.dumps(shown)


def written(story: dict[str, Any]) -> str:
    """As JSON, a line for each event."""
    text = json.dumps(story | {"executions": {}})
    parts = []
    for arn, told in story["executions"].items():
        rows = ",\n".join(json.dumps(event) for event in told["events"])
        parts.append(f'{json.dumps(arn)}: {{"definition": {json.dumps(told["definition"])}, "events": [\n{rows}]}}')
    return text.replace("{}}", "{\n" + ",\n".join(parts) + "}}\n")


def main(names: list[str]) -> None:
    HISTORIES.mkdir(exist_ok=True)
    for name in names or SCENARIOS:
        print(name)
        with pipeline() as made:
            story = recorded(SCENARIOS[name](made))
        text = written(story)
        assert json.loads(text) == story
        (HISTORIES / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
