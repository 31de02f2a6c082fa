"""Following an execution, and those that it started, by their histories: only new events are fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions as botocore_errors
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from personalize_sfn.aws_errors import EXPIRED, THROTTLED, UNAVAILABLE, code_of, status_of
from personalize_sfn.display.history import Run, read

Poll = Callable[[float], float]
"""Seconds until the next look, from the seconds that were spent waiting so far."""

#: https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html, and what STS and S3 call the same.
_SIGNED_OUT = {
    *EXPIRED,
    "IncompleteSignature",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
}
#: No connection, no answer in time, or one that is not the service's (a proxy's page, a body cut off).
_NO_ANSWER = (
    botocore_errors.ConnectionError,
    botocore_errors.HTTPClientError,
    botocore_errors.IncompleteReadError,
    ResponseParserError,
)
_NO_CREDENTIALS = (
    botocore_errors.CredentialRetrievalError,
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.SSOError,
    botocore_errors.TokenRetrievalError,
)
#: Answers about a child that is another account's, not to be read, or older than the 90 days that histories are kept.
_CLOSED = {"AccessDeniedException", "AccessDenied", "ExecutionDoesNotExist"}
_LONGEST_POLL_SECONDS = 120.0
#: So long may every look fail before a wait gives up: on this machine a server that does not answer is gone, while a
#: laptop may be away from the network for a while.
_SILENCE_SECONDS = {True: 60.0, False: 3600.0}
_PAGE = 1000


class Follower:
    """Reads one execution's history again and again; each :meth:`look` fetches what is new since the last.

    GetExecutionHistory cannot start at a given event, but it can go backwards, from the newest to the last known one.
    """

    def __init__(self, client: Any, arn: str) -> None:
        self.arn = arn
        self._client = client
        self._events: list[Mapping[str, Any]] = []
        self._children: dict[str, Follower] = {}
        self._own = Run(arn)
        """As its own events say, without those that it started."""
        self._run = self._own
        """With them."""
        self._joined = self._own
        """What ``_run`` was made of."""

    def look(self) -> Run:
        """How it stands now, without those that it started where they cannot be read.

        As long as nothing happens it is the same object.

        Raises:
            botocore.exceptions.ClientError: the service refuses, for example ``ExecutionDoesNotExist``.
        """
        if self._run.status != "RUNNING":
            return self._run
        new = self._new_events()
        if new:
            self._events.extend(new)
            self._own = read(self.arn, self._events)
            for span in self._own.spans:
                for child in span.started:
                    self._children.setdefault(child, Follower(self._client, child))
        children: dict[str, Run] = {}
        for arn, follower in self._children.items():
            try:
                children[arn] = follower.look()
            except ClientError as error:
                if code_of(error) not in _CLOSED:
                    raise
        known = self._run.children
        if self._joined is not self._own or any(run is not known.get(arn) for arn, run in children.items()):
            self._run, self._joined = replace(self._own, children=children), self._own
        return self._run

    def _new_events(self) -> list[Mapping[str, Any]]:
        last = int(self._events[-1]["id"]) if self._events else 0
        request: dict[str, Any] = {"executionArn": self.arn, "reverseOrder": last > 0, "maxResults": _PAGE}
        new: list[Mapping[str, Any]] = []
        while True:
            page = self._client.get_execution_history(**request)
            new += [event for event in page["events"] if event["id"] > last]
            reached = last > 0 and any(event["id"] <= last for event in page["events"])
            if reached or not page.get("nextToken"):
                return sorted(new, key=lambda event: int(event["id"]))
            request["nextToken"] = page["nextToken"]


def poll_of(client: Any) -> Poll:
    """The rhythm that suits the AWS behind ``client``.

    The embedded AWS is on this machine: 0.05 s, growing to 0.2 s.  On AWS 10 s for two minutes, 30 s until ten, then
    60 s: histories are charged to a quota of 20 requests a second for the whole account and region
    (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html), and the stages take minutes.
    """
    return _poll_locally if is_loopback(client.meta.endpoint_url) else _poll_on_aws


def longest_silence(client: Any) -> float:
    """Seconds of failing looks after which waiting has no sense."""
    return _SILENCE_SECONDS[is_loopback(client.meta.endpoint_url)]


def _poll_locally(waited: float) -> float:
    return min(0.2, 0.05 + waited / 20)


def _poll_on_aws(waited: float) -> float:
    return 10.0 if waited < 120 else 30.0 if waited < 600 else 60.0


def is_loopback(endpoint_url: str) -> bool:
    return urlsplit(endpoint_url).hostname in {"127.0.0.1", "localhost", "::1"}


def is_throttling(error: ClientError) -> bool:
    return code_of(error) in THROTTLED


def is_passing(error: Exception) -> bool:
    """It says nothing of the execution and may pass: throttling, a server's fault, no connection."""
    if isinstance(error, ClientError):
        return is_throttling(error) or status_of(error) >= 500 or code_of(error) in UNAVAILABLE
    return isinstance(error, _NO_ANSWER)


def is_signed_out(error: Exception) -> bool:
    """The caller's credentials are over, or cannot be renewed: nothing helps but signing in again."""
    if isinstance(error, ClientError):
        return code_of(error) in _SIGNED_OUT
    return isinstance(error, _NO_CREDENTIALS)


def back_off(seconds: float, factor: float) -> float:
    """The interval after throttled looks have multiplied it by ``factor``, up to two minutes."""
    return max(seconds, min(_LONGEST_POLL_SECONDS, factor * seconds))
