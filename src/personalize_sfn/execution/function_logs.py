"""What the project's Lambda functions logged, read back as lines that people and programs understand."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError, DataError
from personalize_sfn.session import Session
from personalize_sfn.workflows import definitions, functions, to_dict

__all__ = ["FunctionLogs", "LogLine", "since"]

_GROUPS = "/aws/lambda/"
#: What Lambda writes around each invocation: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
_FRAME = re.compile(r"(?:START|END|REPORT|INIT_START|EXTENSION|TELEMETRY|XRAY)\b")
_AGO = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[smhd])")
#: A line may come to CloudWatch later than it was written, and this machine's clock may go wrong: in milliseconds.
_LATE = 5 * 60 * 1000
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of one function."""

    time: datetime
    function: str
    """Without the project: ``create-campaign``."""
    operation: str
    """Of AWS: ``CreateCampaign``; of a function that failed, its name.  Empty: the line is text."""
    resource: str
    """ARN or name; empty where the call names none."""
    status: str
    """Of the resource, ``ok``, or the code of an error."""
    execution: str
    """ARN of the execution that invoked it."""
    text: str = ""
    """A line that is none of ours: what Python says of an error, or Lambda of a time limit."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "time": self.time.isoformat()}


def since(text: str, now: datetime) -> datetime:
    """The moment that ``10m``, ``2h``, ``1d`` (ago) or a time of ISO 8601 means; without an offset it is UTC.

    Raises:
        DataError: it is neither.
    """
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago["unit"]]: int(ago["number"])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):  # OverflowError: before the year 1
        raise DataError(
            f"--since: expected 30s, 10m, 2h, 1d or a time such as 2026-01-31T12:00, got {text!r}"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class FunctionLogs:
    """The log groups of a project's functions.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        name: of a function (``create-campaign``) or of a stage (``campaign``: all of its functions); None: all.

    Raises:
        ConfigError: nothing of that name has logged, or the project has no functions.
    """

    def __init__(self, session: Session, config: Config, name: str | None = None) -> None:
        self._client = session.client("logs")
        prefix = f"{_GROUPS}{config.name('')}"
        pages = self._client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
        # Another project's name may begin with this one's: its functions are not among those of our workflows.
        known = functions(config, [to_dict(each) for each in definitions(config, session.arns).values()])
        names = [each["logGroupName"] for page in pages for each in page["logGroups"]]
        groups = {key: name for name in names if (key := name.removeprefix(prefix)) in known}
        wanted = None if name is None else name.removeprefix(config.name(""))
        self._groups = {key: group for key, group in groups.items() if wanted in (None, key, key.partition("-")[2])}
        if not groups:
            raise ConfigError(
                "project", f"no function of {config.project} has a log: 'personalize-sfn deploy' makes them"
            )
        if not self._groups:
            stages = sorted({key.partition("-")[2] for key in groups})
            raise ConfigError("logs", f"expected a stage ({', '.join(stages)}) or a function of it, got {name!r}")
        self._asked: dict[str, int] = {}
        """When each function was asked, in milliseconds since 1970."""
        self._seen: dict[str, dict[str, int]] = {}
        """By function, ids and times of the events of its last look that may be told again."""

    def lines(self, after: datetime, *, most: int | None = None) -> list[LogLine]:
        """What was logged since then and not given before, oldest first.

        Args:
            after: later looks ask for less: what is older than the look before by some minutes has come already.
            most: how many functions to ask: each in its turn.  None: all.
        """
        first = max(0, int(after.timestamp() * 1000))  # CloudWatch counts from 1970
        turn = list(self._groups.items())[:most]
        found: list[LogLine] = []
        for function, group in turn:
            start, now = max(first, self._asked.get(function, 0) - _LATE), int(time.time() * 1000)
            seen = {key: when for key, when in self._seen.get(function, {}).items() if when >= start}
            for event in self._events(group, start):
                if event["eventId"] not in seen:
                    seen[event["eventId"]] = event["timestamp"]
                    found += _line(function, event)
            self._seen[function], self._asked[function] = seen, now
            self._groups[function] = self._groups.pop(function)  # to the end of the queue
        return sorted(found, key=lambda each: each.time)

    def _events(self, group: str, start: int) -> Iterator[Mapping[str, Any]]:
        pages: Iterable[Mapping[str, Any]] = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=start
        )
        for page in pages:
            yield from page["events"]


def _line(function: str, event: Mapping[str, Any]) -> list[LogLine]:
    message = str(event["message"]).rstrip()
    when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    try:
        values = json.loads(message)
        told = [str(values[name]) for name in ("operation", "resource", "status", "execution")]
    except (ValueError, KeyError, TypeError):
        return [] if not message or _FRAME.match(message) else [LogLine(when, function, "", "", "", "", message)]
    return [LogLine(when, function, *told)]
