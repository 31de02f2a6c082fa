"""What orchestration costs: our definitions and handlers on a virtual clock, with durations as on AWS.

2,000 draws, lognormal (sigma 0.4) around the medians below.  On the same draws: our definitions with a fixed wait of
60 s, and a reconstruction of the waits of the sample that this project starts from (its definitions in short: 5, 30, 30
and 30 s that check nothing, an import loop of 30 s, a training loop of 60 s, a campaign loop of 30 + 30 s).
Calls are taken to cost no time, so these figures are waits alone.

Run: python benchmarks/orchestration.py [draws]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fakes.orchestration import MEDIANS, Run, definitions, draws, run_main
from personalize_sfn.config import Config
from personalize_sfn.handlers import status


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
