"""aws-popularity-count: the same items for everyone, those that most users chose first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Codes, Event, Interactions, Mask, Strings
from personalize_sfn.engine.model import Scored, by_popularity, fill_up, masks, unscored
from personalize_sfn.engine.training_input import TrainingInput


@dataclass(frozen=True, slots=True)
class PopularityOptions:
    """aws-popularity-count takes no hyperparameters."""


@dataclass(frozen=True)
class SameForAll:
    """A model that shows all items in one order, whatever the history, and answers no scores."""

    interactions: Interactions

    @cached_property
    def popular(self) -> Codes:
        """All items, the first to be shown first: here by the number of their users.  Shape (items,)."""
        return by_popularity(self.interactions)

    @cached_property
    def _places(self) -> Codes:
        """The place of each item in the order of `popular`.  Shape (items,)."""
        return np.argsort(self.popular, kind="stable").astype(np.int32)

    @property
    def item_ids(self) -> Strings:
        """The catalogue."""
        return self.interactions.item_ids

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user."""
        return self.interactions.history(user_id)

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:  # noqa: ARG002
        """The first candidates, whatever the history."""
        nothing = self.popular[:0]
        return unscored(self.item_ids, fill_up(nothing, self.popular, k, candidates))

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for each history."""
        each = zip(histories, masks(candidates, len(histories)), strict=True)
        return [self.recommend(history, k=k, candidates=mask) for history, mask in each]

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:  # noqa: ARG002
        """The given items in the order of all; unknown ones last."""
        places = self._places
        last = len(self.popular)
        found = [last if at is None else int(places[at]) for at in self.interactions.positions(item_ids)]
        order = sorted(range(len(item_ids)), key=found.__getitem__)
        return [Scored(item_ids[place], None) for place in order]

    def rank_batch(self, histories: Sequence[Sequence[str]], item_ids: Sequence[Sequence[str]]) -> list[list[Scored]]:
        """`rank` for each history and its list."""
        return [self.rank(history, items) for history, items in zip(histories, item_ids, strict=True)]

    def similar(self, item_id: str, k: int = 25, *, candidates: Mask | None = None) -> list[Scored]:
        """The first other items."""
        [at] = self.interactions.positions([item_id])
        return unscored(self.item_ids, fill_up(self.popular[:0], self.popular, k, candidates, without=at))

    def similar_batch(
        self, item_ids: Sequence[str], k: int = 25, *, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`similar` for each item."""
        each = zip(item_ids, masks(candidates, len(item_ids)), strict=True)
        return [self.similar(item_id, k, candidates=mask) for item_id, mask in each]


@dataclass(frozen=True)
class Popularity(SameForAll):
    """Items by the number of their users."""

    @classmethod
    def fit(cls, interactions: Interactions, options: PopularityOptions, given: TrainingInput) -> Popularity:  # noqa: ARG003
        """Count.  There is nothing to choose and nothing random."""
        return cls(interactions)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Nothing: the interactions say it all."""
        return {}

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Popularity:  # noqa: ARG003
        """The inverse of `to_arrays`."""
        return cls(interactions)
