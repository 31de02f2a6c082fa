"""Tests of ``cli.commands.compare``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from personalize_sfn import comparison
from personalize_sfn.cli.settings import Settings
from personalize_sfn.recommendations import AnsweredBy, Item, Recommendations


def answer(key: str, *items: Item) -> Recommendations:
    trained = datetime(2026, 11, 29, tzinfo=UTC)
    by = AnsweredBy(kind="campaign", name=key, recipe="aws-sims", version="5d2f", trained=trained)
    return Recommendations("7", items, answered_by=by, known=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the function was asked; no AWS is."""
    found: list[dict[str, Any]] = []

    def compare(_session: object, _config: object, user: str, **how: Any) -> comparison.Comparison:
        found.append({"user": user, **how})
        both = answer("a", Item("1", "Up", had="already liked")), answer("b", Item("2", "[red]"), Item("1", "Up"))
        return comparison.Comparison("7", dict(zip(("a", "b"), both, strict=True)), {"c": "it is not there"})

    monkeypatch.setattr(comparison, "compare", compare)
    monkeypatch.setattr(Settings, "connect", lambda *_, **__: object())
    return found


def test_answers_stand_side_by_side_with_what_gave_them(command: Callable, asked: list[dict[str, Any]]) -> None:
    result = command("compare", "7", "--solutions", "a, b", "--num-results", "2")

    assert result.code == 0
    assert asked == [{"user": "7", "solutions": ["a", "b"], "num_results": 2, "titles": None}]
    first, second = (
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in result.out.splitlines()[1:3]
    )
    assert (first, second) == (["1", "Up (already liked)", "[red]"], ["2", "Up"])
    assert "a and b share 1 of 2" in result.out
    assert "user 7 is not in the data" in result.out
    assert "c: it is not there" in result.out


def test_a_program_gets_the_same(command: Callable, asked: list[dict[str, Any]]) -> None:
    told = json.loads(command("compare", "7", "--json").out)

    assert asked[0]["solutions"] is None
    assert told["overlap"] == [{"solutions": ["a", "b"], "items": 1}]
    assert told["failed"] == {"c": "it is not there"}
    assert told["answers"]["a"] == {
        "answeredBy": {
            "kind": "campaign",
            "name": "a",
            "recipe": "aws-sims",
            "version": "5d2f",
            "trained": "2026-11-29T00:00:00+00:00",
        },
        "userIsKnown": False,
        "differs": [],
        "itemList": [{"itemId": "1", "title": "Up", "genres": [], "score": None, "had": "already liked"}],
    }
