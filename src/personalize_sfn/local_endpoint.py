"""The embedded AWS in the background: where it answers, whether it is this user's, and how it is started.

It is reached on this machine only: every endpoint is checked to be a loopback address before it is called.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import subprocess
import sys
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from personalize_sfn.errors import LocalAwsError, SessionError
from personalize_sfn.state_folder import HEALTH_PATH, keys_of, local_state_file, proof

__all__ = ["local_health", "require_loopback", "running_local_endpoint", "start_local"]


def running_local_endpoint() -> str | None:
    """The endpoint of the background embedded AWS, if one answers that is this user's; else None."""
    try:
        endpoint = str(json.loads(local_state_file().read_text())["endpoint_url"])
        return endpoint if local_health(endpoint) is not None else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def local_health(endpoint_url: str) -> dict[str, Any] | None:
    """What the embedded AWS there says of itself (``status``, ``pid``, ``version``); None: none of this user's answers.

    Raises:
        LocalAwsError: the user's key pair cannot be read.
    """
    nonce = secrets.token_hex(16)
    # No proxy of the environment: the URL, checked before it is opened, is of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        require_loopback(endpoint_url)
        with opener.open(f"{endpoint_url}{HEALTH_PATH}?nonce={nonce}", timeout=5) as answer:
            health = json.loads(answer.read(10_000))
        genuine = hmac.compare_digest(str(health["proof"]).encode(), proof(keys_of(endpoint_url), nonce).encode())
    except (OSError, ValueError, KeyError, TypeError, HTTPException, SessionError):
        return None
    return dict(health) if genuine else None


def require_loopback(endpoint_url: str) -> None:
    parts = urlsplit(endpoint_url)
    try:
        loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        loopback = False
    if parts.scheme != "http" or not loopback:
        raise SessionError(
            f"the embedded AWS is only reached on this machine: expected http://127.0.0.1:<port>, got {endpoint_url!r}"
        )


def start_local() -> str:
    """Start the embedded AWS in the background, by its own command, so that it outlives this process."""
    done = subprocess.run(
        [sys.executable, "-m", "personalize_sfn.local", "start"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    endpoint = running_local_endpoint()
    if done.returncode != 0 or endpoint is None:
        raise LocalAwsError(f"the embedded AWS did not start: {(done.stderr or done.stdout).strip() or 'no output'}")
    return endpoint
