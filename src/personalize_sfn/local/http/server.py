"""The HTTP side of the front door: loopback only, one thread a connection, connections kept open."""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Callable
from email.errors import (
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import Message
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer

from personalize_sfn.local.aws.responses import AwsError, error_answer
from personalize_sfn.local.http.bodies import Body, framing
from personalize_sfn.local.http.connections import (
    BODY_SECONDS,
    BYTES_A_SECOND,
    DISCARD_SECONDS,
    HEADER_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    WRITE_SECONDS,
    Connections,
    TimedReader,
    most_connections,
)
from personalize_sfn.local.http.signature import Sent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
else:
    WSGIApplication = WSGIEnvironment = StartResponse = object

__all__ = ["SENT", "serve_on_loopback"]

logger = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
_DEFECTS_OF_MAILS = (StartBoundaryNotFoundDefect, MultipartInvariantViolationDefect, NoBoundaryInMultipartDefect)
SENT = "personalize_sfn.sent"
"""Key of the WSGI environment: the request as it came over the wire."""


class _Handler(MotoRequestHandler):  # type: ignore[misc, unused-ignore]  # moto is not typed
    """Keeps connections open: werkzeug's own handler closes each one and waits 10 ms after it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server
    rfile: io.BufferedReader

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._timed = TimedReader(self.connection)
        self.rfile = io.BufferedReader(self._timed, 64 * 1024)
        self._continue = False

    def handle_one_request(self) -> None:
        self.server.connections.wait(self.connection)
        self._continue = False
        try:
            self._timed.begin(IDLE_SECONDS)
            if not self.rfile.peek(1):
                self.close_connection = True
                return
        except TimeoutError:
            self.close_connection = True
            return
        self._timed.begin(HEADER_SECONDS)
        super().handle_one_request()

    def handle_expect_100(self) -> bool:
        self._continue = True  # said when the body is wanted: a refused request sends none
        return True

    def run_wsgi(self) -> None:
        self._timed.begin(BODY_SECONDS, BYTES_A_SECOND)
        try:
            sent = self._sent()
            body = Body(self.rfile, framing(sent), self._before_body)
        except AwsError as error:
            self.close_connection = True
            self._answer(*_as_wsgi(error_answer("s3", error)))
            self._linger()
            return
        environ = self.make_environ()
        environ |= {"wsgi.input": _Input(body, self), "wsgi.input_terminated": True, SENT: sent}
        status, headers, answer = run_app(self.server.app, environ)
        # A body that no handler read: its sender reads the answer only when it has sent all of it.
        keep_open = body.is_done or (body.is_short and not self._continue)
        self.close_connection = self.close_connection or not keep_open
        self._answer(status, headers, answer)
        if not body.is_done and not self._continue:
            self._timed.begin(DISCARD_SECONDS)
            if not body.discard():
                self.close_connection = True
                self._linger()

    def _sent(self) -> Sent:
        """The request as it came.

        Raises:
            AwsError: it is cut off or no proper HTTP.
        """
        if self._timed.has_ended:
            raise AwsError("InvalidRequest", "The request ended within its headers: nothing was done.", 400)
        if _has_other_lines(self.headers):
            raise AwsError("InvalidRequest", "A line of the headers is no header: expected 'Name: value'.", 400)
        target = self.requestline.split()[1]
        if not target.startswith("/") or "#" in target:
            raise AwsError("InvalidRequest", f"Expected a path, got {target[:100]!r}.", 400)
        return Sent(self.command, target, [(name.lower(), value) for name, value in self.headers.items()])

    def _linger(self) -> None:
        """Wait a little for the sender's end: closing on what it still sends would take the answer from it."""
        self._timed.begin(LINGER_SECONDS)
        try:
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.read1(64 * 1024):
                pass
        except OSError:
            pass

    def _before_body(self) -> None:
        if self._continue:
            self._continue = False
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()

    def has_body(self) -> None:
        """The request is whole: this connection does not give way to others until it is answered."""
        self.server.connections.busy(self.connection)

    def _answer(self, status: str, headers: list[tuple[str, str]], answer: bytes) -> None:
        self.connection.settimeout(WRITE_SECONDS)
        names = {name.lower() for name, _ in headers}
        self.send_response(int(status.split(maxsplit=1)[0]), status.partition(" ")[2])
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in names and not status.startswith(("204", "304")):
            self.send_header("Content-Length", str(len(answer)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.wfile.flush()

    def finish(self) -> None:
        self.server.connections.remove(self.connection)
        super().finish()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return _date(int(time.time() if timestamp is None else timestamp))

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's own names
        logger.debug(message, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The gateway keeps the record of requests."""


class _Input:
    """``wsgi.input``: the body, read at once and with a limit."""

    def __init__(self, body: Body, handler: _Handler) -> None:
        self._body = body
        self._handler = handler

    def read_body(self, limit: int, service: str) -> bytes:
        whole = self._body.read(limit, service)
        self._handler.has_body()
        return whole


class _Server(ThreadedWSGIServer):
    """Werkzeug's server with a limit on connections."""

    daemon_threads = True

    def __init__(self, port: int, app: WSGIApplication, fd: int) -> None:
        self.connections = Connections(most_connections())
        super().__init__(LOOPBACK, port, app, _Handler, fd=fd)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.connections.add(request):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)


@lru_cache(maxsize=2)
def _date(seconds: int) -> str:
    """The same text serves all answers of a second."""
    return formatdate(seconds, usegmt=True)


def _has_other_lines(headers: Message) -> bool:
    """Lines that are no headers; Python reads headers as a mail's, and misses the parts that some types promise."""
    if any(not isinstance(defect, _DEFECTS_OF_MAILS) for defect in headers.defects):
        return True
    payload = headers.get_payload()
    if isinstance(payload, list):  # Content-Type: message/rfc822
        return any(isinstance(part, Message) and (part.keys() or part.get_payload()) for part in payload)
    return bool(payload)


def _as_wsgi(answer: tuple[int, list[tuple[str, str]], bytes]) -> tuple[str, list[tuple[str, str]], bytes]:
    return f"{answer[0]} Refused", answer[1], answer[2]


def run_app(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
    """Call a WSGI application and collect ``(status, headers, body)``."""
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], Any]:
        started[:] = [status, headers]
        return written.append

    parts = app(environ, start_response)
    try:
        written.extend(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return started[0], started[1], b"".join(written)


def serve_on_loopback(app: WSGIApplication, port: int = 0) -> BaseWSGIServer:
    """A server bound to 127.0.0.1 and ``port`` (0: any free one); call its ``serve_forever``.

    Raises:
        OSError: the port cannot be used.  (werkzeug, left to bind by itself, would end the process.)
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(128)
        return _Server(listening.getsockname()[1], app, listening.fileno())
