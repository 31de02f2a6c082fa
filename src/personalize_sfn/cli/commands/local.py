"""``personalize-sfn local``: the embedded AWS in the background."""

from __future__ import annotations

import shlex
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, program

if TYPE_CHECKING:
    from collections.abc import Callable

    from personalize_sfn.local.process import LocalProcess


def _share(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """A number above 0, at most 1: ``0.01`` or ``1/100``."""
    if value is None:
        return None
    try:
        share = float(Fraction(value))
    except (ValueError, ZeroDivisionError, OverflowError):
        share = 0.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"expected a share of AWS's time such as 1/100 or 0.01, at most 1, got {value!r}")
    return share


@click.group(
    epilog="""\b
Examples:
  personalize-sfn local start
  personalize-sfn local start --pace 1/100
  personalize-sfn local start --data-dir ./aws-data
  eval "$(personalize-sfn local env)"
  personalize-sfn local stop"""
)
def local() -> None:
    """Start, stop or look at the embedded AWS of this machine.

    It runs in the background, on a loopback port, and keeps everything in memory: what is in it is gone when it stops.
    With 'start --data-dir' all that a project consists of lasts, and executions go on where they were.
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
    "--pace",
    metavar="SHARE",
    callback=_share,
    help="Take this share of the time that AWS takes, for imports, trainings and waits: 1/100 makes a training about "
    "half a minute.  Default: everything is ready as soon as its work is done.",
)
@click.option(
    "--min-timeout",
    type=click.FloatRange(min=0),
    default=None,
    metavar="SECONDS",
    help="Seconds that every time limit of a state leaves at least, however waits are scaled (default: 1800): large "
    "data take their real time.",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Keep Personalize (resources, data, models), S3 (buckets, objects), roles, functions, state machines and "
    "executions in this directory, across restarts and kills. Default: the directory named the last time, if any; "
    "else nothing is written.",
)
@click.option("--in-memory", is_flag=True, help="Write nothing, and forget the data directory named the last time.")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name that requests may be sent to, besides 127.0.0.1, localhost and *.localhost; may be repeated. It "
    "listens on 127.0.0.1 all the same: for a forwarder or a container that shares this machine's network.",
)
@click.option(
    "--open",
    "open_",
    is_flag=True,
    help="Take any access key (test/test, say), so that every program and user of this machine may use it. Web pages "
    "are refused all the same. Default: only the keys that 'personalize-sfn local env' prints.",
)
@click.option(
    "--accept-inert",
    is_flag=True,
    help="Take requests of which nothing comes here (schedules, notifications, alarms, ...), for templates that other "
    "people wrote; 'local status' lists them. Default: they are refused by name.",
)
@json_option
@pass_settings
def start(
    settings: Settings,
    *,
    port: int,
    wait_scale: float | None,
    pace: float | None,
    min_timeout: float | None,
    data_dir: Path | None,
    hosts: tuple[str, ...],
    open_: bool,
    accept_inert: bool,
    in_memory: bool,
) -> None:
    """Start it, unless it runs."""
    if in_memory and data_dir is not None:
        raise click.UsageError("--in-memory and --data-dir exclude each other: name one of them")
    from personalize_sfn.local import process

    before = process.status()
    with settings.console.status("Starting the embedded AWS"):
        running = process.start(
            port=port,
            wait_scale=wait_scale,
            pace=pace,
            min_timeout_seconds=min_timeout,
            data_dir=data_dir,
            hosts=hosts,
            open=open_,
            accept_inert=accept_inert,
            in_memory=in_memory,
        )
    _show(settings, running, "started" if before is None else "runs already")


@local.command(epilog="Example: personalize-sfn local stop")
@pass_settings
def stop(settings: Settings) -> None:
    """End it; what was in it is gone, but for what a --data-dir keeps."""
    from personalize_sfn.local import process

    stopped = process.stop()
    settings.console.print("The embedded AWS stopped." if stopped else "The embedded AWS was not running.")


@local.command(epilog="Example: personalize-sfn local forget")
@pass_settings
def forget(settings: Settings) -> None:
    """Forget which data directory was used, and which projects were deployed in one; the directories stay."""
    from personalize_sfn import data_directories

    data_directories.forget()
    settings.console.print(
        "Forgotten: the next 'personalize-sfn local start' is in memory, unless it names a --data-dir."
    )


@local.command(epilog="Example: personalize-sfn local status --json")
@json_option
@pass_settings
def status(settings: Settings) -> int:
    """Say whether it runs, and where.  Exit code 1: it does not."""
    from personalize_sfn.local import process

    running = process.status()
    if running is None:
        settings.console.print(f"The embedded AWS does not run.  '{program()} local start' starts it.")
        settings.answer({"running": False})
        return 1
    _show(settings, running, "runs")
    return 0


_SHELLS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "sh": ("export {name}={value}", "unset {name}", shlex.quote),
    "fish": ("set -gx {name} {value}", "set -e {name}", shlex.quote),
    "powershell": ("$env:{name} = '{value}'", "Remove-Item Env:{name} -ErrorAction SilentlyContinue", str),
}
_IN_THE_WAY = ("AWS_SESSION_TOKEN", "AWS_PROFILE")
"""What a user's shell may hold that does not go with these keys."""


@local.command(epilog='Example: eval "$(personalize-sfn local env)"')
@click.option("--shell", type=click.Choice(list(_SHELLS)), default="sh", help="Whose commands to print (default: sh).")
@json_option
@pass_settings
def env(settings: Settings, shell: str) -> int:
    """Print what makes any AWS client use it: endpoint, keys and region.  Exit code 1: it does not run.

    The secret key is this user's alone: what is printed belongs into no log.
    """
    from personalize_sfn.local import process
    from personalize_sfn.session import LOCAL_REGION
    from personalize_sfn.state_folder import keys_of

    running = process.status()
    if running is None:
        click.echo("The embedded AWS does not run.  'personalize-sfn local start' starts it.", err=True)
        settings.answer({})
        return 1
    keys = keys_of(running.endpoint_url)
    variables = {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_DEFAULT_REGION": LOCAL_REGION,
        "AWS_REGION": LOCAL_REGION,
    }
    if settings.as_json:
        settings.answer(variables)
        return 0
    set_one, unset_one, quoted = _SHELLS[shell]
    for name in _IN_THE_WAY:
        click.echo(unset_one.format(name=name))
    for name, value in variables.items():
        click.echo(set_one.format(name=name, value=quoted(value)))
    return 0


def _show(settings: Settings, running: LocalProcess, verb: str) -> None:
    console = settings.console
    console.print(f"The embedded AWS {verb} at [bold]{running.endpoint_url}[/] (process {running.pid}).")
    console.print(f'[dim]For any other AWS client: eval "$({literal(program())} local env)"[/]', soft_wrap=True)
    if running.pace is not None:
        console.print(f"[dim]It takes {running.pace:g} of the time that AWS takes.[/]")
    if running.open:
        console.print("[yellow]It takes any access key: every user of this machine can use it.[/]")
    for taken in running.inert:
        what = literal(f"{taken.operation} {taken.name}")
        console.print(f"[yellow]Taken, but nothing comes of it:[/] {what} [dim]({taken.why})[/]", soft_wrap=True)
    if running.data_dir is not None:
        console.print(
            f"[dim]Personalize, S3, roles, functions, state machines and executions are kept in {running.data_dir}.[/]"
        )
    settings.answer(
        {
            "running": True,
            "endpoint_url": running.endpoint_url,
            "pid": running.pid,
            "started": running.started,
            "version": running.version,
            "data_dir": running.data_dir,
            "hosts": list(running.hosts),
            "open": running.open,
            "accept_inert": running.accept_inert,
            "pace": running.pace,
            "inert": [{"operation": taken.operation, "name": taken.name, "why": taken.why} for taken in running.inert],
        }
    )
