"""Times: what is understood, what is implausible, and every remedy that an error prints, run on the data it is for."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from personalize_sfn.datasets import load_csv, prepare, schemas, validate
from personalize_sfn.datasets.columns import convert
from personalize_sfn.datasets.times import Times
from personalize_sfn.errors import DataError
from personalize_sfn.local.personalize.data.values import CONVERTERS, TIME_LIMITS

FIRST = 1_600_000_000
ITEMS = schemas.items("CREATION_TIMESTAMP", schemas.field("GENRE", nullable=True))
MAY_LACK = schemas.items(schemas.field("CREATION_TIMESTAMP", "long", nullable=True))


def items(*times: object, dtype: object = object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ITEM_ID": [f"i{n}" for n in range(len(times))],
            "CREATION_TIMESTAMP": pd.Series(list(times), dtype=dtype),
            "GENRE": "x",
        }
    )


def seconds(frame: pd.DataFrame, **options) -> list[int]:
    return prepare(frame, ITEMS, **options).frame["CREATION_TIMESTAMP"].tolist()


def refusal(frame: pd.DataFrame, schema=ITEMS, **options) -> str:
    with pytest.raises(DataError) as error:
        prepare(frame, schema, **options)
    return str(error.value)


# --- what is understood ----------------------------------------------------------------------------------------------


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


# --- what is refused, and the remedies -------------------------------------------------------------------------------


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


def remedy(message: str, pattern: str) -> str:
    found = re.search(pattern, message)
    assert found, message
    return found[0]


def run_remedy(frame: pd.DataFrame, message: str) -> list[int]:
    """What the message says, done."""
    if found := re.search(r"(time_unit|earliest)='[^']+'", message):
        options = eval(f"dict({found[0]})")
        return seconds(frame, **options)
    code = remedy(message, r"(pd\.to_datetime\(.*?\)|frame\['CREATION_TIMESTAMP'\].*?)(?=, or|;|$)")
    return seconds(frame.assign(CREATION_TIMESTAMP=eval(code, {"frame": frame, "pd": pd})))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (items(FIRST * 1_000, FIRST * 1_000), [FIRST] * 2),
        (items(str(FIRST * 10**6)), [FIRST]),
        (items(FIRST * 10**9, dtype="int64"), [FIRST]),
        (items(float(FIRST * 1_000), dtype="float64"), [FIRST]),
        (items(FIRST + 0.75, FIRST, dtype="float64"), [FIRST] * 2),
        (items("31/12/2020", "13/09/2020"), [1_609_372_800, 1_599_955_200]),
        (items("31.12.2020 10:00"), [1_609_408_800]),
        (items("Sep 13, 2020"), [1_599_955_200]),
        (items(pd.Period("2020-09-13"), dtype="period[D]"), [1_599_955_200]),
        (items(400_000_000, 300_000_000, FIRST), [400_000_000, 300_000_000, FIRST]),
        (items("1982-09-04"), [399_945_600]),
    ],
)
def test_the_remedy_that_an_error_prints_works_on_the_data_that_caused_it(frame, expected):
    assert run_remedy(frame, refusal(frame)) == expected


def test_what_tutorials_do_with_dates_is_refused_and_giving_the_dates_works():
    """``// 10**9`` on microseconds, which pandas 3 makes of text, is 1970."""
    dates = pd.Series(pd.to_datetime(["2024-04-16T18:00:00Z"])).dt.as_unit("us")
    wrong = items(0).assign(CREATION_TIMESTAMP=dates.astype("int64") // 10**9)
    assert "if pandas made dates these numbers, give the dates themselves" in refusal(wrong)
    assert seconds(items(0).assign(CREATION_TIMESTAMP=dates)) == [1_713_290_400]


def test_renaming_as_the_error_says_works():
    rows = range(1_200)
    at = pd.date_range("2020-01-01", periods=1_200, freq="min", tz="UTC")
    frame = pd.DataFrame({"user": [f"u{n % 50}" for n in rows], "sku": [f"i{n}" for n in rows], "started_at": at})
    message = refusal(frame, schemas.interactions())
    code = remedy(message, r"frame\.rename\(.*?\}\)")
    assert prepare(eval(code, {"frame": frame}), schemas.interactions()).report.rows_kept == 1_200
    with pytest.raises(DataError) as error:
        load_csv(io.StringIO(frame.to_csv(index=False)), schemas.interactions())
    options = eval(f"dict({remedy(str(error.value), r'columns=.*?[}]')})")
    assert load_csv(io.StringIO(frame.to_csv(index=False)), schemas.interactions(), **options).report.rows_kept == 1_200


def test_an_index_with_the_name_of_a_column_is_seen():
    frame = items("2020-01-01").set_index("ITEM_ID")
    code = remedy(refusal(frame), r"frame\.reset_index\(\)")
    assert seconds(eval(code, {"frame": frame})) == [1_577_836_800]


def test_validate_takes_the_same_remedies():
    with pytest.raises(DataError, match=r"time_unit='ms'$"):
        validate(items(FIRST * 1_000), ITEMS)
    assert validate(items(FIRST * 1_000), ITEMS, time_unit="ms").rows_kept == 1
    assert validate(items(400_000_000), ITEMS, earliest="1982-09-04").rows_kept == 1


# --- one rule on both sides ------------------------------------------------------------------------------------------

TEXTS = [
    "0", "-1", "1600000000", "1600000000000", "99999999999", "100000000000", "1e9", "1600000000.0", "", " 1600000000",
    "+1600000000", "1_600_000_000", "١٢٣", "１２３", "2020-01-01", "nan", "inf", "0x10", "9223372036854775808",
    "1600000000\0",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_service_takes_what_the_client_writes_and_refuses_no_less_than_it_must(text):
    """The client also converts dates and names what is implausible; the numbers that it writes are the service's."""

    def imported(value: str) -> bool:
        try:
            return TIME_LIMITS.problem(CONVERTERS["long"](value)) is None
        except ValueError:
            return False

    converted = convert(
        pd.Series([text], name="TIMESTAMP"), "long", nullable=False, times=Times(earliest="1970-01-01", now=10**11)
    )
    accepted = not converted.problems
    if accepted:
        assert imported(str(converted.values[0]))
    if imported(text):
        assert accepted
        assert int(converted.values[0]) == int(text)
