"""Whom the front door answers at all: clients that mean this machine by name, and no web page.

A page in a browser can send requests to a loopback port; by DNS rebinding it can even read the answers, as the server's
own page.  It cannot choose the Host header, and it cannot leave out Origin or Sec-Fetch-Site where browsers send them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.http.signature import Sent

__all__ = ["check_address", "host_names"]

_HOST = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9_.-]+)(?::\d{1,5})?", re.ASCII)
_ALWAYS = frozenset({"127.0.0.1", "localhost", "[::1]"})


def host_names(names: Iterable[str]) -> frozenset[str]:
    """The names that the Host header may have, besides those of this machine's loopback address.

    Raises:
        LocalAwsError: one of them is no host name.
    """
    found = set()
    for name in names:
        plain = name.strip().lower().rstrip(".")
        match = _HOST.fullmatch(plain)
        if match is None or match[1] != plain:
            raise LocalAwsError(f"hosts: expected a host name without port, as in aws.example.internal, got {name!r}")
        found.add(plain)
    return frozenset(found)


def check_address(sent: Sent, also: frozenset[str]) -> None:
    """Refuse what was sent to another name than ours, or by a web page.

    Raises:
        AwsError: HTTP 421 or 400 for the Host, 403 for a page.
    """
    hosts = sent.all("host")
    if len(hosts) != 1:
        raise AwsError("InvalidRequest", f"Expected one Host header, got {len(hosts)}.", 400)
    name = _name(hosts[0])
    if not (name in _ALWAYS or name.endswith(".localhost") or name in also):
        raise AwsError(
            "MisdirectedRequest",
            f"The embedded AWS does not answer to the name {hosts[0][:200]!r}: expected 127.0.0.1, localhost, [::1] or "
            "*.localhost. For another name start it with 'personalize-sfn local start --host NAME' or "
            "LocalAws(hosts=['NAME']).",
            421,
        )
    origin, fetched = sent.all("origin"), sent.all("sec-fetch-site")
    # The value "none" means that the user typed the address or opened a bookmark.  All else was asked for by a page, be
    # it of another site, of another port of this machine, or an object in S3 that a browser shows.
    if origin or any(value.strip().lower() != "none" for value in fetched):
        raise AwsError(
            "AccessDenied",
            "The embedded AWS takes no requests from web pages (this one has an Origin or a Sec-Fetch-Site header): "
            "call it from a program.",
            403,
        )


def _name(host: str) -> str:
    """The name in a Host header, without port and final dot; empty when it is none."""
    match = _HOST.fullmatch(host.strip().lower())
    return match[1].rstrip(".") if match else ""
