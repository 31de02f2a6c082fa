"""What orchestration costs: our definitions and handlers on a virtual clock, with durations as on AWS.

2,000 draws, lognormal (sigma 0.4) around the medians below.  On the same draws: our definitions with a fixed wait of
60 s, and a reconstruction of the waits of the sample that this project starts from (its definitions in short: 5, 30, 30
and 30 s that check nothing, an import loop of 30 s, a training loop of 60 s, a campaign loop of 30 + 30 s).
Calls are taken to cost no time, so these figures are waits alone.

Run: python benchmarks/orchestration.py [draws]
"""

from __future__ import annotations

import math
import random
import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from _virtual_personalize import ARNS, Clock, VirtualPersonalize, VirtualS3, handlers_use
from _virtual_states import VirtualStates

from personalize_sfn import workflows
from personalize_sfn.config import Config
from personalize_sfn.handlers import status
from personalize_sfn.resources import WORKFLOW_TYPES

MEDIANS = {row.key: row.typical_seconds for row in WORKFLOW_TYPES if row.has_status}
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


def original(seconds: Mapping[str, float]) -> Run | None:
    """The sample's waits, reconstructed; None where its next call comes before the resource is ready and fails.

    It retries a failed call once, 5 s later, and never reads the status of dataset group, dataset and solution.
    """
    retry = 5.0
    clock, transitions = 5.0, 2  # schema, wait
    for key in ("datasetGroup", "dataset", "solution"):
        if seconds[key] > 30 + retry:
            return None
        late = seconds[key] > 30
        clock += 30 + (retry if late else 0)
        transitions += 2 + late
    transitions += 5  # main, and its four tasks
    transitions += 2  # the statuses that are read and not looked at
    for key, before, after in (("datasetImportJob", 30, 0), ("solutionVersion", 60, 0), ("campaign", 30, 30)):
        transitions += 2  # create, succeed
        begun = clock
        while True:
            clock += before
            ready = clock - begun >= seconds[key]
            clock += after  # its Choice comes after a second wait, on what was read before it
            transitions += 3 + (after > 0)
            if ready:
                break
    return Run(clock - sum(seconds.values()), transitions, {})


def summary(name: str, runs: list[Run | None]) -> None:
    good = [run for run in runs if run is not None]
    overhead = [run.overhead_seconds for run in good]
    print(
        f"{name:<28} overhead mean {statistics.mean(overhead):6.1f} s  p95 "
        f"{statistics.quantiles(overhead, n=20)[-1]:6.1f} s  transitions mean "
        f"{statistics.mean(run.transitions for run in good):6.1f}  failed {len(runs) - len(good)} of {len(runs)}"
    )


def main(count: int) -> None:
    config = Config(project="movies")
    machines = definitions(config)
    drawn = draws(count)
    every_60: Callable[[float, float], int] = lambda _elapsed, _typical: 60  # noqa: E731
    summary("ours", [run_main(config, machines, seconds) for seconds in drawn])
    with patch.object(status, "next_wait", every_60):
        summary("ours, waiting 60 s always", [run_main(config, machines, seconds) for seconds in drawn])
    summary("the sample (reconstructed)", [original(seconds) for seconds in drawn])
    slow = {"dataset group of 90 s": {"datasetGroup": 90.0}, "campaign of 60 min": {"campaign": 3600.0}}
    for name, changed in {**slow, "training of 48 h": {"solutionVersion": 48 * 3600.0}}.items():
        run = run_main(config, machines, {**MEDIANS, **changed})
        print(
            f"{name:<28} overhead {run.overhead_seconds:6.1f} s  transitions {run.transitions}  "
            f"longest history {max(run.events.values())} events"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
