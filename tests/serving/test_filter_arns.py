"""Filters by their keys, without asking while somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.filter_expressions.moving import filter_hash
from personalize_sfn.serving.filter_arns import FilterArns

UNSEEN = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
FRESH = "INCLUDE ItemID WHERE Interactions.TIMESTAMP > {now-30d}"
ARN = "arn:aws:personalize:us-east-1:123456789012:filter/"


class World:
    """A clock, a background that runs when it is told to, and the filters that exist."""

    def __init__(self, **filters: str) -> None:
        self.now = 100.0
        self.jobs: list[Callable[[], object]] = []
        self.there: list[dict[str, Any]] = []
        self.asked = 0
        self.fails = False
        session: Any = SimpleNamespace(client=lambda _: self, arns=Arns("us-east-1", "123456789012"))
        config = SimpleNamespace(
            project="shop", dataset_group_name="shop", filters=filters, name=Config(project="shop").name
        )
        self.filters = FilterArns(session, config, self.jobs.append, lambda: self.now)  # type: ignore[arg-type]

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_filters"
        return self

    def paginate(self, *, datasetGroupArn: str) -> list[dict[str, Any]]:
        self.asked += 1
        if self.fails:
            raise OSError("no network")
        return [{"Filters": self.there}]

    def make(self, digit: str, day: int, status: str = "ACTIVE") -> str:
        name = f"shop-fresh-{digit * 12}"
        made = datetime(2026, 1, day, tzinfo=UTC)
        self.there.append({"name": name, "filterArn": ARN + name, "status": status, "creationDateTime": made})
        return ARN + name

    def work(self) -> None:
        while self.jobs:
            self.jobs.pop(0)()


def test_a_filter_that_stands_still_is_known_by_its_expression_and_nobody_is_asked() -> None:
    world = World(unseen=UNSEEN)
    assert world.filters.arn("unseen") == f"{ARN}shop-unseen-{filter_hash(UNSEEN)}"
    assert (world.asked, world.jobs) == (0, [])


def test_of_one_that_moves_the_newest_that_is_active_is_asked_for_in_the_background() -> None:
    world = World(fresh=FRESH)
    world.make("a", day=1)
    newest = world.make("b", day=3)
    world.make("c", day=5, status="CREATE PENDING")
    assert world.filters.arn("fresh") is None
    world.work()
    assert (world.filters.arn("fresh"), world.asked) == (newest, 1)
    newer = world.make("d", day=9)
    world.now += 3599
    assert (world.filters.arn("fresh"), world.jobs) == (newest, [])
    world.now += 2
    assert world.filters.arn("fresh") == newest
    world.work()
    assert world.filters.arn("fresh") == newer


def test_it_is_asked_again_soon_while_that_fails_and_what_is_known_stays(caplog: pytest.LogCaptureFixture) -> None:
    world = World(fresh=FRESH)
    known = world.make("a", day=1)
    world.work()
    world.fails = True
    world.now += 4000
    world.filters.arn("fresh")
    world.work()
    assert (world.filters.arn("fresh"), world.jobs) == (known, [])
    assert caplog.messages == ["the newest filters of shop are not known: no network"]
    world.now += 11
    world.filters.arn("fresh")
    assert len(world.jobs) == 1


def test_a_filter_that_the_configuration_does_not_have_is_refused_and_an_arn_is_taken() -> None:
    world = World(unseen=UNSEEN)
    with pytest.raises(ConfigError, match="filters: has no 'seen', only unseen"):
        world.filters.arn("seen")
    assert world.filters.arn(f"{ARN}mine") == f"{ARN}mine"
