"""Lambda's own boto3 lags behind: the functions run on an old one as well."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from personalize_sfn import datasets
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.deploy.packages import packages
from personalize_sfn.execution import Execution, Workflow
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session

OLD = "1.34.162"
CONFIG = Config(project="movies")

#: Calls each function with each event, in order, with the old boto3, the functions and nothing else.  Names that hold
#: a time differ from the recorded ones: where an answer's ARN does, later events get the new one.  What looks at a
#: resource, or deletes it, is called until the status is the recorded one.
REPLAY = """
import importlib, json, sys, time
sys.path[:0] = sys.argv[1:3]
import boto3
answers, renamed = [], {}
for module, event, recorded in json.load(sys.stdin):
    text = json.dumps(event)
    for old, new in renamed.items():
        text = text.replace(old, new)
    handler = importlib.import_module(module).lambda_handler
    answer, end = handler(json.loads(text), None), time.monotonic() + 60
    while not module.startswith("create") and answer.get("status") != recorded.get("status") and time.monotonic() < end:
        answer = handler(json.loads(text), None)
    renamed.update({recorded[key]: value for key, value in answer.items() if key.endswith("Arn")})
    answers.append([module, answer])
print(json.dumps([boto3.__version__, answers]))
"""

#: Module, event and answer of a function's call.
Invocation = tuple[str, dict[str, Any], dict[str, Any]]


def invocations(execution: Execution) -> list[Invocation]:
    """Every call of a function by the execution and its children, in order of time."""
    events = {event["id"]: event for event in execution.list_events()}
    calls: list[Invocation] = []
    for event in events.values():
        if event["type"] != "TaskSucceeded" or event["taskSucceededEventDetails"]["resourceType"] != "lambda":
            continue
        scheduled = event
        while scheduled["type"] != "TaskScheduled":
            scheduled = events[scheduled["previousEventId"]]
        call = json.loads(scheduled["taskScheduledEventDetails"]["parameters"])
        name = call["FunctionName"].removeprefix(CONFIG.name("")).replace("-", "_")
        answer = json.loads(event["taskSucceededEventDetails"]["output"])["Payload"]
        calls.append((name, call["Payload"], answer))
    return calls + [call for child in execution.children() for call in invocations(child)]


def run(session: Session, key: str, inputs: dict[str, Any]) -> Execution:
    machine = session.arns.state_machine(CONFIG.name(key))
    return Workflow.attach(machine, session=session).execute(inputs=inputs).wait(timeout=120)


@pytest.mark.slow
def test_every_function_does_its_work_on_an_older_boto3(tmp_path: Path) -> None:
    """What only a newer boto3 knows (an operation, a member of a request) fails here before it fails on AWS.

    The events are those of real executions; they are replayed after everything was deleted again.
    """
    site, functions = tmp_path / "site", tmp_path / "functions"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(site)]
    subprocess.run([*pip, f"boto3=={OLD}"], check=True)
    for package in packages().values():
        zipfile.ZipFile(io.BytesIO(package.zip)).extractall(functions)
    rows = [(f"u{user}", f"i{(user * 7 + step * 3) % 60}", step, "click") for user in range(40) for step in range(30)]
    frame = pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])
    with LocalAws() as aws:
        session = aws.session()
        deployment = deploy(session, CONFIG)
        datasets.upload(session, frame, f"s3://{deployment.bucket}/{CONFIG.data_key('INTERACTIONS')}")
        calls = invocations(run(session, "main", {}))
        calls += invocations(run(session, "recommendation", {"userId": "u1", "numResults": 5}))
        # What no stage makes is not there, which the functions that delete it must find out.
        kinds = {"eventTracker": "event-tracker", "filter": "filter", "recommender": "recommender"}
        kinds |= {"metricAttribution": "metric-attribution"}
        gone = {f"{key}Arns": [session.arns.personalize(f"{path}/movies-none")] for key, path in kinds.items()}
        calls += invocations(run(session, "clean-up", gone))

        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", REPLAY, str(site), str(functions)],
            input=json.dumps(calls),
            env={
                "AWS_ENDPOINT_URL": aws.endpoint_url,
                "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
                "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
                "AWS_DEFAULT_REGION": aws.region,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.stderr == ""
    used, answers = json.loads(done.stdout.splitlines()[-1])  # above it stand the lines that functions log
    assert used == OLD
    assert {module for module, _ in answers} == {name.replace("-", "_") for name in deployment.function_arns}
    (recommended,) = [answer for module, answer in answers if module == "get_recommendations"]
    assert len(recommended["itemList"]) == 5
    statuses = [(module, answer.get("status")) for module, answer in answers if not module.startswith("create")]
    assert statuses == [
        (module, answer.get("status")) for module, _, answer in calls if not module.startswith("create")
    ]
    assert {status for module, status in statuses if module.startswith("delete")} >= {"DELETED"}
