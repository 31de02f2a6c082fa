"""The main workflow on a virtual clock, with the real handlers."""

from __future__ import annotations

import importlib.util
import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fakes.virtual_personalize import ARNS, CONTEXT, START, Clock, VirtualPersonalize, VirtualS3, handlers_use
from personalize_sfn import workflows
from personalize_sfn.config import Config
from personalize_sfn.simulation import Simulation
from personalize_sfn.statemachine import StateMachine, TaskCall, TaskOutcome

__all__ = ["MEDIANS", "ExecutionFailed", "Run", "VirtualStates", "definitions", "draws", "handler", "run_main"]

LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"

MEDIANS = {row.key: row.typical_seconds for row in Config().rows() if row.has_status}
SIGMA = 0.4


@dataclass(frozen=True)
class Run:
    overhead_seconds: float
    """Beyond the sum of what the service itself took; a failed run has none."""
    transitions: int
    events: Mapping[str, int]
    """History events by state machine."""


class ExecutionFailed(Exception):
    def __init__(self, error: str | None, cause: str | None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


@cache
def handler(name: str) -> Callable[[Any, Any], Any]:
    """The handler in ``lambdas/``, as Lambda would load it."""
    spec = importlib.util.spec_from_file_location(f"lambdas_{name}", LAMBDAS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Any, Any], Any] = module.lambda_handler
    return found


class VirtualStates:
    """The state machines of a project, whose functions take no time, on the clock of a virtual Personalize."""

    def __init__(self, clock: Clock, project: str, definitions: Mapping[str, StateMachine]) -> None:
        self.clock = clock
        self.project = project
        machines = {f"{project}-{key}": definition for key, definition in definitions.items()}
        self.simulation = Simulation(machines, self.task, now=START.timestamp())

    def execute(self, name: str, given: Any) -> Any:
        execution = self.simulation.run(name, given)
        self.clock.now = START + timedelta(seconds=execution.now - START.timestamp())
        if execution.status != "SUCCEEDED":
            raise ExecutionFailed(execution.error, execution.cause)
        return execution.output

    def task(self, call: TaskCall) -> TaskOutcome | None:
        """A function's answer at the time of the call; as over the wire, what is not JSON does not get through."""
        if "lambda:invoke" not in call.resource:
            return None
        self.clock.now = START + timedelta(seconds=call.now - START.timestamp())
        function = call.arguments["FunctionName"].removeprefix(f"{self.project}-").replace("-", "_")
        try:
            event = json.loads(json.dumps(call.arguments["Payload"]))
            return TaskOutcome({"Payload": json.loads(json.dumps(handler(function)(event, CONTEXT)))})
        except Exception as raised:
            error = type(raised).__name__
            return TaskOutcome(error=error, cause=json.dumps({"errorMessage": str(raised), "errorType": error}))


def draws(count: int, seed: int = 0) -> list[dict[str, float]]:
    generator = random.Random(seed)
    return [
        {key: generator.lognormvariate(math.log(median), SIGMA) for key, median in MEDIANS.items()}
        for _ in range(count)
    ]


def definitions(config: Config) -> dict[str, StateMachine]:
    return {key: StateMachine(workflows.to_dict(made)) for key, made in workflows.definitions(config, ARNS).items()}


def run_main(config: Config, machines: Mapping[str, StateMachine], seconds: Mapping[str, float]) -> Run:
    """One execution of main, from an account with nothing in it but the data.

    Raises:
        ExecutionFailed: as the execution does.
    """
    clock = Clock()
    s3 = VirtualS3()
    s3.etags[f"{config.bucket_name(ARNS.region, ARNS.account_id)}/{config.data_key('INTERACTIONS')}"] = '"e"'
    states = VirtualStates(clock, config.project, machines)
    with handlers_use(VirtualPersonalize(clock, dict(seconds)), s3):
        states.execute(config.name("main"), {})
    simulation = states.simulation
    events = {
        name: max((len(each.events) for each in simulation.of(name)), default=0) for name in simulation.definitions
    }
    return Run(clock.seconds - sum(seconds.values()), simulation.transitions, events)
