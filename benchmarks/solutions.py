"""What more solutions cost a run of main: three of them beside one, on the embedded AWS.

    python benchmarks/solutions.py [RUNS]

Both projects live in one process, have the shipped MovieLens and train anew at every run; the runs take turns.  Prints
the median wall time of each (of 5 runs unless told) and their ratio.  The three are user-personalization-v2 and
similar-items with a campaign each, and popularity-count with one; the one is user-personalization-v2.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from personalize_sfn import Config, deploy, run
from personalize_sfn.datasets import load_movielens, upload_interactions
from personalize_sfn.local import LocalAws

ONE: dict[str, Any] = {"for-you": {"campaign": {}}}
THREE = ONE | {
    "similar": {"recipe": "aws-similar-items", "campaign": {}},
    "popular": {"recipe": "aws-popularity-count", "campaign": {}},
}


def main(runs: int) -> None:
    movielens = load_movielens("shipped")
    with LocalAws() as aws:
        session = aws.session()
        configs = {
            name: Config.from_dict({"project": name, "solutions": solutions})
            for name, solutions in (("one", ONE), ("three", THREE))
        }
        for config in configs.values():
            deploy(session, config)
            upload_interactions(session, config, movielens)
            run(session, config).wait()  # makes what later runs find
        taken: dict[str, list[float]] = {name: [] for name in configs}
        for _ in range(runs):
            for name, config in configs.items():
                begun = time.perf_counter()
                run(session, config, train="always").wait()
                taken[name].append(time.perf_counter() - begun)
    one, three = (statistics.median(taken[name]) for name in configs)
    print(f"one solution {one:.1f} s, three {three:.1f} s: {three / one:.2f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
