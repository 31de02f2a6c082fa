"""Tests of ``remedies``: how an error says what to do, in the words of the door through which the data came."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest

from fakes.dated_frames import FIRST, ITEMS, items, refusal, remedy, seconds
from personalize_sfn.datasets import load_csv, prepare, schemas, validate
from personalize_sfn.errors import DataError


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


def test_validate_takes_the_same_remedies():
    with pytest.raises(DataError, match=r"time_unit='ms'$"):
        validate(items(FIRST * 1_000), ITEMS)
    assert validate(items(FIRST * 1_000), ITEMS, time_unit="ms").rows_kept == 1
    assert validate(items(400_000_000), ITEMS, earliest="1982-09-04").rows_kept == 1
