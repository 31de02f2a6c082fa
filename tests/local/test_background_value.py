"""Values that are made in the background."""

from __future__ import annotations

import threading

import pytest

from personalize_sfn.local.background_value import BackgroundValue


def test_making_it_begins_at_once_and_calling_it_waits_for_the_value():
    began, may_end = threading.Event(), threading.Event()

    def make() -> str:
        began.set()
        assert may_end.wait(10)
        return "made"

    value = BackgroundValue(make)
    assert began.wait(10)
    may_end.set()
    assert value() == "made"


def test_it_is_made_once_however_often_it_is_called():
    made: list[int] = []
    value = BackgroundValue(lambda: made.append(1) or made)
    assert value() is value()
    assert made == [1]


def test_what_making_it_raised_is_raised_to_each_caller():
    def make() -> None:
        raise LookupError("no interpreter")

    value = BackgroundValue(make)
    for _ in range(2):
        with pytest.raises(LookupError, match="no interpreter"):
            value()


def test_it_is_made_once_it_can_be_called_without_waiting():
    may_end = threading.Event()

    def make() -> str:
        assert may_end.wait(10)
        return "made"

    value = BackgroundValue(make)
    assert not value.made
    may_end.set()
    value()
    assert value.made


def test_what_failed_is_not_made():
    def broken() -> str:
        raise OSError("no disk")

    value = BackgroundValue(broken)
    with pytest.raises(OSError, match="no disk"):
        value()
    assert not value.made
