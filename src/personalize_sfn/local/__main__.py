"""``python -m personalize_sfn.local start|stop|status|serve``: the background embedded AWS."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import process


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: done (``status``: it runs); 1: it failed (``status``: it does not run); 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m personalize_sfn.local", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status", "serve"])
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--wait-scale", type=float, default=None, help="seconds that pass for each second of a Wait")
    parser.add_argument("--pace", type=float, default=None, help="share of AWS's durations that everything takes")
    parser.add_argument("--min-timeout", type=float, default=None, help="seconds that every time limit leaves at least")
    parser.add_argument("--data-dir", type=Path, default=None, help="keep what is in it there (default: nowhere)")
    parser.add_argument("--host", action="append", default=[], help="a name that requests may be sent to")
    parser.add_argument("--open", action="store_true", help="take any access key")
    parser.add_argument("--accept-inert", action="store_true", help="take requests of which nothing comes here")
    parser.add_argument("--in-memory", action="store_true", help="forget the --data-dir that was named the last time")
    options = parser.parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except LocalAwsError as error:
        print(error, file=sys.stderr)
        return 1


def _start(options: argparse.Namespace) -> int:
    if options.in_memory and options.data_dir is not None:
        raise LocalAwsError("--in-memory and --data-dir exclude each other: name one of them")
    before = process.status()
    running = process.start(
        port=options.port,
        wait_scale=options.wait_scale,
        pace=options.pace,
        min_timeout_seconds=options.min_timeout,
        data_dir=options.data_dir,
        hosts=options.host,
        open=options.open,
        accept_inert=options.accept_inert,
        in_memory=options.in_memory,
    )
    verb = "runs already" if before is not None else "started"
    print(f"embedded AWS {verb}: {running.endpoint_url} (process {running.pid})")
    return 0


def _stop(_: argparse.Namespace) -> int:
    print("embedded AWS stopped" if process.stop() else "embedded AWS was not running")
    return 0


def _status(_: argparse.Namespace) -> int:
    running = process.status()
    if running is None:
        print("embedded AWS does not run")
        return 1
    print(f"embedded AWS runs: {running.endpoint_url} (process {running.pid}, since {running.started})")
    for taken in running.inert:
        print(f"taken, but nothing comes of it: {taken.operation} {taken.name}: {taken.why}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    process.serve(
        port=options.port,
        wait_scale=options.wait_scale,
        pace=options.pace,
        min_timeout_seconds=options.min_timeout,
        data_dir=options.data_dir,
        hosts=options.host,
        open=options.open,
        accept_inert=options.accept_inert,
    )
    return 0


_COMMANDS = {"start": _start, "stop": _stop, "status": _status, "serve": _serve}

if __name__ == "__main__":
    raise SystemExit(main())
