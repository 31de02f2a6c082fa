"""Rows that are there twice, and how many different values there are."""

import pytest

from personalize_sfn.datasets import spill
from personalize_sfn.datasets.fields import padded
from personalize_sfn.datasets.rows import Distinct, RepeatedRows, counted

LONG = "a user id of more than eight bytes"


@pytest.fixture(params=["in memory", "on disk"], autouse=True)
def memory(request, monkeypatch):
    if request.param == "on disk":
        monkeypatch.setattr(spill, "IN_MEMORY", 0)


def hashes(*texts):
    return padded([text.encode() for text in texts]).hashes()


@pytest.mark.parametrize("other", ["short", LONG])
def test_different_values_are_counted_over_all_parts_and_taken_off_again(tmp_path, other):
    users = Distinct(tmp_path / "users")
    users.add(*counted(hashes("a", "b", "a", other)))
    users.add(*counted(hashes("b", other, "c", "d")))
    users.remove(*hashes("b", "d"))
    assert users.counts() == (4, 2), "a and the other are there twice, b and c once, d no more"


def test_of_equal_rows_the_first_one_stays(tmp_path):
    rows = RepeatedRows(tmp_path / "rows", by_key=False)
    rows.add(hashes("x", LONG, "x"))
    rows.add(hashes("y", LONG, "x"))
    dropped, duplicates = rows.dropped()
    assert dropped.kept(0, 6).tolist() == [True, True, False, True, False, False]
    assert duplicates == 3


def test_of_rows_with_one_key_the_last_one_stays_and_equal_ones_are_duplicates(tmp_path):
    rows = RepeatedRows(tmp_path / "rows", by_key=True)
    rows.add(hashes("1 old", "2", LONG), hashes("1", "2", LONG))
    rows.add(hashes("1 new", "2"), hashes("1", "2"))
    dropped, duplicates = rows.dropped()
    assert dropped.kept(0, 5).tolist() == [False, False, True, True, True]
    assert duplicates == 1
