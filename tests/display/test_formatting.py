"""Tests of ``formatting``: numbers and statuses as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from personalize_sfn.display.formatting import about, duration


@pytest.mark.parametrize(
    ("time", "text"),
    [(0.04, "0.0 s"), (12.34, "12.3 s"), (59.99, "1 min 00 s"), (245, "4 min 05 s"), (7380, "2 h 03 min")],
)
def test_durations_read_as_people_say_them(time: float, text: str) -> None:
    assert duration(timedelta(seconds=time)) == text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0 s"), (89, "89 s"), (90, "2 min"), (3360, "56 min"), (9000, "2 h 30 min")]
)
def test_about_rounds_a_time(seconds: float, said: str) -> None:
    assert about(timedelta(seconds=seconds)) == said
