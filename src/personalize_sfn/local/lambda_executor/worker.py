"""The process that runs a function's code: what AWS calls the runtime.

Started as a plain script, never imported by the package, so that it holds nothing but the standard library, boto3 and
the function.  Two ways to start one:

* ``worker.py spawn``: one worker; frames go over its stdin and stdout.  Works everywhere, 200-250 ms cold.
* ``worker.py zygote FD``: loads boto3 once, then forks a worker for each request that comes over the Unix socket FD,
  with the worker's own socket attached.  POSIX only; several times faster cold.

A frame is a 4-byte big-endian length and that many bytes of JSON.  The parent sends the settings first (code folder,
handler, environment), then one event a frame; each is answered by one frame ``{"ok", "payload", "log"}``.  EOF ends the
worker.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import struct
import sys
import sysconfig
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What AWS's Python runtimes bring besides the standard library:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html (the SDK and what it needs)
RUNTIME_MODULES = (
    "boto3.s3.inject",
    "botocore.client",
    "dateutil.parser",
    "jmespath",
    "s3transfer.manager",
    "six",
    "urllib3",
)
# Their API descriptions take most of a first client's time; loading them once serves all forked workers.
PRELOADED_SERVICES = ("personalize", "personalize-runtime", "personalize-events", "s3")


class Context:
    """The second argument of a handler: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    identity = None
    client_context = None

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id = invocation["request_id"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = invocation["arn"]
        self._deadline = time.monotonic() + invocation["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class Channel:
    """Frames over two file descriptors."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._in = os.fdopen(read_fd, "rb")
        self._out = os.fdopen(write_fd, "wb")

    def receive(self) -> Any:
        head = self._in.read(4)
        if len(head) < 4:
            return None
        return json.loads(self._in.read(struct.unpack(">I", head)[0]))

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self._out.write(struct.pack(">I", len(data)) + data)
        self._out.flush()


def preload() -> None:
    """Import what the runtime has, then forget where it came from: a function finds only what it would find on AWS."""
    for name in RUNTIME_MODULES:
        with contextlib.suppress(ImportError):  # six: not in every version of boto3's requirements
            importlib.import_module(name)
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    paths += [str(Path(path, "lib-dynload")) for path in paths]
    zipped = [path for path in sys.path if path.endswith(".zip")]
    sys.path[:] = list(dict.fromkeys(path for path in [*zipped, *paths] if Path(path).exists()))


def preload_descriptions() -> None:
    """Load API descriptions into the default session's loader, which reads neither environment nor keys."""
    import boto3

    boto3.DEFAULT_SESSION = session = boto3.Session()
    loader = session._session.get_component("data_loader")
    for service in PRELOADED_SERVICES:
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")
    loader.load_data("endpoints")
    loader.load_data("partitions")
    loader.load_data("sdk-default-configuration")


def failure(error: BaseException, error_type: str | None = None, *, with_trace: bool = True) -> dict[str, Any]:
    """The payload that AWS's runtime makes of an exception."""
    trace = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in trace if frame.filename != __file__ and "importlib" not in frame.filename]
    return {
        "errorMessage": str(error),
        "errorType": error_type or type(error).__name__,
        "stackTrace": traceback.format_list(own) if with_trace else [],
    }


def load_handler(settings: dict[str, Any]) -> tuple[Callable[..., Any] | None, dict[str, Any]]:
    """The function's handler, or the payload that says why there is none."""
    sys.path.insert(0, settings["folder"])
    module_name, _, function_name = settings["handler"].rpartition(".")
    prefix = f"Unable to import module '{module_name}': "
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        return None, failure(ImportError(prefix + str(error)), "Runtime.ImportModuleError")
    except SyntaxError as error:
        text = f"Syntax error in module '{module_name}': {error}"
        return None, failure(SyntaxError(text), "Runtime.UserCodeSyntaxError")
    except Exception as error:  # code at module level may raise anything: it is the function's failure, told as such
        return None, failure(error)
    handler = getattr(module, function_name, None)
    if not callable(handler):
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, failure(AttributeError(text), "Runtime.HandlerNotFound")
    return handler, {}


def invoke(handler: Callable[..., Any], invocation: dict[str, Any]) -> tuple[bool, str]:
    """Answer ``(ok, payload text)`` of one event."""
    try:
        result = handler(invocation["event"], Context(invocation))
    except Exception as error:  # whatever the handler raises is the answer
        traceback.print_exc()
        return False, json.dumps({**failure(error), "requestId": invocation["request_id"]})
    try:
        return True, json.dumps(result)
    except (TypeError, ValueError) as error:
        reason = TypeError(f"Unable to marshal response: {error}")
        payload = failure(reason, "Runtime.MarshalError", with_trace=False)
        return False, json.dumps({**payload, "requestId": invocation["request_id"]})


class Output:
    """Collects what is written to file descriptors 1 and 2, by any code, between two events."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor in (1, 2):
            os.dup2(self._file.fileno(), descriptor)
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False, encoding="utf-8", errors="replace")
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False, encoding="utf-8", errors="replace")

    def take(self) -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        self._file.seek(0)
        text = self._file.read().decode(errors="replace")
        self._file.seek(0)
        self._file.truncate()
        return text


def serve(channel: Channel) -> None:
    """Run one function until the parent closes the channel."""
    settings = channel.receive()
    if settings is None:
        return
    os.environ.clear()
    os.environ.update(settings["environment"])
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(settings["folder"])
    output = Output()
    handler: Callable[..., Any] | None = None
    problem: dict[str, Any] = {}
    started = False
    while (invocation := channel.receive()) is not None:
        try:
            if not started:
                handler, problem = load_handler(settings)
                started = True
            if handler is None:
                ok, payload = False, json.dumps({**problem, "requestId": invocation["request_id"]})
            else:
                ok, payload = invoke(handler, invocation)
        except SystemExit as exit_:
            channel.send({"ok": False, "exit": str(exit_.code), "log": output.take()})
            return
        channel.send({"ok": ok, "payload": payload, "log": output.take()})


def zygote(control_fd: int) -> None:
    """Fork one worker for each socket that comes over ``control_fd``, until it is closed."""
    control = socket.socket(fileno=control_fd)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps the workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the parent's business
    preload_descriptions()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(Channel(descriptors[0], os.dup(descriptors[0])))
            return
        os.close(descriptors[0])
        control.sendall(struct.pack(">I", pid))


def main() -> None:
    preload()
    if sys.argv[1] == "zygote":
        zygote(int(sys.argv[2]))
    else:
        serve(Channel(os.dup(0), os.dup(1)))


if __name__ == "__main__":
    main()
