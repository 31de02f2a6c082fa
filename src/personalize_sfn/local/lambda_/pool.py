"""Runs functions: finds or starts a worker, holds it to its time limit, tells what happened as AWS does."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personalize_sfn.local.lambda_.packages import CodeFolders
from personalize_sfn.local.lambda_.workers import (
    Starter,
    Worker,
    WorkerGoneError,
    WorkerTimeoutError,
    bare_environment,
    staying_here,
)
from personalize_sfn.local.scratch_folders import Scratch, sweep

__all__ = ["INIT_SECONDS", "Function", "Invocation", "LambdaExecutor", "Layer", "TooManyRequestsError"]

INIT_SECONDS = 10.0
"""Importing a function (the Init phase) has a limit of its own; an Init that takes longer begins anew with the first
event, within the function's own limit: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
_START_SECONDS = 60.0
"""Starting a process is this machine's business, and counts for neither."""


class TooManyRequestsError(Exception):
    """The function's reserved concurrency is used up."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A version of a layer that a function uses."""

    arn: str
    code_sha256: str
    code: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a deployed function is, at the moment it is invoked."""

    arn: str
    name: str
    version: str = "$LATEST"
    handler: str
    role_arn: str
    code_sha256: str
    code: bytes = field(repr=False)
    timeout_seconds: float = 3
    memory_mb: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    """In the function's order: what a later one holds replaces what an earlier one holds."""
    reserved_concurrency: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Workers with the same key are interchangeable; any change of the function makes new ones."""
        environment = tuple(sorted(self.environment.items()))
        code = (self.code_sha256, self.layers_sha256)
        return (self.arn, self.version, code, self.handler, self.role_arn, self.memory_mb, environment)

    @property
    def layers_sha256(self) -> str:
        """Tells sets of layers apart; empty: none."""
        return "+".join(layer.code_sha256 for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of one event."""

    request_id: str
    payload: bytes
    error: bool
    """True: ``payload`` is AWS's error payload (``errorMessage``, ``errorType``, ...)."""
    log: str
    """START, what the function wrote, END and REPORT, as in CloudWatch Logs."""
    cold: bool
    seconds: float


class LambdaExecutor:
    """Worker processes of all functions.

    Args:
        environment_of: the part of a function's environment that the service sets (endpoint, region, its role's keys).
        idle_seconds: a worker that was not used for so long is ended.
        init_seconds: how long importing a function may take before its first event.
        fork: see :class:`~personalize_sfn.local.lambda_.workers.Starter`.
    """

    def __init__(
        self,
        environment_of: Callable[[Function], Mapping[str, str]],
        *,
        idle_seconds: float = 120.0,
        init_seconds: float = INIT_SECONDS,
        fork: bool | None = None,
    ) -> None:
        self._environment_of = environment_of
        self._idle_seconds = idle_seconds
        self._init_seconds = init_seconds
        self._starter = Starter(fork=fork)
        self._scratch = Scratch("lambda")
        self._folders = CodeFolders(self._scratch.path)
        self._idle: dict[tuple[object, ...], list[Worker]] = defaultdict(list)
        self._busy: set[Worker] = set()
        self._running: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._reap_for_ever, name="lambda-reaper", daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether a function runs."""
        return any(list(self._running.values()))

    def warm(self) -> None:
        """Prepare for the first function; returns at once."""
        self._starter.warm()

    def prepare(self, function: Function) -> None:
        """Have a worker ready for ``function``, so that its first event finds one."""
        worker = self._start(function)
        if worker.receive(self._init_seconds)["ready"]:
            self._release(function, worker)
        else:
            self._drop(worker)

    def invoke(self, function: Function, event: Any) -> Invocation:
        """Run ``function`` on ``event``; failures of the function are told in the answer.

        Raises:
            TooManyRequestsError: its reserved concurrency is used up.
        """
        request_id = str(uuid.uuid4())
        with self._lock:
            if (
                function.reserved_concurrency is not None
                and self._running[function.arn] >= function.reserved_concurrency
            ):
                raise TooManyRequestsError("Rate Exceeded.")
            self._running[function.arn] += 1
        started = time.perf_counter()
        try:
            worker = self._take_idle(function)
            cold = worker is None
            answer = self._run(function, worker, event, request_id)
        finally:
            with self._lock:
                self._running[function.arn] -= 1
        seconds = time.perf_counter() - started
        payload = answer["payload"].encode() if "payload" in answer else base64.b64decode(answer["payload64"])
        log = _log(function, request_id, answer["log"], seconds)
        return Invocation(request_id, payload, not answer["ok"], log, cold, seconds)

    def _run(self, function: Function, idle: Worker | None, event: Any, request_id: str) -> dict[str, Any]:
        limit = left = function.timeout_seconds
        invocation = {"event": event, "request_id": request_id, "arn": function.arn, "timeout": limit}
        worker = idle or self._start(function)
        try:
            answer = {"ready": True} if idle else self._initialised(worker)
            if answer is None:
                self._drop(worker)
                worker, began = self._start(function), time.monotonic()
                answer = worker.receive(limit)
                left = max(0.001, limit - (time.monotonic() - began))
            if answer["ready"]:
                worker.send(invocation)
                answer = worker.receive(left)
        except WorkerTimeoutError:
            self._drop(worker)
            text = f"RequestId: {request_id} Error: Task timed out after {limit:.2f} seconds"
            return _runtime_error("Sandbox.Timedout", text, f"{text}\n")
        except WorkerGoneError:
            self._drop(worker)
            text = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
            return _runtime_error("Runtime.ExitError", text, f"{text}\n")
        if "exit" in answer:
            self._drop(worker)
            text = f"RequestId: {request_id} Error: Runtime exited with error: {answer['exit']}"
            return _runtime_error("Runtime.ExitError", text, f"{answer['log']}{text}\n")
        if answer.get("ready") is False:
            self._drop(worker)  # the next event begins with an Init again
        else:
            self._release(function, worker)
        return answer

    def _initialised(self, worker: Worker) -> dict[str, Any] | None:
        """How the Init phase went; None: it takes too long."""
        try:
            return worker.receive(self._init_seconds)
        except WorkerTimeoutError:
            return None

    def _take_idle(self, function: Function) -> Worker | None:
        with self._lock:
            idle = self._idle[function.key]
            while idle:
                worker = idle.pop()
                if worker.alive:
                    self._busy.add(worker)
                    return worker
                worker.kill()
            return None

    def _start(self, function: Function) -> Worker:
        if self._stopped.is_set():
            raise RuntimeError("the embedded AWS is stopped")
        folder = self._folders.folder(function.code_sha256, function.code)
        layers = None
        if function.layers:
            layers = self._folders.folder(
                f"layers {function.layers_sha256}", *(layer.code for layer in function.layers)
            )
        worker = self._starter.start()
        with self._lock:
            self._busy.add(worker)
        try:
            worker.send(
                {
                    "folder": str(folder),
                    "layers": None if layers is None else str(layers),
                    "handler": function.handler,
                    "memory_mb": function.memory_mb,
                    "environment": self._environment(function, folder, layers),
                }
            )
            worker.receive(_START_SECONDS)
        except (WorkerTimeoutError, WorkerGoneError) as error:
            self._drop(worker)
            raise RuntimeError(f"the process for {function.name} did not start") from error
        return worker

    def _environment(self, function: Function, folder: Path, layers: Path | None) -> dict[str, str]:
        bare = bare_environment()
        if layers is not None:  # https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
            for name, part in (("PATH", "bin"), ("LD_LIBRARY_PATH", "lib")):
                bare[name] = os.pathsep.join(filter(None, (str(layers / part), bare.get(name))))
        stream = time.strftime(f"%Y/%m/%d/[{function.version}]", time.gmtime()) + uuid.uuid4().hex
        return {
            **bare,
            **staying_here(function.environment),
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "LAMBDA_TASK_ROOT": str(folder),
            "_HANDLER": function.handler,
            **self._environment_of(function),
        }

    def _release(self, function: Function, worker: Worker) -> None:
        worker.idle_since = time.monotonic()
        with self._lock:
            self._busy.discard(worker)
            if not self._stopped.is_set():
                self._idle[function.key].append(worker)
                return
        worker.kill()

    def _drop(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.kill()

    def _reap_for_ever(self) -> None:
        sweep()  # here, because no caller waits for it
        while not self._stopped.wait(self._idle_seconds / 4):
            self._reap(time.monotonic() - self._idle_seconds)

    def _reap(self, idle_before: float) -> None:
        with self._lock:
            old = [worker for idle in self._idle.values() for worker in idle if worker.idle_since < idle_before]
            for key, idle in list(self._idle.items()):
                kept = [worker for worker in idle if worker.idle_since >= idle_before]
                if kept:
                    self._idle[key] = kept
                else:
                    del self._idle[key]
        for worker in old:
            worker.kill()

    def stop(self) -> None:
        """End every worker and remove the unpacked code."""
        self._stopped.set()
        with self._lock:
            workers = [*self._busy, *(worker for idle in self._idle.values() for worker in idle)]
            self._busy.clear()
            self._idle.clear()
        for worker in workers:
            worker.kill()
        self._starter.stop()
        self._scratch.remove()


def _runtime_error(error_type: str, message: str, log: str) -> dict[str, Any]:
    return {"ok": False, "payload": json.dumps({"errorType": error_type, "errorMessage": message}), "log": log}


def _log(function: Function, request_id: str, text: str, seconds: float) -> str:
    if text and not text.endswith("\n"):
        text += "\n"
    milliseconds = seconds * 1000
    return (
        f"START RequestId: {request_id} Version: {function.version}\n{text}END RequestId: {request_id}\n"
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {milliseconds + 1:.0f} ms\t"
        f"Memory Size: {function.memory_mb} MB\n"
    )
