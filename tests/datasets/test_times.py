"""Times: what is understood, what is implausible, and every remedy that an error prints, run on the data it is for."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from fakes.dated_frames import FIRST, ITEMS, items, refusal, remedy, seconds
from personalize_sfn.datasets import load_csv, prepare, schemas
from personalize_sfn.datasets.columns import convert
from personalize_sfn.datasets.times import Times

MAY_LACK = schemas.items(schemas.field("CREATION_TIMESTAMP", "long", nullable=True))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata", "America/New_York"])
def test_datetimes_of_any_unit_and_zone_are_understood(unit, zone):
    times = pd.Series(pd.to_datetime([FIRST, FIRST + 1], unit="s", utc=True)).dt.tz_convert(zone or "UTC")
    times = times.dt.tz_localize(None) if zone is None else times
    assert seconds(items(0, 0).assign(CREATION_TIMESTAMP=times.dt.as_unit(unit))) == [FIRST, FIRST + 1]


@pytest.mark.parametrize(
    "value",
    [
        datetime(2020, 9, 13, 12, 26, 40),
        datetime(2020, 9, 13, 12, 26, 40, 999_999, tzinfo=UTC),
        datetime(2020, 9, 13, 14, 26, 40, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2020-09-13 12:26:40"),
        pd.Timestamp("2020-09-13 08:26:40", tz="America/New_York"),
        np.datetime64("2020-09-13T12:26:40"),
        "2020-09-13T12:26:40Z",
        "2020-09-13t12:26:40.123456789z",
        "2020-09-13T12:26:40,5Z",
        "2020-09-13 12:26:40",
        "2020-09-13 12:26:40+00:00",
        "2020-09-13T14:26:40+0200",
        "2020-09-13T10:26:40-02",
        FIRST,
        float(FIRST),
        str(FIRST),
        f"{FIRST}.0",
        "1.6e9",
        np.int32(FIRST),
        Decimal(FIRST),
    ],
)
def test_dates_and_seconds_in_any_form_are_understood(value):
    assert seconds(items(value, "1600000001")) == [FIRST, FIRST + 1]


def test_days_are_understood_as_their_beginning_in_utc():
    assert seconds(items(date(2020, 9, 13), "2020-09-13", "2020-09-13T00:00")) == [1_599_955_200] * 3


@pytest.mark.parametrize("dtype", ["category", "string", object, "str"])
def test_text_of_any_dtype_is_understood(dtype):
    assert seconds(items("2020-09-13T12:26:40Z", dtype=dtype)) == [FIRST]


def test_the_report_says_what_was_converted():
    frame = items("2020-09-13T12:26:40Z", "2020-09-13", FIRST)
    assert prepare(frame, ITEMS).report.notes == (
        "CREATION_TIMESTAMP: 2 dates became epoch seconds; those without a zone are taken as UTC",
    )
    assert prepare(items(f"{FIRST}"), ITEMS).report.notes == ()
    assert prepare(items("2020-09-13T12:26:40Z"), ITEMS).report.notes == (
        "CREATION_TIMESTAMP: 1 dates became epoch seconds",
    )
    assert prepare(items(FIRST * 1000), ITEMS, time_unit="ms").report.notes == (
        "CREATION_TIMESTAMP: numbers are milliseconds and became epoch seconds",
    )


def test_dates_in_a_csv_are_understood():
    rows = "".join(f"u{row % 50},i{row},2020-09-13T12:26:{row % 60:02}Z\n" for row in range(1_200))
    prepared = load_csv(io.StringIO("USER_ID,ITEM_ID,TIMESTAMP\n" + rows), schemas.interactions())
    assert prepared.frame["TIMESTAMP"].tolist()[:2] == [1_599_999_960, 1_599_999_961]
    assert "TIMESTAMP: 1,200 dates became epoch seconds" in prepared.report.notes


def test_no_date_is_null_only_where_null_may_be():
    frame = items(pd.NaT, "", None, "2020-09-13")
    assert "row 0 (line 2 as CSV) and 2 more rows, column CREATION_TIMESTAMP: expected long, not null" in refusal(frame)
    assert prepare(frame, MAY_LACK).frame["CREATION_TIMESTAMP"].isna().tolist() == [True, True, True, False]
    dates = items(0, 0).assign(CREATION_TIMESTAMP=pd.to_datetime(["2020-09-13", None]))
    assert prepare(dates, MAY_LACK).frame["CREATION_TIMESTAMP"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1_713_291, "'1713291' (1970-01-20)"),
        (0, "'0' (1970-01-01)"),
        ("1989-12-31T23:59:59Z", "'1989-12-31T23:59:59Z' (1989-12-31)"),
        (2_700_000_000, "'2700000000' (2055-07-24)"),
        ("2055-07-24", "'2055-07-24' (2055-07-24)"),
        (np.datetime64("20000-01-01", "s"), "'20000-01-01T00:00:00' (after the year 9999)"),
    ],
)
def test_implausible_times_are_named_with_their_day(value, found):
    message = refusal(items("2020-01-01", value))
    assert "row 1 (line 3 as CSV), column CREATION_TIMESTAMP: expected a time from 1990-01-01 to " in message
    assert f"found {found}; " in message


def test_tomorrow_is_plausible_and_the_day_after_is_not():
    now = 1_600_000_000.0
    column = pd.Series([now + 86_399, now + 86_401], name="TIMESTAMP")
    converted = convert(column, "long", nullable=False, times=Times(now=now))
    assert [each.rows.tolist() for each in converted.problems if each.rows is not None] == [[1]]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (-1, "expected epoch seconds, not negative, found '-1'; correct it, or remove these rows"),
        (-(2**63), "found '-9223372036854775808'; pandas made an empty date a number: give the dates themselves"),
        (-(2**63) // 10**9, "found '-9223372037'; pandas made an empty date a number: give the dates themselves"),
        ("1969-12-31", "expected epoch seconds, not negative, found '1969-12-31'"),
        (True, "found 'True'; correct it, or remove these rows"),
        ("١٦٠٠٠٠٠٠٠٠", "found '١٦٠٠٠٠٠٠٠٠'; correct it"),
        ("1_600_000_000", "found '1_600_000_000'; correct it"),
        ("2020-02-30", "found '2020-02-30'; correct it"),
        ("2020-01-01T25:00", "found '2020-01-01T25:00'; correct it"),
        ("yesterday", "found 'yesterday'; correct it, or remove these rows"),
        (10**30, f"expected epoch seconds, found '{10**30}'; correct it"),
        ("9" * 5_000, "column CREATION_TIMESTAMP: expected epoch seconds, found '999"),
    ],
)
def test_what_is_no_time_is_named(value, problem):
    assert problem in refusal(items(FIRST, value))


def test_a_negative_creation_timestamp_is_refused_whatever_earliest_says():
    assert "not negative" in refusal(items(-1), earliest="1900-01-01")


@pytest.mark.parametrize("value", [1990, "soon", None, ""])
def test_what_is_no_day_is_refused_as_earliest(value):
    assert refusal(items(FIRST), earliest=value) == f"earliest: expected a day such as '1990-01-01', got {value!r}"


def test_an_index_with_the_name_of_a_column_is_seen():
    frame = items("2020-01-01").set_index("ITEM_ID")
    code = remedy(refusal(frame), r"frame\.reset_index\(\)")
    assert seconds(eval(code, {"frame": frame})) == [1_577_836_800]
