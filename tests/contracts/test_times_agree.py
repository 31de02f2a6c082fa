"""Times: the service takes what the client writes, and refuses no less than it must."""

from __future__ import annotations

import pandas as pd
import pytest

from personalize_sfn.datasets.columns import convert
from personalize_sfn.datasets.times import Times
from personalize_sfn.local.personalize.data.values import CONVERTERS, TIME_LIMITS

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
