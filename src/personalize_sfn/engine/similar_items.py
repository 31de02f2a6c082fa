"""aws-sims and aws-similar-items: items chosen by the same users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.als import chosen
from personalize_sfn.engine.interactions import Codes, Event, Interactions, Mask, Strings, typical_items, typical_users
from personalize_sfn.engine.model import Scored, by_popularity, fill_up, masks, unscored
from personalize_sfn.engine.sequences import runs, strongest
from personalize_sfn.engine.training_input import TrainingInput

NEIGHBOURS = 100
"""Similar items kept of each item; after them come popular ones."""
LOOKED_AT = 200
"""Similar items looked at of each item before those with too few users in common are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimsOptions:
    """Hyperparameters of aws-sims."""

    popularity_discount_factor: float = field(default=0.5, metadata={"range": (0.0, 1.0), "tunable": True})
    """How much a popular item is held back, 0 (not at all) to 1 (entirely)."""
    min_cointeraction_count: int = field(default=3, metadata={"range": (0, 10), "tunable": True})
    """Users that two items must have in common, 0 to 10, to be similar."""
    min_user_history_length_percentile: float = field(default=0.005, metadata={"range": (0.0, 1.0)})
    """Users with shorter histories than this percentile do not count."""
    max_user_history_length_percentile: float = field(default=0.995, metadata={"range": (0.0, 1.0)})
    """Users with longer histories than this percentile do not count."""
    min_item_interaction_count_percentile: float = field(default=0.0, metadata={"range": (0.0, 1.0)})
    """Items with fewer events than this percentile have no similar items.  The service's default is 0.01."""
    max_item_interaction_count_percentile: float = field(default=1.0, metadata={"range": (0.0, 1.0)})
    """Items with more events than this percentile have no similar items.  The service's default is 0.9; here nothing is
    left out unless asked: on catalogues that fit a laptop, that tenth is most of what people look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarItemsOptions:
    """Hyperparameters of aws-similar-items."""

    popularity_discount_factor: float = field(default=0.0, metadata={"range": (0.0, 1.0)})
    """How much a popular item is held back, 0 (not at all) to 1 (entirely)."""
    item_id_hidden_dim: int = field(default=100, metadata={"range": (30, 200), "tunable": True, "unread": True})
    """Dimensions of the service's neural item embedding, 30 to 200: checked, without effect on counting."""
    item_metadata_hidden_dim: int = field(default=100, metadata={"range": (30, 200), "tunable": True, "unread": True})
    """Dimensions of the service's metadata embedding, 30 to 200: checked, without effect on counting."""

    min_cointeraction_count = 1
    min_user_history_length_percentile = 0.0
    max_user_history_length_percentile = 1.0
    min_item_interaction_count_percentile = 0.0
    max_item_interaction_count_percentile = 1.0


@dataclass(frozen=True)
class RelatedItems:
    """Similar items by users in common, divided by the power of popularity: ``common(a, b) / users(b) ** discount``.

    Asked for recommendations, it answers what is similar to the newest known item of the history.  It gives no scores.
    """

    interactions: Interactions
    neighbours: Any
    """A CSR matrix of shape (items, items); each row lists the similar items, the most similar first."""

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        options: SimsOptions | SimilarItemsOptions,
        given: TrainingInput,  # noqa: ARG003
    ) -> RelatedItems:
        """Count users in common.  Nothing is random."""
        choices = _choices(interactions, options)
        return cls(
            interactions, _neighbours(choices, options.popularity_discount_factor, options.min_cointeraction_count)
        )

    @cached_property
    def popular(self) -> Codes:
        """All items, most users first."""
        return by_popularity(self.interactions)

    @property
    def item_ids(self) -> Strings:
        """The catalogue."""
        return self.interactions.item_ids

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user."""
        return self.interactions.history(user_id)

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:
        """What is similar to the newest known item; popular items when none is known."""
        newest = self._newest(history)
        first = self.popular[:0] if newest is None else self._row(newest)
        return unscored(self.item_ids, fill_up(first, self.popular, k, candidates, without=newest))

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for each history."""
        each = zip(histories, masks(candidates, len(histories)), strict=True)
        return [self.recommend(history, k=k, candidates=mask) for history, mask in each]

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:
        """The given items by similarity to the newest known item of the history, then by popularity; unknown last."""
        newest = self._newest(history)
        first = self.popular[:0] if newest is None else self._row(newest)
        order = fill_up(first, self.popular, len(self.popular), None)
        place = dict(zip(order.tolist(), range(len(order)), strict=True))
        positions = self.interactions.positions(item_ids)
        places = [len(order) if at is None else place[at] for at in positions]
        return [Scored(item_ids[n], None) for n in sorted(range(len(item_ids)), key=places.__getitem__)]

    def rank_batch(self, histories: Sequence[Sequence[str]], item_ids: Sequence[Sequence[str]]) -> list[list[Scored]]:
        """`rank` for each history and its list."""
        return [self.rank(history, items) for history, items in zip(histories, item_ids, strict=True)]

    def similar(self, item_id: str, k: int = 25, *, candidates: Mask | None = None) -> list[Scored]:
        """The items with most users in common with this one."""
        return self.recommend([item_id], k=k, candidates=candidates)

    def similar_batch(
        self, item_ids: Sequence[str], k: int = 25, *, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`similar` for each item."""
        return self.recommend_batch([[item_id] for item_id in item_ids], k=k, candidates=candidates)

    def _newest(self, history: Sequence[str]) -> int | None:
        known = (at for at in reversed(self.interactions.positions(history)) if at is not None)
        return next(known, None)

    def _row(self, item: int) -> Codes:
        row: Codes = self.neighbours.indices[self.neighbours.indptr[item] : self.neighbours.indptr[item + 1]]
        return row

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a file must hold beside the interactions."""
        rows = self.neighbours
        return {"similarity": rows.data, "similar_to": rows.indptr, "similar": rows.indices}

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> RelatedItems:
        """The inverse of `to_arrays`."""
        parts = (arrays["similarity"], arrays["similar"], arrays["similar_to"])
        return cls(interactions, sparse.csr_matrix(parts, shape=(len(interactions.item_ids),) * 2))


def _choices(interactions: Interactions, options: SimsOptions | SimilarItemsOptions) -> Any:
    """Which user chose which item, as a CSR matrix, without the users and items that do not count."""
    data = typical_users(
        interactions, options.min_user_history_length_percentile, options.max_user_history_length_percentile
    )
    data = typical_items(
        data, options.min_item_interaction_count_percentile, options.max_item_interaction_count_percentile
    )
    return chosen(data).astype(np.float64)


def _neighbours(choices: Any, discount: float, fewest_in_common: int) -> Any:
    """Similar items as a CSR matrix, best first.

    The library multiplies the matrix of choices with itself and keeps the highest of each row.  Weighing each column by
    users ** -discount gives the wanted order, and the count of common users follows from the product.  Items
    with too few users for any pair are left out beforehand; of the others 200 are looked at.
    """
    from implicit.nearest_neighbours import ItemItemRecommender  # takes most of a second to import

    having = np.bincount(choices.indices, minlength=choices.shape[1])
    users = np.maximum(having, 1).astype(np.float64)
    choices.data *= np.where(having >= fewest_in_common, users**-discount, 0.0)[choices.indices]
    choices.eliminate_zeros()
    library = ItemItemRecommender(K=LOOKED_AT)
    library.fit(choices, show_progress=False)

    rows = []
    for first, last in runs(library.similarity.indptr):
        pairs = library.similarity[first:last]
        items, others = np.repeat(np.arange(first, last), np.diff(pairs.indptr)), pairs.indices
        in_common = np.round(pairs.data * (users[items] * users[others]) ** discount)
        similar = (items != others) & (in_common >= max(1, fewest_in_common))
        pairs.data = np.where(similar, in_common / users[others] ** discount, 0).astype(np.float32)
        pairs.eliminate_zeros()
        rows.append(strongest(pairs, NEIGHBOURS))
    return sparse.vstack(rows, format="csr")
