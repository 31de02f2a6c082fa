"""Schedule expressions of EventBridge Scheduler and of EventBridge rules, and the requests that carry them.

What is wrong is refused as AWS refuses it, whether or not the embedded AWS takes schedules at all.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from personalize_sfn.local.aws.responses import AwsError

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["Account", "check_schedule"]

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
# Of each field: the least and the greatest number, names of numbers, and what else a part of it may be.
_FIELDS: tuple[tuple[int, int, dict[str, int], str], ...] = (
    (0, 59, {}, r"(?!)"),
    (0, 23, {}, r"(?!)"),
    (1, 31, {}, r"\?|L|LW|L-\d{1,2}|([1-9]|[12]\d|3[01])W"),
    (1, 12, _MONTHS, r"(?!)"),
    (1, 7, _DAYS, r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    (1970, 2199, {}, r"(?!)"),
)
_PART = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?")


class Account(Protocol):
    """What a schedule is held against."""

    @property
    def account(self) -> str: ...
    def role_trusts(self, role_arn: str, service: str) -> bool:
        """Whether the role exists and its trust policy lets the service assume it."""

    def exists(self, arn: str) -> bool:
        """Whether a function, state machine, queue, topic or schedule group is there; True for what cannot be told."""


def check_schedule(request: Request, account: Account, now: dt.datetime) -> None:
    """Refuse a schedule that AWS would refuse; nothing for requests that carry none.

    Raises:
        AwsError: ValidationException, in AWS's words where they are known.
    """
    check = _CHECKS.get((request.service, request.operation)) if request.service in ("scheduler", "events") else None
    if check is not None:
        check(request, account, now)


def _scheduler(request: Request, account: Account, now: dt.datetime) -> None:
    members = request.json
    expression = str(members.get("ScheduleExpression", ""))
    zone = _zone(members.get("ScheduleExpressionTimezone") or "UTC")
    at = _AT.fullmatch(expression)
    if at is None:
        valid = _RATE.fullmatch(expression) is not None or _is_cron(expression)
    else:
        moment = _moment(at[1], zone)
        valid = moment is not None and (moment > now or members.get("State") == "DISABLED")
    if not valid:
        raise AwsError("ValidationException", f"Invalid Schedule Expression {expression}.")
    target = members.get("Target")
    target = target if isinstance(target, dict) else {}
    if not account.role_trusts(str(target.get("RoleArn", "")), "scheduler.amazonaws.com"):
        raise AwsError(
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        )
    group = str(members.get("GroupName") or "default")
    if not account.exists(f"arn:aws:scheduler:{request.region}:{account.account}:schedule-group/{group}"):
        raise AwsError("ResourceNotFoundException", f"Schedule group {group} does not exist.", 404)
    arn = str(target.get("Arn", ""))
    _arn(arn)
    if not account.exists(arn):
        raise AwsError("ValidationException", f"The target {arn} does not exist.")


def _rule(request: Request, _account: Account, _now: dt.datetime) -> None:
    """A rule's rate is spelled as English has it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"""
    members = request.json
    expression = members.get("ScheduleExpression")
    if not expression:
        if not members.get("EventPattern"):
            message = "Parameter(s) EventPattern or ScheduleExpression must be specified."
            raise AwsError("ValidationException", message)
        return
    rate = _RATE.fullmatch(str(expression))
    spelled = rate is not None and (rate[1] == "1") == (rate[3] == "")
    if not spelled and not _is_cron(str(expression)):
        raise AwsError("ValidationException", "Parameter ScheduleExpression is not valid.")


def _targets(request: Request, _account: Account, _now: dt.datetime) -> None:
    targets = request.json.get("Targets")
    for target in targets if isinstance(targets, list) else []:
        _arn(str(target.get("Arn", "")) if isinstance(target, dict) else "")


_CHECKS: dict[tuple[str, str], Callable[[Request, Account, dt.datetime], None]] = {
    ("scheduler", "CreateSchedule"): _scheduler,
    ("scheduler", "UpdateSchedule"): _scheduler,
    ("events", "PutRule"): _rule,
    ("events", "PutTargets"): _targets,
}


def _arn(arn: str) -> None:
    if arn.count(":") < 5 or not arn.startswith("arn:"):
        raise AwsError("ValidationException", "Provided Arn is not in correct format.")


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise AwsError("ValidationException", f"Invalid ScheduleExpressionTimezone {name}.") from error


def _moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None


def _is_cron(expression: str) -> bool:
    """Six fields; one of day of month and day of week is ``?``, and only one."""
    found = _CRON.fullmatch(expression)
    fields = found[1].upper().split(" ") if found else []
    if len(fields) != len(_FIELDS) or (fields[2] == "?") == (fields[4] == "?"):
        return False
    return all(_is_field(field, *rule) for field, rule in zip(fields, _FIELDS, strict=True))


def _is_field(field: str, least: int, greatest: int, names: dict[str, int], special: str) -> bool:
    return all(
        re.fullmatch(special, part) is not None or _is_part(part, least, greatest, names) for part in field.split(",")
    )


def _is_part(part: str, least: int, greatest: int, names: dict[str, int]) -> bool:
    """``*``, ``5``, ``MON-FRI``, ``0/15``: numbers or their names, a range, a step."""
    found = _PART.fullmatch(part)
    if found is None:
        return False
    first, last, step = found.groups()
    values = [text for text in (first, last) if text not in (None, "*")]
    numbers = [names[text] if text in names else int(text) if text.isdecimal() else None for text in values]
    if first == "*" and last is not None:
        return False
    in_range = all(number is not None and least <= number <= greatest for number in numbers)
    return in_range and (step is None or int(step) > 0)
