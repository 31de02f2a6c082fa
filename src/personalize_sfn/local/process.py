"""The embedded AWS as a background process: one for each user, found by its state file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from personalize_sfn import data_directories
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.schedules.inert import InertRequest
from personalize_sfn.local_endpoint import local_health
from personalize_sfn.state_folder import local_home, local_state_file

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LocalProcess", "log_file", "serve", "start", "status", "stop"]

START_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """A background embedded AWS that answers."""

    pid: int
    endpoint_url: str
    started: str
    """ISO 8601, UTC."""
    version: str
    """Of this package, when it was started."""
    data_dir: str | None = None
    """Where it keeps what is in it; None: nowhere."""
    hosts: tuple[str, ...] = ()
    """Names that requests may be sent to, besides this machine's own."""
    open: bool = False
    """It takes any access key."""
    accept_inert: bool = False
    """It takes requests of which nothing comes here."""
    pace: float | None = None
    """Share of AWS's time that everything takes; None: as soon as the work is done."""
    inert: tuple[InertRequest, ...] = ()
    """Those that it has taken."""


def log_file() -> Path:
    """Where the background process writes what it has to say."""
    return local_home() / "local.log"


def status() -> LocalProcess | None:
    """The background process, if it answers; a state file that one left behind is removed."""
    state = _state()
    if state is None:
        return None
    if local_health(state.endpoint_url) is not None:
        return state
    if not _is_alive(state.pid):
        local_state_file().unlink(missing_ok=True)
    return None


def start(
    *,
    port: int = 0,
    wait_scale: float | None = None,
    pace: float | None = None,
    min_timeout_seconds: float | None = None,
    data_dir: Path | None = None,
    hosts: Sequence[str] = (),
    open: bool = False,  # noqa: A002 - as the command's --open
    accept_inert: bool = False,
    in_memory: bool = False,
    timeout_seconds: float = START_SECONDS,
) -> LocalProcess:
    """Start it in the background, unless it runs, and return when it answers.

    Args:
        port: 0 takes any free one.
        wait_scale: seconds that pass for each second of a Wait state.  Default: the pace, if there is one.
        pace: share of AWS's own durations that imports, trainings and all else take at least.
        min_timeout_seconds: below which no time limit of a state is scaled.
        data_dir: where what is in it outlasts it.  Default: the directory that was
            named the last time, if any.
        hosts: names that requests may be sent to, besides this machine's own.
        open: take any access key.
        accept_inert: take requests of which nothing comes here, and list them.
        in_memory: keep nothing, and forget the directory that was named the last time.
        timeout_seconds: for the first answer.

    Raises:
        LocalAwsError: it did not start (the message holds the end of its log), or one runs on another port, with
            another ``data_dir``, without one of the ``hosts``, or not ``open`` or not ``accept_inert`` as asked; or the
            directory that was named the last time is not there any more.
    """
    wanted = None if data_dir is None else str(data_dir.expanduser().absolute())
    local_home().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_starter():
        running = status()
        if running is not None:
            if wanted not in (None, running.data_dir) or (in_memory and running.data_dir is not None):
                kept = f"keeps its data in {running.data_dir}" if running.data_dir else "keeps its data in memory only"
                raise LocalAwsError(
                    f"an embedded AWS runs already, at {running.endpoint_url}, and {kept}: stop it first"
                )
            if port not in (0, urlsplit(running.endpoint_url).port):
                raise LocalAwsError(
                    f"an embedded AWS runs already, at {running.endpoint_url}, not on port {port}: stop it first"
                )
            if pace not in (None, running.pace):
                kept = "at once" if running.pace is None else f"at the pace {running.pace:g}"
                raise LocalAwsError(f"an embedded AWS runs already, at {running.endpoint_url}, {kept}: stop it first")
            _require_same_door(running, hosts, {"--open": open, "--accept-inert": accept_inert})
            _remember(wanted, in_memory)
            return running
        if wanted is None and not in_memory and (directory := data_directories.data_directory()) is not None:
            wanted = str(directory)
        arguments = [sys.executable, "-m", "personalize_sfn.local", "serve", "--port", str(port)]
        if wait_scale is not None:
            arguments += ["--wait-scale", str(wait_scale)]
        if pace is not None:
            arguments += ["--pace", str(pace)]
        if min_timeout_seconds is not None:
            arguments += ["--min-timeout", str(min_timeout_seconds)]
        if wanted is not None:
            arguments += ["--data-dir", wanted]
        arguments += [word for name in hosts for word in ("--host", name)] + ["--open"] * open
        arguments += ["--accept-inert"] * accept_inert
        with os.fdopen(os.open(log_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
            child = subprocess.Popen(  # noqa: S603 - this package itself
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=local_home()
            )
        _wait(lambda: status() is not None or child.poll() is not None, timeout_seconds)
        running = status()
    if running is None:
        if child.poll() is None:
            child.terminate()
        tail = "\n".join(log_file().read_text(errors="replace").splitlines()[-5:]) or "(it wrote nothing)"
        raise LocalAwsError(f"the embedded AWS did not start; the end of {log_file()}:\n{tail}")
    _remember(wanted, in_memory)
    return running


def _require_same_door(running: LocalProcess, hosts: Sequence[str], flags: Mapping[str, bool]) -> None:
    has = {"--open": running.open, "--accept-inert": running.accept_inert}
    missing = [f"--host {name}" for name in hosts if name not in running.hosts]
    missing += [flag for flag, wanted in flags.items() if wanted and not has[flag]]
    if missing:
        asked = " ".join(missing)
        raise LocalAwsError(f"an embedded AWS runs already, at {running.endpoint_url}, without {asked}: stop it first")


def _remember(wanted: str | None, in_memory: bool) -> None:
    if in_memory:
        data_directories.forget()
    elif wanted is not None:
        data_directories.remember(Path(wanted))


def stop(*, timeout_seconds: float = STOP_SECONDS) -> bool:
    """End it and the functions' processes with it; False when none ran.

    Only the process that answers as this user's embedded AWS and says the id in the state file is ended: after a crash
    the id and the port may have passed to others.

    Raises:
        LocalAwsError: it does not end.
    """
    running = status()
    if running is None:
        return False
    health = local_health(running.endpoint_url)
    if health is None or health["pid"] != running.pid:
        if not _is_alive(running.pid):
            local_state_file().unlink(missing_ok=True)
        return False
    os.kill(running.pid, signal.SIGTERM)
    if not _wait(lambda: not _is_alive(running.pid), timeout_seconds):
        os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if not _wait(lambda: not _is_alive(running.pid), timeout_seconds):
            raise LocalAwsError(f"the embedded AWS (process {running.pid}) does not end")
    local_state_file().unlink(missing_ok=True)
    return True


def serve(
    *,
    port: int = 0,
    wait_scale: float | None = None,
    pace: float | None = None,
    min_timeout_seconds: float | None = None,
    data_dir: Path | None = None,
    hosts: Sequence[str] = (),
    open: bool = False,  # noqa: A002 - as the command's --open
    accept_inert: bool = False,
) -> None:
    """Run in this process until SIGTERM or Ctrl-C; the state file says where.

    Raises:
        LocalAwsError: it cannot start.
    """
    import threading

    from personalize_sfn.local import Durations, LocalAws

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    limits: dict[str, Any] = {} if min_timeout_seconds is None else {"min_timeout_seconds": min_timeout_seconds}
    if pace is not None:
        limits |= {"durations": Durations.realistic(pace), "wait_scale": pace}
    if wait_scale is not None:
        limits["wait_scale"] = wait_scale
    aws = LocalAws(port=port, data_dir=data_dir, hosts=hosts, open=open, accept_inert=accept_inert, **limits)
    with aws:
        options = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "data_dir": None if data_dir is None else str(data_dir),
            "hosts": list(hosts),
            "open": open,
            "accept_inert": accept_inert,
            "pace": pace,
        }

        def write(taken: Sequence[InertRequest]) -> None:
            _write_state(aws.endpoint_url, options | {"inert": [asdict(request) for request in taken]})

        write(())
        aws.inert_requests.changed = write
        try:
            while not ended.wait(3600):
                pass
        finally:
            with suppress(FileNotFoundError):
                if (state := _state()) is not None and state.pid == os.getpid():
                    local_state_file().unlink()


def _write_state(endpoint_url: str, options: Mapping[str, Any]) -> None:
    """All at once, readable by this user only: a reader never sees half of it."""
    state = {
        "pid": os.getpid(),
        "endpoint_url": endpoint_url,
        "version": version("personalize-sfn"),
        **options,
    }
    target = local_state_file()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(state, file)
    partial.replace(target)


def _state() -> LocalProcess | None:
    try:
        value: dict[str, Any] = json.loads(local_state_file().read_text())
        return LocalProcess(
            int(value["pid"]),
            value["endpoint_url"],
            value["started"],
            value["version"],
            value.get("data_dir"),
            tuple(value.get("hosts", ())),
            bool(value.get("open", False)),
            bool(value.get("accept_inert", False)),
            pace=value.get("pace"),
            inert=tuple(InertRequest(**request) for request in value.get("inert", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_alive(pid: int) -> bool:
    """Is there such a process, other than one that has ended and waits for its parent?"""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:  # our own child
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)  # between looks at another process, which does not say that it is ready
    return True


@contextmanager
def _one_starter() -> Iterator[None]:
    """Two starts at the same time make one process: the second waits for the first and finds it running."""
    try:
        import fcntl
    except ImportError:  # Windows: the port and the state file still tell
        yield
        return
    with (local_home() / "local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
