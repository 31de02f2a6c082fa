"""aws-popularity-count: the same items for everyone, those that most users chose first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from .interactions import Codes, Event, Interactions, Mask, Strings
from .model import Scored, by_popularity, fill_up, masks, unscored


@dataclass(frozen=True, slots=True)
class PopularityOptions:
    """aws-popularity-count takes no hyperparameters."""


@dataclass(frozen=True)
class Popularity:
    """Items by the number of their users.  It reacts to no history and answers no scores."""

    interactions: Interactions

    @classmethod
    def fit(cls, interactions: Interactions, options: PopularityOptions, *, seed: int) -> Popularity:  # noqa: ARG003
        """Count.  There is nothing to choose and nothing random."""
        return cls(interactions)

    @cached_property
    def popular(self) -> Codes:
        """All items, most users first.  Shape (items,)."""
        return by_popularity(self.interactions)

    @property
    def item_ids(self) -> Strings:
        """The catalogue."""
        return self.interactions.item_ids

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user."""
        return self.interactions.history(user_id)

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:  # noqa: ARG002
        """The most popular candidates, whatever the history."""
        nothing = self.popular[:0]
        return unscored(self.item_ids, fill_up(nothing, self.popular, k, candidates))

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for each history."""
        each = zip(histories, masks(candidates, len(histories)), strict=True)
        return [self.recommend(history, k=k, candidates=mask) for history, mask in each]

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:  # noqa: ARG002
        """The given items by popularity; unknown ones last."""
        users = self.interactions.item_users
        counts = [-1 if at is None else int(users[at]) for at in self.interactions.positions(item_ids)]
        order = sorted(range(len(item_ids)), key=lambda place: -counts[place])
        return [Scored(item_ids[place], None) for place in order]

    def rank_batch(self, histories: Sequence[Sequence[str]], item_ids: Sequence[Sequence[str]]) -> list[list[Scored]]:
        """`rank` for each history and its list."""
        return [self.rank(history, items) for history, items in zip(histories, item_ids, strict=True)]

    def similar(self, item_id: str, k: int = 25, *, candidates: Mask | None = None) -> list[Scored]:
        """The most popular other items."""
        [at] = self.interactions.positions([item_id])
        return unscored(self.item_ids, fill_up(self.popular[:0], self.popular, k, candidates, without=at))

    def similar_batch(
        self, item_ids: Sequence[str], k: int = 25, *, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`similar` for each item."""
        each = zip(item_ids, masks(candidates, len(item_ids)), strict=True)
        return [self.similar(item_id, k, candidates=mask) for item_id, mask in each]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Nothing: the interactions say it all."""
        return {}

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Popularity:  # noqa: ARG003
        """The inverse of `to_arrays`."""
        return cls(interactions)
