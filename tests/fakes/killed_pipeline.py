"""A process that runs the main workflow in a data directory until it is killed, and says how far it is.

    python killed_pipeline.py DIRECTORY

Lines of JSON on standard output: ["started", ARN of the execution], then ["events", how many there are].
"""

from __future__ import annotations

import json
import sys
import threading

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.local import LocalAws

PROJECT = Config(project="movies")


def say(*what: object) -> None:
    print(json.dumps(what), flush=True)


def work(path: str) -> None:
    with LocalAws(data_dir=path, wait_scale=1 / 2000) as aws:
        session = aws.session()
        deploy(session, PROJECT)
        pipeline = Pipeline(aws, session, PROJECT)
        pipeline.upload(interactions())
        states = session.client("stepfunctions")
        arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{PROJECT.name('main')}"
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        say("started", execution)
        while True:
            events = [
                event
                for each in states.list_state_machines()["stateMachines"]
                for run in states.list_executions(stateMachineArn=each["stateMachineArn"])["executions"]
                for event in states.get_execution_history(executionArn=run["executionArn"], maxResults=1000)["events"]
            ]
            say("events", len(events))
            threading.Event().wait(0.01)


if __name__ == "__main__":
    work(sys.argv[1])
