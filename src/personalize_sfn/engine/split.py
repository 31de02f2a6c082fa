"""Amazon Personalize's hold-out: which part of the data a solution version's metrics are measured on.

90 % of the users train, 10 % test.  Of a test user's events the oldest 90 % are the input, and the newest 10 % are what
the recommendations are compared with.
Source: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Codes, Interactions


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One test: what to train on, what to ask, and what a perfect answer would hold."""

    training: Interactions
    """The events of the users who train."""
    histories: list[list[str]]
    """The oldest 90 % of each test user's events, as item ids, newest last."""
    targets: list[frozenset[str]]
    """The items of the newest 10 % of each test user's events, in the order of `histories`."""
    weights: list[dict[str, float]] | None = None
    """How much each of those items counts, by its heaviest event; None where events have no weights."""


def held_out(data: Interactions, *, seed: int = 0, share: float = 0.1) -> HeldOut:
    """Hold out a random `share` of the users (at least one, never all)."""
    shuffled = _shuffled_users(data, seed)
    count = min(max(1, round(len(shuffled) * share)), len(shuffled) - 1)
    return _hold_out(data, shuffled[:count])


def folds(data: Interactions, count: int = 10, *, seed: int = 0) -> Iterator[HeldOut]:
    """Hold out each user once: `count` tests of disjoint users."""
    for users in np.array_split(_shuffled_users(data, seed), count):
        yield _hold_out(data, users)


def _shuffled_users(data: Interactions, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).permutation(len(data.user_ids))


def _hold_out(data: Interactions, users: NDArray[np.int64]) -> HeldOut:
    tested = np.zeros(len(data.user_ids), dtype=np.bool_)
    tested[users] = True
    names = data.item_ids.astype(object)  # one text for each item, however many events it has
    histories: list[list[str]] = []
    targets: list[frozenset[str]] = []
    weights: list[dict[str, float]] = []
    for user in users.tolist():
        events = slice(data.starts[user], data.starts[user + 1])
        items = names[data.items[events]].tolist()
        history, target = newest_tenth(items)
        if history:  # a user with one event has nothing to ask with
            histories.append(history)
            targets.append(frozenset(target))
            if data.weights is not None:
                heavier = sorted(zip(data.weights[events].tolist()[len(history) :], target, strict=True))
                weights.append({item: weight for weight, item in heavier})
    return HeldOut(data.where(~tested[data.users]), histories, targets, weights if data.weights is not None else None)


@dataclass(frozen=True, eq=False)
class HeldOutEvents:
    """The test of user segmentation: all users train, with the oldest 80 % of their events."""

    training: Interactions
    tested: Interactions
    """The newest 20 %."""

    def users_of(self, item_ids: Iterable[str]) -> frozenset[str]:
        """The users with a held-out event with one of the items."""
        starts, users = self._by_item
        found = [users[starts[item] : starts[item + 1]] for item in self.tested.known(item_ids).tolist()]
        return frozenset(self.tested.user_ids[np.concatenate(found)].tolist()) if found else frozenset()

    @cached_property
    def _by_item(self) -> tuple[NDArray[np.int64], Codes]:
        """Where each item's held-out events begin, and the end; the users of the events in that order."""
        counts = np.bincount(self.tested.items, minlength=len(self.tested.item_ids))
        users = self.tested.users[np.argsort(self.tested.items, kind="stable")]
        return np.concatenate(([0], np.cumsum(counts))), users


def held_out_events(data: Interactions, *, share: float = 0.2) -> HeldOutEvents:
    """Hold out the newest `share` of each user's events, rounded down: the only event of a user trains."""
    lengths = np.diff(data.starts)
    first_held_out = data.starts[:-1] + lengths - np.floor(lengths * share).astype(np.int64)
    train = np.arange(len(data)) < first_held_out[data.users]
    return HeldOutEvents(data.where(train), data.where(~train))


def newest_tenth(items: Sequence[str]) -> tuple[list[str], list[str]]:
    """Cut a history in its oldest 90 % and its newest 10 %, the latter rounded up: at least one item."""
    cut = len(items) - max(1, -(-len(items) // 10))
    return list(items[:cut]), list(items[cut:])
