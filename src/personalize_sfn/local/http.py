"""The HTTP side of the front door: loopback only, one thread a connection, connections kept open."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
else:
    WSGIApplication = WSGIEnvironment = StartResponse = object

__all__ = ["serve_on_loopback"]

logger = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"


class _Handler(MotoRequestHandler):  # type: ignore[misc, unused-ignore]  # moto is not typed
    """Keeps connections open: werkzeug's own handler closes each one and waits 10 ms after it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()
        return True

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        if environ.get("wsgi.input_terminated"):  # chunked
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True}
        status, headers, answer = run_app(self.server.app, environ)
        names = {name.lower() for name, _ in headers}
        self.send_response(int(status.split()[0]), status.partition(" ")[2])
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in names and not status.startswith(("204", "304")):
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.wfile.flush()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's own names
        logger.debug(message, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The gateway keeps the record of requests."""


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
        return make_server(
            LOOPBACK,
            listening.getsockname()[1],
            app,
            threaded=True,
            request_handler=_Handler,
            fd=listening.fileno(),
        )
