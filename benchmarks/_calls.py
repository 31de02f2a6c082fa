"""Timing single calls of the embedded AWS."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from personalize_sfn.state_folder import keys_of

PLAIN = "/_personalize_sfn/health"
"""What the server answers without work."""


def quantiles(action: Callable[[], object], count: int = 300) -> tuple[float, float]:
    """Milliseconds of one call: p50 and p99, after a few that do not count."""
    for _ in range(20):
        action()
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - begun))
    cut = statistics.quantiles(taken, n=100)
    return cut[49], cut[98]


def raw_call(endpoint: str, path: str, body: dict[str, Any] | None = None) -> Callable[[], bytes]:
    """A call of the Personalize runtime over one kept connection, as SDKs make it, but signed once for all calls."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)
    payload = json.dumps(body) if body is not None else None
    method = "POST" if payload else "GET"
    request = AWSRequest(method, endpoint + path, {"Content-Type": "application/json"}, payload)
    SigV4Auth(Credentials(*keys_of(endpoint)), "personalize", "us-east-1").add_auth(request)
    headers = dict(request.headers.items())

    def call() -> bytes:
        connection.request(method, path, payload, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return text

    return call
