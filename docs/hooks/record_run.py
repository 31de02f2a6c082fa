"""Records a run for the home page, as JSON on stdout: the live strip from step to step, a terminal, a recommendation.

A process of its own, with an embedded AWS of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from personalize_sfn import Config, Execution, Session, connect, datasets, recommend
from personalize_sfn.execution.status import Status
from personalize_sfn.execution.views import Draw
from personalize_sfn.execution.watch import Watch

COMMAND = "personalize-sfn"
PROJECT = ("--project", "movies")
SHOWN = ("run", "--data", "shipped"), ("recommend", "1", "--num-results", "5")
"""What the terminal shows; what it takes to get there is not shown."""


class Strips:
    """A view that keeps what a notebook would show: the last strip before each change."""

    def __init__(self) -> None:
        self.frames: dict[tuple[str, ...], str] = {}

    def show(self, status: Status, draw: Draw) -> None:  # noqa: ARG002
        self.frames[status.run.status, *(stage.status for stage in status.run.stages)] = status.html()

    leave = show


def typed(*words: str) -> str:
    command = [COMMAND, *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own command


def execution_of(session: Session, config: Config, running: subprocess.Popen[str]) -> Execution:
    """The first of the main workflow, as soon as the command has started it."""
    machine = session.arns.state_machine(config.name("main"))
    client = session.client("stepfunctions")
    while not (found := client.list_executions(stateMachineArn=machine)["executions"]):
        assert running.poll() is None, "the run ended before it began"
        time.sleep(0.05)
    return Execution.attach(found[0]["executionArn"], session=session)


def record() -> dict[str, object]:
    run, ask = ((*PROJECT, *words) for words in SHOWN)
    typed("local", "start")
    try:
        typed(*PROJECT, "deploy")
        session, config, strips = connect("local"), Config(project="movies"), Strips()
        command = [COMMAND, *run]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own command
            Watch(execution_of(session, config, running), strips, poll=0.2).join()
            ran = running.stdout.read() if running.stdout else ""
        movielens = datasets.load_movielens("shipped")
        answer = recommend(
            session, config, "1", num_results=5, titles=movielens.movies, ratings=movielens.ratings, via="api"
        )
        terminal = [[" ".join([COMMAND, *words]), out] for words, out in ((run, ran), (ask, typed(*ask)))]
        return {"frames": list(strips.frames.values()), "terminal": terminal, "answer": answer._repr_html_()}
    finally:
        typed("local", "stop")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        os.environ |= {"PERSONALIZE_SFN_HOME": folder, "COLUMNS": "80", "PATH": path}
        json.dump(record(), sys.stdout)
