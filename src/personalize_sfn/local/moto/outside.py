"""What would leave this machine: refused by name where it is asked for, and walled off where it would happen.

The backend delivers to web addresses by real requests.  Nothing of a local run may do that, to no address.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from personalize_sfn.local.aws.responses import AwsError, unsupported

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["check_stays_here", "wall_off"]

_REASON = "The embedded AWS does not support {what}: nothing of a local run leaves this machine."

# Operation -> what of it would leave; empty when this request does not.
_ASKED: dict[tuple[str, str], Callable[[Request], str]] = {
    ("sns", "Subscribe"): lambda request: (
        f"sns:Subscribe with Protocol {request.form.get('Protocol')}"
        if request.form.get("Protocol", "").lower() in ("http", "https")
        else ""
    ),
    ("events", "CreateApiDestination"): lambda _: "events:CreateApiDestination",
    ("firehose", "CreateDeliveryStream"): lambda request: (
        "a delivery stream to an HTTP endpoint" if "HttpEndpointDestinationConfiguration" in request.json else ""
    ),
    ("firehose", "UpdateDestination"): lambda request: (
        "a delivery stream to an HTTP endpoint" if "HttpEndpointDestinationUpdate" in request.json else ""
    ),
}
# Modules of the backend that send requests by ``requests``, which each of them has as a name of its own.
_SENDERS = (
    "moto.apigateway.integration_parsers.aws_parser",
    "moto.apigateway.integration_parsers.http_parser",
    "moto.events.models",
    "moto.firehose.models",
    "moto.sns.models",
)


def check_stays_here(request: Request) -> None:
    """Refuse a request for something that would leave this machine.

    Raises:
        AwsError: UnsupportedOperation.
    """
    find = _ASKED.get((request.service, request.operation))
    if find is not None and (what := find(request)):
        raise unsupported(_REASON.format(what=what))


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise AwsError("UnsupportedOperation", _REASON.format(what="requests to other addresses"), 501)


_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "request")
_WALL = SimpleNamespace(**dict.fromkeys(_METHODS, _refuse))


def wall_off() -> None:
    """Take the way out from those of the backend's modules that are loaded by now; costs next to nothing."""
    for name in _SENDERS:
        module = sys.modules.get(name)
        if module is not None and getattr(module, "requests", _WALL) is not _WALL:
            module.requests = _WALL  # type: ignore[attr-defined]
