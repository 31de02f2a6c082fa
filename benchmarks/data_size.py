"""Reading and checking interactions in a CSV, beside a bare chunked read of the same file by pandas.

Usage: python benchmarks/data_size.py [--texts] [--folder DIR] [rows ...]     default: 2000000; 48000000 are 1 GB

Each size runs in a process of its own: a bare ``pandas.read_csv(chunksize=100_000)``, then ``load_csv``, which checks
the rows and writes them to scratch disk as Personalize reads them, in turn, three times (once above 10 million rows).
Printed are medians of the time and its ratio by the clock and by the processor's time, and the most memory that the
process had, pandas included.  Goals: at most 2 times the bare read and 1 GiB.  Identifiers are whole numbers, which
pandas reads fastest; with ``--texts`` they are such as ``user-00000042``.  The data are synthetic.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from personalize_sfn.datasets import load_csv

BLOCK = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[2_000_000])
    parser.add_argument("--texts", action="store_true")
    parser.add_argument("--folder", help="where the file is made")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(Path(given.one), given.rows[0])
        return
    for rows in given.rows:
        with TemporaryDirectory(dir=given.folder) as folder:
            path = Path(folder) / "interactions.csv"
            write_csv(path, rows, texts=given.texts)
            subprocess.run([sys.executable, __file__, "--one", str(path), str(rows)], check=True)


def write_csv(path: Path, rows: int, *, texts: bool) -> None:
    draw = np.random.default_rng(0)
    users, items = max(100, rows // 12), max(100, rows // 80)
    form = "user-{:08d},SKU{:06d},{}\n" if texts else "{},{},{}\n"
    with path.open("w") as file:
        file.write("USER_ID,ITEM_ID,TIMESTAMP\n")
        for start in range(0, rows, BLOCK):
            count = min(BLOCK, rows - start)
            columns = (
                (draw.lognormal(0, 1, count) / 10 * users).astype(int) % users,
                (draw.pareto(1.2, count) * items / 60).astype(int) % items,
                draw.integers(1_500_000_000, 1_600_000_000, count),
            )
            file.writelines(map(form.format, *(column.tolist() for column in columns)))


def one(path: Path, rows: int) -> None:
    def bare() -> None:
        for _ in pd.read_csv(path, chunksize=100_000):
            pass

    def ours() -> None:
        load_csv(path)

    pairs = [(timed(bare), timed(ours)) for _ in range(3 if rows <= 10_000_000 else 1)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**10 if sys.platform == "linux" else 2**20)
    print(f"{rows:,} rows, a CSV file of {path.stat().st_size / 2**20:,.0f} MiB; peak {peak:,.0f} MiB")
    for place, clock in enumerate(("by the clock", "of the processor")):
        read = statistics.median(pair[0][place] for pair in pairs)
        checked = statistics.median(pair[1][place] for pair in pairs)
        ratio = statistics.median(pair[1][place] / pair[0][place] for pair in pairs)
        print(f"  {clock:<17} bare read {read:6.2f} s, load_csv {checked:6.2f} s: {ratio:.2f} times")


def timed(what: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - clock, time.process_time() - processor


if __name__ == "__main__":
    main()
