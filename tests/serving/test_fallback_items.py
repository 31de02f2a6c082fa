"""The fallback's list: given at once, refreshed behind the scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from personalize_sfn.serving.fallback_items import FixedItems, RefreshedItems
from personalize_sfn.serving.served_items import ServedItem


class World:
    """A clock, a background that runs when it is told to, and a campaign."""

    def __init__(self) -> None:
        self.now = 100.0
        self.jobs: list[Callable[[], object]] = []
        self.asked: list[dict[str, Any]] = []
        self.fails = False
        self.items = RefreshedItems(self.ask, self.jobs.append, refresh_seconds=600, clock=lambda: self.now)

    def ask(self, question: Mapping[str, Any]) -> list[ServedItem]:
        if self.fails:
            raise OSError("no campaign")
        self.asked.append(dict(question))
        return [ServedItem(f"i{len(self.asked)}", source="fallback")]

    def work(self) -> None:
        while self.jobs:
            with suppress(OSError):
                self.jobs.pop(0)()

    def ids(self, question: Any = ()) -> list[str]:
        return [item.item_id for item in self.items.get(question)]


def test_a_list_is_the_same_for_all() -> None:
    assert FixedItems(["1", "2"]).get((("filterArn", "x"),)) == (
        ServedItem("1", None, "fallback"),
        ServedItem("2", None, "fallback"),
    )


def test_nothing_is_known_before_the_first_answer_and_nobody_waits_for_it() -> None:
    world = World()
    assert world.ids() == []
    world.work()
    assert world.ids() == ["i1"]


def test_it_is_asked_for_again_when_it_is_old_and_the_old_one_serves_meanwhile() -> None:
    world = World()
    world.ids()
    world.work()
    world.now += 599
    assert (world.ids(), world.jobs) == (["i1"], [])
    world.now += 2
    assert world.ids() == ["i1"]
    world.work()
    assert world.ids() == ["i2"]


def test_it_is_kept_while_asking_fails_and_asked_for_again_soon() -> None:
    world = World()
    world.ids()
    world.work()
    world.now += 700
    world.fails = True
    world.ids()
    world.work()
    assert (world.ids(), world.jobs) == (["i1"], [])
    world.now += 10
    world.fails = False
    world.ids()
    world.work()
    assert world.ids() == ["i2"]


def test_each_filter_with_its_values_has_a_list_of_its_own() -> None:
    world = World()
    question = (("filterArn", "f"), ("filterValues", (("G", "1"),)))
    assert world.ids(question) == []
    world.work()
    assert (world.ids(question), world.ids()) == (["i1"], [])
    assert world.asked == [{"filterArn": "f", "filterValues": (("G", "1"),)}]


def test_values_that_differ_with_every_request_cost_one_request_a_second_and_little_memory() -> None:
    world = World()
    for number in range(1000):
        world.now += 0.1
        world.ids((("filterValues", number),))
        world.work()
    assert 90 <= len(world.asked) <= 101
    assert len(world.items._known) == 32
    assert len(world.items._due) <= 65
