"""How long the package keeps you waiting before it works, beside a plain import of the SDK.

    python benchmarks/startup.py

Each command runs in a process of its own, the commands in turn, so that a machine whose speed drifts slows all alike.
Prints the median wall time of each, and the ratio to ``import stepfunctions``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5
COMMANDS = {
    "import stepfunctions (plain)": [sys.executable, "-W", "ignore", "-c", "import stepfunctions"],
    "import personalize_sfn.sdk": [sys.executable, "-c", "import personalize_sfn.sdk"],
    "import personalize_sfn": [sys.executable, "-c", "import personalize_sfn"],
    "personalize-sfn --help": [sys.executable, "-m", "personalize_sfn", "--help"],
    "import boto3": [sys.executable, "-c", "import boto3"],
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    # Without bytecode every import compiles again, and nothing is compared but compilers.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    for command in COMMANDS.values():
        seconds(command)
    runs = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            runs[name].append(seconds(command))
    medians = {name: statistics.median(values) for name, values in runs.items()}
    plain = medians["import stepfunctions (plain)"]
    for name, value in medians.items():
        print(f"{name:<32} {value:6.2f} s   {value / plain:5.2f} x")


if __name__ == "__main__":
    main()
