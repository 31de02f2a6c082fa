"""Tests of ``rollback``: the command; with a real campaign in journeys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from personalize_sfn.local import LocalAws
from personalize_sfn.rollback import RolledBack

SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/shop-for-you"


def test_it_says_what_is_served_again_for_people_and_for_programs(
    aws: LocalAws, command: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def back(_session: Any, config: Any, solution: str | None, **_: Any) -> RolledBack:
        asked.append((config.project, solution))
        return RolledBack(
            campaign="shop-for-you",
            campaign_arn="arn:campaign",
            version_arn=f"{SOLUTION}/v1",
            trained=datetime(2026, 1, 2, tzinfo=UTC),
            instead_of=f"{SOLUTION}/v2",
            execution_arn="arn:moved",
        )

    monkeypatch.setattr(import_module("personalize_sfn.rollback"), "rollback", back)
    result = command("--project", "shop", "rollback", "for-you", "--json")
    assert asked == [("shop", "for-you")]
    assert (result.code, result.json["solutionVersionArn"]) == (0, f"{SOLUTION}/v1")
    assert "✓ campaign shop-for-you serves version v1 of 2026-01-02 00:00, and no longer v2." in result.err
