"""Starting and ending worker processes, and talking to one."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Starter", "Worker", "WorkerGoneError", "WorkerTimeoutError", "bare_environment", "staying_here"]

_SCRIPT = Path(__file__).with_name("worker.py")
# What a process needs from the machine.  Not PYTHONDONTWRITEBYTECODE, PYTHONPATH, proxies or AWS_*: a function sees
# what it would see on AWS, and without .pyc files a cold start takes twice as long.
_PASSED_ON = ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
# Neither the user's files nor proxies decide where a function's AWS calls go: they stay on this machine.  botocore
# finds the home folder without HOME, and macOS has proxies without variables.
_STAYS_HERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "*",
    "no_proxy": "*",
}
# What a function's own variables may not set here, by the beginning of the name.
_LEADS_AWAY = (
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    *(name for name in _STAYS_HERE if name.isupper()),
)


class WorkerGoneError(Exception):
    """The process ended before it answered."""


class WorkerTimeoutError(Exception):
    """The process did not answer in time."""


def bare_environment() -> dict[str, str]:
    """The part of this process's environment that a worker may see."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed | {"LANG": "C.UTF-8", "TZ": ":UTC"} | _STAYS_HERE


def staying_here(variables: Mapping[str, str]) -> dict[str, str]:
    """A function's own variables without those that would send its AWS calls elsewhere."""
    return {name: value for name, value in variables.items() if not name.upper().startswith(_LEADS_AWAY)}


class _Process(Protocol):
    def kill(self) -> None: ...


class _Forked:
    """A worker that the zygote forked: known by its id only."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Worker:
    """One process with one function in it; answers one event at a time."""

    def __init__(self, process: _Process, channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self.idle_since = 0.0

    def send(self, message: Mapping[str, Any]) -> None:
        data = json.dumps(message).encode()
        try:
            self._channel.sendall(struct.pack(">I", len(data)) + data)
        except OSError as error:
            raise WorkerGoneError("the process ended") from error

    def receive(self, timeout: float) -> dict[str, Any]:
        """The next frame.

        Raises:
            WorkerTimeoutError: none came within ``timeout`` seconds.
            WorkerGoneError: the process ended.
        """
        self._channel.settimeout(timeout)
        try:
            size = struct.unpack(">I", self._exactly(4))[0]
            answer: dict[str, Any] = json.loads(self._exactly(size))
        except TimeoutError as error:
            raise WorkerTimeoutError(f"no answer within {timeout} s") from error
        except OSError as error:
            raise WorkerGoneError("the process ended") from error
        return answer

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._channel.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise WorkerGoneError("the process ended")
            parts += part
        return bytes(parts)

    @property
    def alive(self) -> bool:
        """False when the process ended by itself; only asked of an idle worker, from which nothing is to be read."""
        self._channel.settimeout(0)
        try:
            return bool(self._channel.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._channel.close()


class _Spawned:
    """A worker process of its own, reaped when it ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        threading.Thread(target=process.wait, daemon=True).start()

    def kill(self) -> None:
        self._process.kill()


class Starter:
    """Starts workers: forked from one warm process where the system can fork, else each by itself.

    Args:
        fork: False starts every worker as a process of its own (slower cold, works everywhere).
    """

    def __init__(self, *, fork: bool | None = None) -> None:
        can_fork = hasattr(os, "fork") and hasattr(socket, "send_fds")
        self._fork = can_fork if fork is None else fork and can_fork
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start what makes the next worker start fast; returns at once."""
        if self._fork:
            with self._lock:
                self._ensure_zygote()

    def start(self) -> Worker:
        """A new worker that waits for its settings."""
        ours, theirs = socket.socketpair()
        with theirs:
            if not self._fork:
                process = subprocess.Popen(  # noqa: S603 - our own script
                    [sys.executable, "-I", str(_SCRIPT), "spawn"],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    env=bare_environment(),
                )
                return Worker(_Spawned(process), ours)
            with self._lock:
                control = self._ensure_zygote()
                socket.send_fds(control, [b"fork"], [theirs.fileno()])
                pid = struct.unpack(">I", control.recv(4, socket.MSG_WAITALL))[0]
        return Worker(_Forked(pid), ours)

    def _ensure_zygote(self) -> socket.socket:
        if self._control is None or self._zygote is None or self._zygote.poll() is not None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._zygote = subprocess.Popen(  # noqa: S603 - our own script
                    [sys.executable, "-I", str(_SCRIPT), "zygote", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    env=bare_environment(),
                    pass_fds=[theirs.fileno()],
                )
            self._control = ours
        return self._control

    def stop(self) -> None:
        """End the warm process; workers are ended by their holders."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._zygote is not None:
                self._zygote.kill()  # it holds nothing
                self._zygote.wait()
            self._control = self._zygote = None
