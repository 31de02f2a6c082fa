"""The process that runs a function's code: what AWS calls the runtime.

Started as a plain script, never imported by the package, so that it holds nothing but the standard library, boto3 and
the function.  Two ways to start one:

* ``worker.py spawn``: one worker; frames go over its stdin and stdout.  Works everywhere, 200-250 ms cold.
* ``worker.py zygote FD``: loads boto3 once, then forks a worker for each request that comes over the Unix socket FD,
  with the worker's own socket attached.  POSIX only; several times faster cold.

A frame is a 4-byte big-endian length and that many bytes of JSON.  The parent sends the settings first (code folder,
layers' folder, handler, environment, memory).  The worker answers ``{"started"}``, imports the function (AWS's Init
phase) and answers ``{"ready"}``, or how that failed, and ends.  Then each event, a frame, is answered by one frame
``{"ok", "payload", "log"}``.  EOF ends the worker.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import math
import os
import signal
import site
import socket
import struct
import sys
import sysconfig
import tempfile
import time
import traceback
import uuid
from collections.abc import Callable
from decimal import Decimal
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
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


class LambdaContext:
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
    PATHS_ON_AWS.update(places_of_this_machine())
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


# -- Where things are --------------------------------------------------------------------------------------------------

PATHS_ON_AWS: dict[str, str] = {}
"""Folders of this machine and what they are on AWS: the function's traces, messages and logs name AWS's."""


def places_of_this_machine() -> dict[str, str]:
    """The SDK and the standard library: https://docs.aws.amazon.com/lambda/latest/dg/python-image.html"""
    library = f"/var/lang/lib/{PYTHON}"
    packages = sys.modules["botocore"].__file__ if "botocore" in sys.modules else None
    found = {str(Path(packages).parents[1]): f"{library}/site-packages"} if packages else {}
    return {**found, str(sysconfig.get_path("stdlib")): library}


def as_on_aws(text: str) -> str:
    """``text`` with each folder of this machine as AWS names it, the longest first."""
    for here in sorted(PATHS_ON_AWS, key=len, reverse=True):
        text = text.replace(here, PATHS_ON_AWS[here])
    return text


def place(settings: dict[str, Any]) -> None:
    """Let imports find the function's code, then its layers, then the runtime.

    As AWS's bootstrap does it: /var/task, /opt/python/lib/python3.x/site-packages, /opt/python; ``.pth`` files
    of layers count.  What function or layers bring of the runtime's own modules takes their place.
    """
    folder, layers = settings["folder"], settings["layers"]
    PATHS_ON_AWS.update({folder: "/var/task"} | ({layers: "/opt"} if layers else {}))
    of_layers = [str(Path(layers, part)) for part in (f"python/lib/{PYTHON}/site-packages", "python")] if layers else []
    sys.path[:0] = [folder, *of_layers]
    for path in of_layers:
        site.addsitedir(path)
    directories = [Path(path) for path in (folder, *of_layers) if Path(path).is_dir()]
    brought = {entry.name.partition(".")[0] for directory in directories for entry in directory.iterdir()}
    replaced = brought & {name.partition(".")[0] for name in (*RUNTIME_MODULES, "certifi")}
    for name in list(sys.modules):
        if name.partition(".")[0] in replaced:
            del sys.modules[name]


# -- Memory ------------------------------------------------------------------------------------------------------------


class Memory:
    """Holds the function to its memory, where the kernel tells how much that is (Linux).

    The runtime's own share, which was there before the function, is not counted.
    """

    _SPARE = 1 << 30
    """Room for what is reserved and never used: stacks of threads, arenas of malloc."""

    def __init__(self, megabytes: int) -> None:
        self._allowed = megabytes << 20
        self._before = _from_kernel("VmHWM")
        if data := _from_kernel("VmData"):
            import resource

            # A function that would take all of this machine's memory gets a MemoryError before it has it.
            limit = data + self._allowed + self._SPARE
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    @property
    def exceeded(self) -> bool:
        return _from_kernel("VmHWM") - self._before > self._allowed


def _from_kernel(name: str) -> int:
    """Bytes, by the name of a line of /proc/self/status; 0 where there is none."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith(f"{name}:")), 0)


# -- Answers -----------------------------------------------------------------------------------------------------------


def error_payload(message: str, error_type: str, trace: list[str], request_id: str = "") -> dict[str, Any]:
    """Members in the order of AWS's runtime; an error of the Init phase has no request id."""
    shown = [as_on_aws(part) for part in trace]
    return {"errorMessage": as_on_aws(message), "errorType": error_type, "requestId": request_id, "stackTrace": shown}


def raised(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """The payload that AWS's runtime makes of an exception: the trace begins where the runtime's own frames end."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in trace]
    while frames and frames[0][0] == __file__:
        del frames[0]
    return error_payload(str(error), type(error).__name__, traceback.format_list(frames), request_id)


def log_error(payload: dict[str, Any]) -> None:
    lines = [f"[ERROR] {payload['errorType']}: {payload['errorMessage']}", "Traceback (most recent call last):"]
    print("\n".join([*lines, *(line for part in payload["stackTrace"] for line in part.splitlines())]))


def load_handler(name: str) -> tuple[Callable[..., Any] | None, dict[str, Any]]:
    """The function's handler, or the payload that says why there is none."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        text = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        return None, error_payload(text, "Runtime.MalformedHandlerName", [])
    if module_name.partition(".")[0] in sys.builtin_module_names:
        text = f"Cannot use built-in module {module_name} as a handler module"
        return None, error_payload(text, "Runtime.BuiltInModuleConflict", [])
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        return None, error_payload(f"Unable to import module '{module_name}': {error}", "Runtime.ImportModuleError", [])
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        text = f"Syntax error in module '{module_name}': {error}"
        return None, error_payload(text, "Runtime.UserCodeSyntaxError", trace)
    except Exception as error:  # code at module level may raise anything: it is the function's failure, told as such
        return None, raised(error)
    try:
        return getattr(module, function_name), {}
    except AttributeError:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, error_payload(text, "Runtime.HandlerNotFound", [])


KILLED = {"ready": False, "exit": "signal: killed"}
"""What AWS says of a function that took more than its memory."""


def invoke(handler: Callable[..., Any], invocation: dict[str, Any]) -> dict[str, Any]:
    """What came of one event: ``ok`` and ``payload`` (or ``payload64``, of bytes that are no text)."""
    request_id = invocation["request_id"]
    try:
        result = handler(invocation["event"], LambdaContext(invocation))
    except MemoryError:
        return KILLED
    except Exception as error:  # whatever the handler raises is the answer
        payload = raised(error, request_id)
    else:
        try:
            return {"ok": True, **marshalled(result)}
        except Exception as error:  # whatever stands in the way of writing it: AWS's runtime tells it so
            payload = error_payload(f"Unable to marshal response: {error}", "Runtime.MarshalError", [], request_id)
    log_error(payload)
    return {"ok": False, "payload": json.dumps(payload)}


def marshalled(result: Any) -> dict[str, str]:
    """As AWS's runtime writes an answer: bytes as they are, anything else as JSON in the dialect of simplejson.

    https://github.com/aws/aws-lambda-python-runtime-interface-client: lambda_runtime_marshaller.py
    """
    if isinstance(result, bytes):
        try:
            return {"payload": result.decode()}
        except UnicodeDecodeError:
            return {"payload64": base64.b64encode(result).decode()}
    numbers: list[str] = []
    mark = uuid.uuid4().hex
    text = json.dumps(_plain(result, mark, numbers, ()), allow_nan=False)
    for place_, number in enumerate(numbers):
        text = text.replace(f'"{mark}-{place_}"', number)
    return {"payload": text}


def _plain(value: Any, mark: str, numbers: list[str], within: tuple[int, ...]) -> Any:
    """``value`` with bytes as text and named tuples as objects; a Decimal, whose digits all count, is put in later."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, Decimal):
        if value.is_nan():
            return math.nan
        numbers.append(str(value))
        return f"{mark}-{len(numbers) - 1}"
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if not isinstance(value, (list, tuple, dict)):
        return value
    if id(value) in within:
        raise ValueError("Circular reference detected")
    within = (*within, id(value))
    if isinstance(value, dict):
        return {
            key.decode() if isinstance(key, bytes) else key: _plain(part, mark, numbers, within)
            for key, part in value.items()
        }
    return [_plain(part, mark, numbers, within) for part in value]


class CapturedOutput:
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
        return as_on_aws(text)


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
    output = CapturedOutput()
    channel.send({"started": True})
    try:
        memory = Memory(settings["memory_mb"])
        place(settings)
        handler, problem = load_handler(settings["handler"])
        if handler is None:  # AWS begins anew for the next event, and so does the parent
            log_error(problem)
            channel.send({"ready": False, "ok": False, "payload": json.dumps(problem), "log": output.take()})
            return
        channel.send({"ready": True})
        while (invocation := channel.receive()) is not None:
            answer = invoke(handler, invocation)
            channel.send({**(KILLED if memory.exceeded else answer), "log": output.take()})
    except SystemExit as exit_:
        channel.send({"ready": False, "exit": f"exit status {exit_.code}", "log": output.take()})


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
