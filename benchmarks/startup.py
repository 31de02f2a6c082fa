"""How long the package keeps you waiting before it works, beside a plain import of the SDK.

    python benchmarks/startup.py

Each command runs in a process of its own, the commands in turn, so that a machine whose speed drifts slows all alike.
Prints the median wall time of each, and the ratio to ``import stepfunctions``, which fails beside sagemaker 3 or a new
setuptools: then there is no ratio.  ``make images`` runs it beside sagemaker 2 and 3.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5
DEFINITIONS = """
from personalize_sfn import Config, workflows
from personalize_sfn.arns import Arns
assert len(workflows.definitions(Config(), Arns("us-east-1", "123456789012"))) > 5
"""
PLAIN = "import stepfunctions (plain)"
COMMANDS = {
    PLAIN: [sys.executable, "-W", "ignore", "-c", "import stepfunctions"],
    "import personalize_sfn.sdk": [sys.executable, "-c", "import personalize_sfn.sdk"],
    "import and all definitions": [sys.executable, "-c", DEFINITIONS],
    "import personalize_sfn": [sys.executable, "-c", "import personalize_sfn"],
    "personalize-sfn --help": [sys.executable, "-m", "personalize_sfn", "--help"],
    "import boto3": [sys.executable, "-c", "import boto3"],
}


def seconds(command: list[str]) -> float | None:
    """Wall time of one run; None: it failed."""
    # Without bytecode every import compiles again, and nothing is compared but compilers.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, env=environment)
    return time.perf_counter() - begun if done.returncode == 0 else None


def main() -> int:
    working = {name: command for name, command in COMMANDS.items() if seconds(command) is not None}
    runs: dict[str, list[float]] = {name: [] for name in working}
    for _ in range(ROUNDS):
        for name, command in working.items():
            runs[name].append(seconds(command) or 0.0)
    medians = {name: statistics.median(values) for name, values in runs.items()}
    for name in COMMANDS:
        if name not in medians:
            print(f"{name:<32}  fails")
            continue
        ratio = f"{medians[name] / medians[PLAIN]:5.2f} x" if PLAIN in medians else ""
        print(f"{name:<32} {medians[name]:6.2f} s   {ratio}")
    return 0 if working.keys() >= COMMANDS.keys() - {PLAIN} else 1


if __name__ == "__main__":
    sys.exit(main())
