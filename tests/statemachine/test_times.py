"""Timestamps as Step Functions reads and writes them."""

import pytest

from fakes.small_machines import (
    machine,
    ran,
)
from personalize_sfn.statemachine import times


def test_a_clock_beyond_the_year_9999_is_written_as_its_last_second():
    definition = machine(
        W={"Type": "Wait", "SecondsPath": "$.s", "Next": "P"},
        P={"Type": "Pass", "Parameters": {"s.$": "$.s", "at.$": "$$.State.EnteredTime"}, "Next": "C"},
        C={
            "Type": "Choice",
            "Choices": [{"Variable": "$.at", "StringEquals": "9999-12-31T23:59:59.000Z", "Next": "D"}],
            "Default": "W",
        },
        D={"Type": "Succeed"},
    )
    assert ran(definition, {"s": 2147483647}).status == "SUCCEEDED"
    assert times.written(1e300) == "9999-12-31T23:59:59.000Z"
    assert times.written(-1e300) == "0001-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60),
        ("1970-01-01T00:00:00.250Z", 0.25),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59Z", -1),
    ],
)
def test_a_timestamp_is_seconds_since_1970(text, seconds):
    assert times.parse(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01 00:00:00Z",
        "1970-13-01T00:00:00Z",
        "١٩٧٠-01-01T00:00:00Z",
        60,
        None,
    ],
)
def test_what_has_no_t_no_zone_or_no_such_day_is_no_timestamp(text):
    assert times.parse(text) is None


def test_a_time_is_written_to_the_millisecond_in_utc():
    assert times.written(1.2345) == "1970-01-01T00:00:01.234Z"
