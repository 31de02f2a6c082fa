"""Requests written by hand, as a hostile or careless client sends them."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from personalize_sfn.local import LocalAws

__all__ = ["Answer", "send", "signed"]


@dataclass(frozen=True)
class Answer:
    status: int
    """0: the connection was closed without an answer."""
    text: str

    @property
    def code(self) -> str:
        """The error's code, of whatever form."""
        found = re.search(r'"__type": "(\w+)"|<Code>(\w+)</Code>', self.text)
        return "" if found is None else found[1] or found[2]

    @property
    def json(self) -> Any:
        return json.loads(self.text.partition("\r\n\r\n")[2])


def send(aws: LocalAws, *parts: str | bytes, end: bool = True) -> Answer:
    """Sends the bytes as they are, each part on its own; ``end``: then says that no more comes."""
    address = urlsplit(aws.endpoint_url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part.encode() if isinstance(part, str) else part)
        if end:
            with contextlib.suppress(OSError):  # closed by the other side already
                connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                received += part
    text = received.decode("latin-1")
    return Answer(int(text.split()[1]) if text.startswith("HTTP/") else 0, text)


def signed(
    aws: LocalAws, method: str, path: str, body: bytes = b"", *, service: str = "s3", keys: Any = None, **headers: str
) -> list[str]:
    """The lines of a signed request's head, but for Content-Length and the empty line: a test adds what it wants."""
    request = AWSRequest(method, aws.endpoint_url + path, {k.replace("_", "-"): v for k, v in headers.items()}, body)
    SigV4Auth(Credentials(*(keys or aws.credentials)), service, "us-east-1").add_auth(request)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(aws.endpoint_url).netloc}", "Connection: close"]
    return lines + [f"{name}: {value}" for name, value in request.headers.items()]
