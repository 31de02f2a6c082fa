"""Schedule expressions: the wrong ones as LocalStack recorded them of AWS, the right ones from AWS's pages."""

from __future__ import annotations

import datetime as dt

import pytest

from personalize_sfn.local.aws.request import Request
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.schedules.expressions import check_schedule

NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
REFUSED_BY_AWS = [
    "cron(0 1 * * * *)",
    "cron(7 20 * * NOT *)",
    "cron(INVALID)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(71 8 1 * ? *)",
    "cron()",
    "rate(10 seconds)",
    "rate(10 years)",
    "rate()",
    "rate(10)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(-10 minutes)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "at(2021-12-31T23:59:59Z)",
    "at(2021-12-31)",
]
WRONG = [
    "",
    "every tuesday",
    "rate(0 minutes)",
    "cron(0 3 ? * ? *)",
    "cron(60 3 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 3 32 * ? *)",
    "cron(0 3 * 13 ? *)",
    "cron(0 3 ? * 8 *)",
    "cron(0 3 ? * MON#6 *)",
    "cron(0 3 * * ?)",
    "cron(0 3 * * ? * *)",
    "cron(0 3 * * ? 1969)",
    "cron(0/0 3 * * ? *)",
    "at(2027-02-30T00:00:00)",
    "at(2026-11-28T11:59:59)",
    "cron(0 3 * * ? *) ",
    "cron(-1 3 * * ? *)",
    "cron(0 3 * JAN-FOO ? *)",
]
RIGHT = [
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(0/30 20-2 ? * MON-FRI *)",
    "cron(0 9 ? * 2#1 *)",
    "cron(0 8 L * ? *)",
    "cron(0 8 3W * ? *)",
    "cron(15 10 ? * 6L 2026-2030)",
    "cron(30 0 1 JAN,APR,JUL,OCT ? *)",
    "rate(1 hour)",
    "rate(5 minutes)",
    "rate(7 days)",
    "at(2026-11-28T12:00:01)",
    "at(2099-12-31T23:59:59)",
]


class Everything:
    account = "123456789012"

    def role_trusts(self, role_arn: str, service: str) -> bool:
        return True

    def exists(self, arn: str) -> bool:
        return True


def checked(expression: str, **more: str) -> None:
    target = {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": "arn:aws:iam::123456789012:role/r"}
    call = Request("POST", "/schedules/x", {}, {}, b"", "scheduler")
    call.__dict__["json"] = {"ScheduleExpression": expression, "Target": target, **more}
    call.__dict__["operation"] = "CreateSchedule"
    check_schedule(call, Everything(), NOW)


@pytest.mark.parametrize("expression", [*REFUSED_BY_AWS, *WRONG])
def test_a_wrong_expression_is_refused_in_awss_words(expression: str):
    with pytest.raises(AwsError) as error:
        checked(expression)
    assert (error.value.code, error.value.message) == (
        "ValidationException",
        f"Invalid Schedule Expression {expression}.",
    )


@pytest.mark.parametrize("expression", RIGHT)
def test_the_examples_of_awss_pages_are_taken(expression: str):
    checked(expression)


def test_a_moment_is_in_the_schedules_time_zone():
    checked("at(2026-11-28T11:59:59)", ScheduleExpressionTimezone="Pacific/Honolulu")
    with pytest.raises(AwsError, match="Invalid Schedule Expression"):
        checked("at(2026-11-28T12:30:00)", ScheduleExpressionTimezone="Europe/Berlin")
