"""A dataset group with an event tracker on an embedded AWS, and what came in through it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.local import LocalAws
from personalize_sfn.local.aws.account import ACCOUNT_ID
from personalize_sfn.resources import DATASET_GROUP

__all__ = ["LiveShop", "live_shop"]

_PROGRAM = """
import os, signal, sys, threading, time
from personalize_sfn import Config, EventSender, connect

session = connect("local", endpoint_url={endpoint!r})
config = Config(project={project!r})

def told(event_id):
    # The event is taken: what is printed must not be lost.
    sys.stdout.write(event_id + chr(10))
    sys.stdout.flush()
"""


@dataclass
class LiveShop:
    aws: LocalAws
    project: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def program(self, code: str) -> subprocess.Popen[str]:
        """A Python program with ``session``, ``config`` and ``told``."""
        text = _PROGRAM.format(endpoint=self.aws.endpoint_url, project=self.project) + code
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen([sys.executable, "-c", text], **pipes)
        self.started.append(process)
        return process

    def forget_events(self) -> None:
        """For the next test: it costs less than another dataset group, and there are at most five."""
        store = self.aws.personalize._store(ACCOUNT_ID, "us-east-1")
        with store.lock:
            store.get(
                DATASET_GROUP, self.aws.session().arns.personalize(f"dataset-group/{self.project}")
            ).content = None

    def stop(self) -> None:
        """Nothing that was started is left."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    @property
    def events(self) -> list[Any]:
        """All that came in, in the order in which it came."""
        store = self.aws.personalize._store(ACCOUNT_ID, "us-east-1")
        arn = self.aws.session().arns.personalize(f"dataset-group/{self.project}")
        with store.lock:
            content = store.get(DATASET_GROUP, arn).content
            return list(content.events) if content is not None else []

    @property
    def event_ids(self) -> list[str]:
        return [event.event_id for event in self.events]


def live_shop(aws: LocalAws, project: str) -> LiveShop:
    """Without data and solutions: events are taken all the same."""
    personalize = aws.session().client("personalize")
    group = personalize.create_dataset_group(name=project)["datasetGroupArn"]
    _active(personalize.describe_dataset_group, "datasetGroup", group)
    schema = personalize.create_schema(name=project, schema=json.dumps(INTERACTIONS_SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name=project, datasetGroupArn=group, schemaArn=schema, datasetType="INTERACTIONS"
    )["datasetArn"]
    _active(personalize.describe_dataset, "dataset", dataset)
    tracker = personalize.create_event_tracker(name=project, datasetGroupArn=group)["eventTrackerArn"]
    _active(personalize.describe_event_tracker, "eventTracker", tracker)
    return LiveShop(aws, project)


def _active(describe: Any, key: str, arn: str) -> None:
    for _ in range(100):
        if describe(**{f"{key}Arn": arn})[key]["status"] == "ACTIVE":
            return
    raise AssertionError(f"{arn} did not become ACTIVE")
