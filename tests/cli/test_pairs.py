"""Tests of ``pairs``: options such as ``--columns sku=ITEM_ID`` that are repeated, once for each name."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize("wrong", ["DEVICE", "=tv"])
def test_a_context_is_a_column_and_a_value(command: Callable, wrong: str) -> None:
    result = command("recommend", "1", "--context", wrong)
    assert result.code == 2
    assert f"expected COLUMN=VALUE, such as DEVICE=tv, got '{wrong}'" in result.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["recommend", "1", "--context", "A=1", "--context", "A=2"], "expected each name once, got 'A' twice"),
        (["run", "--columns", "a=X", "--columns", "a=Y"], "expected each name once, got 'a' twice"),
        (["run", "--columns", "a="], "expected NAME=COLUMN, such as sku=ITEM_ID, got 'a='"),
    ],
)
def test_a_name_is_given_once(command: Callable, words: list[str], told: str) -> None:
    result = command(*words)
    assert result.code == 2
    assert told in result.err
