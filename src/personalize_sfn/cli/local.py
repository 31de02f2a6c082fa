"""``personalize-sfn local``: the embedded AWS in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, json_option, pass_settings

if TYPE_CHECKING:
    from personalize_sfn.local.process import LocalProcess


@click.group(
    epilog="""\b
Examples:
  personalize-sfn local start
  personalize-sfn local start --data-dir ./aws-data
  export AWS_ENDPOINT_URL=$(personalize-sfn local status --json | jq -r .endpoint_url)
  personalize-sfn local stop"""
)
def local() -> None:
    """Start, stop or look at the embedded AWS of this machine.

    It runs in the background, on a loopback port, and keeps everything in memory: what is in it is gone when it stops.
    With 'start --data-dir', Personalize's resources, data and models and S3's objects last; roles, functions and state
    machines are gone all the same: deploy again.
    """


@local.command(epilog="Example: personalize-sfn local start --port 4566")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 (default): any free port.")
@click.option(
    "--wait-scale",
    type=click.FloatRange(min=0, max=1),
    default=None,
    help="Seconds that pass for each second of a Wait state (default: 0.001; 1 is AWS's pace).",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Keep Personalize (resources, data, models) and S3 (buckets, objects) in this directory, across restarts and "
    "kills. Roles, functions and state machines are not kept. Default: nothing is written.",
)
@json_option
@pass_settings
def start(settings: Settings, port: int, wait_scale: float | None, data_dir: Path | None) -> None:
    """Start it, unless it runs."""
    from personalize_sfn.local import process

    before = process.status()
    with settings.console.status("Starting the embedded AWS"):
        running = process.start(port=port, wait_scale=wait_scale, data_dir=data_dir)
    _show(settings, running, "started" if before is None else "runs already")


@local.command(epilog="Example: personalize-sfn local stop")
@pass_settings
def stop(settings: Settings) -> None:
    """End it; what was in it is gone, but for what a --data-dir keeps."""
    from personalize_sfn.local import process

    stopped = process.stop()
    settings.console.print("The embedded AWS stopped." if stopped else "The embedded AWS was not running.")


@local.command(epilog="Example: personalize-sfn local status --json")
@json_option
@pass_settings
def status(settings: Settings) -> int:
    """Say whether it runs, and where.  Exit code 1: it does not."""
    from personalize_sfn.local import process

    running = process.status()
    if running is None:
        settings.console.print("The embedded AWS does not run.  'personalize-sfn local start' starts it.")
        settings.answer({"running": False})
        return 1
    _show(settings, running, "runs")
    return 0


def _show(settings: Settings, running: LocalProcess, verb: str) -> None:
    console = settings.console
    console.print(f"The embedded AWS {verb} at [bold]{running.endpoint_url}[/] (process {running.pid}).")
    console.print(f"[dim]For any other AWS client: export AWS_ENDPOINT_URL={running.endpoint_url}[/]", soft_wrap=True)
    if running.data_dir is not None:
        console.print(
            f"[dim]Personalize and S3 are kept in {running.data_dir}; roles, functions and state machines are not.[/]"
        )
    settings.answer(
        {
            "running": True,
            "endpoint_url": running.endpoint_url,
            "pid": running.pid,
            "started": running.started,
            "version": running.version,
            "data_dir": running.data_dir,
        }
    )
