"""Runs functions: finds or starts a worker, holds it to its time limit, tells what happened as AWS does."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personalize_sfn.local.lambda_executor.packages import CodeFolders
from personalize_sfn.local.lambda_executor.workers import (
    Starter,
    Worker,
    WorkerGoneError,
    WorkerTimeoutError,
    bare_environment,
    staying_here,
)

__all__ = ["Function", "Invocation", "LambdaExecutor", "TooManyRequestsError"]

_SPARE_SECONDS = 10.0
"""Starting a process and importing a function have a limit of their own (the Init phase, 10 s):
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""


class TooManyRequestsError(Exception):
    """The function's reserved concurrency is used up."""


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
    reserved_concurrency: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Workers with the same key are interchangeable; any change of the function makes new ones."""
        environment = tuple(sorted(self.environment.items()))
        return (self.arn, self.version, self.code_sha256, self.handler, self.role_arn, self.memory_mb, environment)


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
        fork: see :class:`~personalize_sfn.local.lambda_executor.workers.Starter`.
    """

    def __init__(
        self,
        environment_of: Callable[[Function], Mapping[str, str]],
        *,
        idle_seconds: float = 120.0,
        fork: bool | None = None,
    ) -> None:
        self._environment_of = environment_of
        self._idle_seconds = idle_seconds
        self._starter = Starter(fork=fork)
        self._root = Path(tempfile.mkdtemp(prefix="personalize-sfn-lambda-"))
        self._folders = CodeFolders(self._root)
        self._idle: dict[tuple[object, ...], list[Worker]] = defaultdict(list)
        self._busy: set[Worker] = set()
        self._running: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._reap_for_ever, name="lambda-reaper", daemon=True).start()

    def warm(self) -> None:
        """Prepare for the first function; returns at once."""
        self._starter.warm()

    def prepare(self, function: Function) -> None:
        """Have a worker ready for ``function``, so that its first event finds one."""
        worker = self._start(function)
        self._release(function, worker)

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
            worker = worker or self._start(function)
            answer = self._run(function, worker, event, request_id, cold=cold)
        finally:
            with self._lock:
                self._running[function.arn] -= 1
        seconds = time.perf_counter() - started
        payload = answer["payload"].encode()
        log = _log(function, request_id, answer["log"], seconds)
        return Invocation(request_id, payload, not answer["ok"], log, cold, seconds)

    def _run(self, function: Function, worker: Worker, event: Any, request_id: str, *, cold: bool) -> dict[str, Any]:
        limit = function.timeout_seconds
        invocation = {"event": event, "request_id": request_id, "arn": function.arn, "timeout": limit}
        try:
            worker.send(invocation)
            answer = worker.receive(limit + (_SPARE_SECONDS if cold else 0))
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
            text = f"RequestId: {request_id} Error: Runtime exited with error: exit status {answer['exit']}"
            return _runtime_error("Runtime.ExitError", text, answer["log"])
        self._release(function, worker)
        return answer

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
        stream = time.strftime(f"%Y/%m/%d/[{function.version}]", time.gmtime()) + uuid.uuid4().hex
        environment = {
            **bare_environment(),
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
        worker = self._starter.start()
        with self._lock:
            self._busy.add(worker)
        worker.send({"folder": str(folder), "handler": function.handler, "environment": environment})
        return worker

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
        shutil.rmtree(self._root, ignore_errors=True)


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
