"""Large data: importing and training a solution version with its metrics, beside a bare fit of the same data.

Usage: python benchmarks/scale.py [events ...]          default: 1000000; the goal for 10000000 is 120 s and 1 GiB

Each size runs in a process of its own, so that its peak memory is its own. The data are synthetic (items by Zipf's law,
users by a lognormal), which says nothing about quality.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np

USERS, ITEMS = {1_000_000: 20_000, 10_000_000: 150_000}, {1_000_000: 10_000, 10_000_000: 30_000}
V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [1_000_000]
    print(f"{'events':>12} {'what':<44} {'seconds':>9} {'x bare fit':>11} {'peak MB':>8}")
    for size in sizes:
        bare = measured(size, "bare")
        for what in ("bare", "import", V1, V2):
            seconds, peak = bare if what == "bare" else measured(size, what)
            title = {"bare": "bare ALS, fit only", "import": "read the CSV into a dataset"}.get(
                what, f"{what}, tuned, with metrics"
            )
            print(f"{size:>12,} {title:<44} {seconds:9.2f} {seconds / bare[0]:11.2f} {peak:8.0f}", flush=True)


def measured(size: int, what: str) -> tuple[float, float]:
    command = [sys.executable, __file__, "--one", str(size), what]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = answer.stdout.split()
    return float(seconds), float(peak)


def columns(size: int) -> tuple[Any, Any, Any]:
    """User ids, item ids, timestamps; shape (size,) each."""
    draw = np.random.default_rng(0)
    users = USERS.get(size, max(100, size // 50))
    items = ITEMS.get(size, max(100, size // 100))
    activity = draw.lognormal(0, 1, users)
    popularity = 1 / np.arange(1, items + 1) ** 0.8
    return (
        draw.choice(users, size, p=activity / activity.sum()),
        draw.choice(items, size, p=popularity / popularity.sum()),
        draw.integers(1_500_000_000, 1_600_000_000, size),
    )


def one(size: int, what: str) -> None:
    from personalize_sfn.engine import Interactions, evaluate, fit

    if what == "import":
        import_one(size)
        return
    data = Interactions.from_columns(*columns(size))
    began = time.perf_counter()
    if what == "bare":
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        from personalize_sfn.engine.factors import chosen

        with threadpool_limits(1, "blas"):
            AlternatingLeastSquares(factors=64, iterations=15, random_state=0).fit(chosen(data), show_progress=False)
    else:
        fit(what, data)
        evaluate(what, data)
    report(began)


def import_one(size: int) -> None:
    from personalize_sfn.local.personalize.importing import import_csv
    from personalize_sfn.local.personalize.schemas import read_schema

    with TemporaryDirectory() as folder:
        path = Path(folder) / "interactions.csv"
        with path.open("w") as file:
            file.write("USER_ID,ITEM_ID,TIMESTAMP\n")
            for user, item, when in zip(*(column.tolist() for column in columns(size)), strict=True):
                file.write(f"{user},{item},{when}\n")
        content = path.read_bytes()
    environment = SimpleNamespace(s3_get=lambda *_: content)
    fields = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
    avro = {"type": "record", "name": "Interactions", "fields": [{"name": n, "type": t} for n, t in fields.items()]}
    began = time.perf_counter()
    import_csv(environment, "role", "s3://bucket/interactions.csv", read_schema(json.dumps(avro)))  # type: ignore[arg-type]
    report(began)


def report(began: float) -> None:
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    one(int(sys.argv[2]), sys.argv[3]) if sys.argv[1:2] == ["--one"] else main()
