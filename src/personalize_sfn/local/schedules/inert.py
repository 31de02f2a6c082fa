"""What AWS would do later, by itself, and the embedded AWS never does: schedules, deliveries, alarms, scaling.

To take such a request and then do nothing would mislead: each is refused by name, unless the embedded AWS was told to
take them (``accept_inert``), which keeps a list of what it took.  A row a request; what is only stored, and read back,
has none.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.aws.account import ACCOUNT_ID
from personalize_sfn.local.aws.responses import unsupported
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["Inert", "InertRequest", "inert_rows"]

logger = logging.getLogger(__name__)
_HOW = "LocalAws(accept_inert=True) or 'personalize-sfn local start --accept-inert' takes it, and nothing happens."


_DESTINATION = re.compile(rb"<(\w+:)?(Queue|Topic|CloudFunction|LambdaFunction|EventBridge)Configuration\b")


@dataclass(frozen=True, slots=True)
class InertRequest:
    """A request that was taken, and of which nothing comes."""

    operation: str
    """``scheduler:CreateSchedule``."""
    name: str
    """Of what it made or changed; empty when the request names nothing."""
    why: str
    """What does not happen."""


@dataclass(frozen=True, slots=True)
class _Row:
    service: str
    """The signing name."""
    operation: str
    why: str
    when: Callable[[Request], bool] = lambda _: True


def _member(request: Request, *path: str) -> Any:
    """A member of a JSON or form request, in the spelling of either; None where there is none."""
    value: Any = request.members
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is_not(value: object, *path: str) -> Callable[[Request], bool]:
    return lambda request: _member(request, *path) != value


def _given(*path: str) -> Callable[[Request], bool]:
    return lambda request: bool(_member(request, *path))


def _is_one_of(values: Iterable[str], *path: str) -> Callable[[Request], bool]:
    return lambda request: _member(request, *path) in values


def _scheduled_or_of_aws(request: Request) -> bool:
    """A rule by the clock, or for events of AWS's own services, of which none is sent here."""
    if request.json.get("State") == "DISABLED":
        return False
    return bool(request.json.get("ScheduleExpression")) or _only_of_aws(request.json.get("EventPattern"))


def _only_of_aws(pattern: Any) -> bool:
    try:
        sources = json.loads(pattern or "{}").get("source")
    except (ValueError, TypeError, AttributeError):
        return False
    return isinstance(sources, list) and bool(sources) and all(str(source).startswith("aws.") for source in sources)


def delivers(arn: str) -> bool:
    """Whether a rule's events reach this target: queues, log groups and other event buses."""
    service, resource = (arn.split(":") + [""] * 6)[2], arn.split(":", 5)[-1]
    return service in ("sqs", "logs") or (service == "events" and resource.startswith("event-bus/"))


def _undelivered(request: Request) -> bool:
    targets = request.json.get("Targets")
    arns = [str(target.get("Arn", "")) for target in targets or [] if isinstance(target, dict)]
    return not all(delivers(arn) for arn in arns)


def _has_dead_letters(request: Request) -> bool:
    return bool(_member(request, "DeadLetterConfig", "TargetArn"))


def _has_destinations(request: Request) -> bool:
    destinations = _member(request, "DestinationConfig")
    return isinstance(destinations, dict) and any((value or {}).get("Destination") for value in destinations.values())


def _to_lambda(request: Request) -> bool:
    return str(request.json.get("destinationArn", "")).split(":")[2:3] == ["lambda"]


def _notifies(request: Request) -> bool:
    return _DESTINATION.search(request.body) is not None


def _enables_a_schedule(request: Request) -> bool:
    from moto.events.models import events_backends

    bus = events_backends[ACCOUNT_ID][request.region].event_buses.get(request.json.get("EventBusName") or "default")
    rule = bus.rules.get(request.json.get("Name")) if bus is not None else None
    return rule is not None and bool(rule.scheduled_expression)


def _to_people_or_code(request: Request) -> bool:
    return str(_member(request, "Protocol")).lower() not in ("sqs", "http", "https")  # http is refused either way


_NO_CLOCK = "nothing runs by the clock"
_NO_TARGET = "only queues, log groups and event buses get the events of a rule"
_NO_MAIL = "no message leaves this machine"
_NO_SCALING = "nothing scales"

_ROWS = (
    _Row("scheduler", "CreateSchedule", _NO_CLOCK, _is_not("DISABLED", "State")),
    _Row("scheduler", "UpdateSchedule", _NO_CLOCK, _is_not("DISABLED", "State")),
    _Row("events", "PutRule", "no rule runs by the clock, and AWS's services send no events", _scheduled_or_of_aws),
    _Row("events", "EnableRule", _NO_CLOCK, _enables_a_schedule),
    _Row("events", "PutTargets", _NO_TARGET, _undelivered),
    _Row("s3", "PutBucketNotificationConfiguration", "a bucket sends no notification", _notifies),
    _Row("s3", "PutBucketReplication", "no object is replicated"),
    _Row("monitoring", "PutMetricAlarm", "the state of an alarm is never evaluated"),
    _Row("monitoring", "PutCompositeAlarm", "the state of an alarm is never evaluated"),
    _Row("monitoring", "PutInsightRule", "the rule is never evaluated"),
    _Row("sns", "Subscribe", "a topic delivers to queues only", _to_people_or_code),
    _Row("sns", "Publish", _NO_MAIL, _given("PhoneNumber")),
    _Row("lambda", "CreateEventSourceMapping", "no source invokes a function", _is_not(False, "Enabled")),
    _Row("lambda", "UpdateEventSourceMapping", "no source invokes a function", _is_not(False, "Enabled")),
    _Row("lambda", "CreateFunctionUrlConfig", "no URL invokes a function"),
    _Row("lambda", "PutFunctionEventInvokeConfig", "results go to no destination", _has_destinations),
    _Row("lambda", "UpdateFunctionEventInvokeConfig", "results go to no destination", _has_destinations),
    _Row("lambda", "CreateFunction", "failed events go to no queue for dead letters", _has_dead_letters),
    _Row("lambda", "UpdateFunctionConfiguration", "failed events go to no queue for dead letters", _has_dead_letters),
    _Row("lambda", "CreateFunction", "container images do not run", _is_one_of(("Image",), "PackageType")),
    _Row("logs", "PutSubscriptionFilter", "log events reach no function", _to_lambda),
    _Row("logs", "PutMetricFilter", "log events become no metrics"),
    _Row("pipes", "CreatePipe", "a pipe moves nothing", _is_not("STOPPED", "DesiredState")),
    _Row("budgets", "CreateBudget", "no budget notifies", _given("NotificationsWithSubscribers")),
    _Row("budgets", "CreateNotification", "no budget notifies"),
    _Row("ses", "SendEmail", _NO_MAIL),
    _Row("ses", "SendRawEmail", _NO_MAIL),
    _Row("ses", "SendTemplatedEmail", _NO_MAIL),
    _Row("ses", "SendBulkTemplatedEmail", _NO_MAIL),
    _Row("ses", "CreateReceiptRule", "no mail is received"),
    _Row("ses", "CreateConfigurationSetEventDestination", "no event is delivered"),
    _Row("autoscaling", "PutScalingPolicy", _NO_SCALING),
    _Row("autoscaling", "PutScheduledUpdateGroupAction", _NO_SCALING),
    _Row("application-autoscaling", "PutScalingPolicy", _NO_SCALING),
    _Row("application-autoscaling", "PutScheduledAction", _NO_SCALING),
    _Row("ssm", "CreateMaintenanceWindow", _NO_CLOCK),
    _Row("backup", "CreateBackupPlan", _NO_CLOCK),
    _Row("synthetics", "CreateCanary", _NO_CLOCK),
    _Row("config", "PutConfigRule", "the rule is never evaluated"),
    _Row("cloudtrail", "StartLogging", "no event is logged"),
    _Row("iot", "CreateTopicRule", "no rule acts on a message"),
    _Row("rds", "CreateEventSubscription", "no event is delivered"),
)
_BY_REQUEST: dict[tuple[str, str], list[_Row]] = {}
for _row in _ROWS:
    _BY_REQUEST.setdefault((_row.service, _row.operation), []).append(_row)
_SERVICES = {row.service for row in _ROWS}
# S3's requests name no operation.
_S3_OPERATIONS = {"notification": "PutBucketNotificationConfiguration", "replication": "PutBucketReplication"}
_NAMES = ("Name", "AlarmName", "Rule", "FunctionName", "TopicArn", "filterName", "RuleName", "PolicyName", "Endpoint")


def inert_rows() -> list[tuple[str, str, str]]:
    """Service (by its signing name), operation and what does not happen: of every request that is refused."""
    return [(row.service, row.operation, row.why) for row in _ROWS]


class Inert:
    """Refuses these requests, or takes them and remembers which.

    Args:
        accept: take them.
    """

    changed: Callable[[list[InertRequest]], None] | None = None
    """Called with all that was taken, each time that it has become more."""

    def __init__(self, *, accept: bool = False) -> None:
        self._accept = accept
        self._lock = threading.Lock()
        self._taken: dict[InertRequest, None] = {}

    @property
    def taken(self) -> list[InertRequest]:
        """What was taken since the start, each once, in that order."""
        with self._lock:
            return list(self._taken)

    def check(self, request: Request) -> InertRequest | None:
        """The request, if it is one of which nothing comes and which is to be taken: tell :meth:`took` if it went well.

        Raises:
            AwsError: UnsupportedOperation: it is one, and is not to be taken.
        """
        if request.service not in _SERVICES:
            return None
        operation = _operation(request)
        for row in _BY_REQUEST.get((request.service, operation), ()):
            if row.when(request):
                name = f"{row.service}:{row.operation}"
                if not self._accept:
                    raise unsupported(f"The embedded AWS does not support this {name}: {row.why}. {_HOW}")
                return InertRequest(name, _name(request), row.why)
        return None

    def took(self, request: InertRequest) -> None:
        with self._lock:
            if request in self._taken:
                return
            self._taken[request] = None
            if self.changed is not None:
                self.changed(list(self._taken))
        logger.warning("%s %s was taken, but %s", request.operation, request.name, request.why)


def _operation(request: Request) -> str:
    if request.service != "s3":
        return request.operation
    if request.method != "PUT" or request.path.strip("/").count("/"):
        return ""
    return next((name for part, name in _S3_OPERATIONS.items() if part in request.query), "")


def _name(request: Request) -> str:
    members = request.members
    given = next((str(members[name]) for name in _NAMES if members.get(name)), "")
    return one_line(given or request.path.rstrip("/").rpartition("/")[2])
