"""The main workflow on a virtual clock, with the real handlers."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.virtual_personalize import ARNS, Clock, VirtualPersonalize, VirtualS3, handlers_use
from fakes.virtual_states import VirtualStates
from personalize_sfn import workflows
from personalize_sfn.config import Config

__all__ = ["MEDIANS", "Run", "definitions", "draws", "run_main"]


MEDIANS = {row.key: row.typical_seconds for row in Config().rows() if row.has_status}
SIGMA = 0.4


@dataclass(frozen=True)
class Run:
    overhead_seconds: float
    """Beyond the sum of what the service itself took; a failed run has none."""
    transitions: int
    events: Mapping[str, int]
    """History events by state machine."""


def draws(count: int, seed: int = 0) -> list[dict[str, float]]:
    generator = random.Random(seed)
    return [
        {key: generator.lognormvariate(math.log(median), SIGMA) for key, median in MEDIANS.items()}
        for _ in range(count)
    ]


def definitions(config: Config) -> dict[str, Mapping[str, Any]]:
    return {key: workflows.to_dict(made) for key, made in workflows.definitions(config, ARNS).items()}


def run_main(config: Config, machines: Mapping[str, Mapping[str, Any]], seconds: Mapping[str, float]) -> Run:
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
    return Run(clock.seconds - sum(seconds.values()), states.transitions, states.events)
