"""aws-item-affinity and aws-item-attribute-affinity: which users will take to an item, or to items of some attributes.

https://docs.aws.amazon.com/personalize/latest/dg/user-segmentation-recipes.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.als import Factors, chosen, train
from personalize_sfn.engine.history_scores import Learned, Tuning, tune
from personalize_sfn.engine.interactions import Codes, Event, Interactions, Mask, Strings
from personalize_sfn.engine.model import Scores, best
from personalize_sfn.engine.parallel import in_blocks
from personalize_sfn.engine.training_input import TrainingInput
from personalize_sfn.errors import ConfigError

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes

NO_ITEMS = "recipes of user segmentation answer users, not items: ask segment() or segment_attributes()"

TRUSTED_AFTER = 3
"""Users after which an item's own data are enough; before, how active users are is mixed in by the missing share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentOptions:
    """Hyperparameters of aws-item-affinity and aws-item-attribute-affinity."""

    hidden_dimension: int = field(default=64, metadata={"range": (32, 256)})
    """Dimensions of the factors, 32 to 256.  Least squares needs fewer than the service's default of 149."""


@dataclass(frozen=True)
class Segments:
    """Users by the inner product of their factors with an item's, or with the mean of several items'.

    How recent a user's events are plays no part: it did not help on the data measured.  A user who chose the item
    already may be in its segment, as at the service, where a filter removes them; the mask `candidates` does here.
    """

    interactions: Interactions
    factors: Factors
    values: Mapping[str, tuple[Codes, Strings]]
    """By column of attributes: pairs of an item's position and one of its values, as two arrays of shape (pairs,)."""

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        options: SegmentOptions,
        given: TrainingInput,
        like: Learned | None = None,
    ) -> Segments:
        """Tune on a part of the data, unless it is given what to be `like`; then train on all of it."""
        seed, items = given.seed, given.items
        tuning = tune(interactions, use_next_items=False, recency=False, seed=seed) if like is None else like.tuning
        start = None if like is None else (like.item_ids, like.factors)
        factors = train(interactions, dimensions=options.hidden_dimension, alpha=tuning.alpha, seed=seed, start=start)
        return cls(interactions, factors, {} if items is None else _values(interactions, items))

    @property
    def tuning(self) -> Tuning:
        """What was chosen by trial."""
        return Tuning(alpha=self.factors.alpha)

    @property
    def learned(self) -> Learned:
        """What a training on more data can start from."""
        return Learned(self.tuning, self.item_ids, self.factors)

    @property
    def item_ids(self) -> Strings:
        """The catalogue."""
        return self.interactions.item_ids

    @property
    def user_ids(self) -> Strings:
        """The users that a segment may hold, sorted."""
        return self.interactions.user_ids

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user."""
        return self.interactions.history(user_id)

    def segment(self, item_id: str, k: int, *, candidates: Mask | None = None) -> list[str]:
        """The `k` users who will most likely take to an item, likeliest first.

        For an item that training did not know: the most active users.  `candidates` is a boolean mask over `user_ids`.
        """
        return self.segment_batch([self.interactions.known([item_id])], k, candidates)[0]

    def segment_attributes(
        self, attributes: Mapping[str, Sequence[str]], k: int, *, candidates: Mask | None = None
    ) -> list[str]:
        """The same for the items that have all these values, by column; the most active users when none has.

        Raises `ConfigError` for a column that training was not given.
        """
        return self.segment_batch([self.items_with(attributes)], k, candidates)[0]

    def segment_batch(self, items: Sequence[Codes], k: int, candidates: Mask | None = None) -> list[list[str]]:
        """A segment for each group of items, given as positions.  `candidates`: (users,) or (groups, users)."""

        def segments(block: slice) -> list[list[str]]:
            mask = candidates[block] if candidates is not None and candidates.ndim == 2 else candidates
            positions, values = best(self._scores(items[block]), k, mask)
            counts = np.count_nonzero(np.isfinite(values), axis=1)  # who is no candidate comes last
            return [self.user_ids[row[:count]].tolist() for row, count in zip(positions, counts, strict=True)]

        return list(chain.from_iterable(in_blocks(len(items), len(self.user_ids), segments)))

    def items_with(self, attributes: Mapping[str, Sequence[str]]) -> Codes:
        """The positions of the items that have all these values."""
        having = np.ones(len(self.item_ids), dtype=np.bool_)
        for column, wanted in attributes.items():
            if column not in self.values:
                raise ConfigError("attributes", f"no column {column!r}; there are {', '.join(self.values) or 'none'}")
            items, values = self.values[column]
            for value in wanted:
                having &= np.isin(np.arange(len(having)), items[values == value])
        return np.flatnonzero(having).astype(np.int32)

    def _scores(self, groups: Sequence[Codes]) -> Scores:
        """Shape (groups, users)."""
        users = np.array([[self.interactions.item_users[group].sum()] for group in groups])
        trusted = np.minimum(1, users / TRUSTED_AFTER).astype(np.float32)
        nothing = np.zeros(self.factors.items.shape[1], dtype=np.float32)
        middles = [self.factors.items[group].mean(axis=0) if len(group) else nothing for group in groups]
        tastes = standardized(np.stack(middles) @ self._users.T)
        return np.asarray(trusted * tastes + (1 - trusted) * self._activity)

    @cached_property
    def _activity(self) -> Scores:
        """How many events each user has, in standard deviations."""
        return standardized(np.bincount(self.interactions.users, minlength=len(self.user_ids)).astype(np.float32))

    @cached_property
    def _users(self) -> Scores:
        """The users' factors, shape (users, dimensions): computed quickly from the items', so no file holds them."""
        confidence = chosen(self.interactions)
        confidence.data *= np.float32(self.factors.alpha)
        return self.factors.place(confidence)

    def recommend(self, *_: object, **__: object) -> NoReturn:
        """Raises `ConfigError`: the service too makes no campaigns with these recipes."""
        raise ConfigError("recipe", NO_ITEMS)

    recommend_batch = rank = rank_batch = similar = similar_batch = recommend

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a file must hold beside the interactions."""
        arrays: dict[str, NDArray[Any]] = {
            "item_factors": self.factors.items,
            "settings": np.array([self.factors.alpha, self.factors.regularization]),
            "columns": np.array(list(self.values), dtype=np.str_),
        }
        for number, (items, values) in enumerate(self.values.values()):
            arrays |= {f"column{number}.items": items, f"column{number}.values": values}
        return arrays

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Segments:
        """The inverse of `to_arrays`."""
        names = arrays["columns"].tolist()
        values = {
            name: (arrays[f"column{number}.items"], arrays[f"column{number}.values"])
            for number, name in enumerate(names)
        }
        return cls(interactions, Factors(arrays["item_factors"], *arrays["settings"].tolist()), values)


def standardized(scores: Scores) -> Scores:
    """Each row of scores in its standard deviations; a row of equal scores is all 0."""
    deviation = scores.std(axis=-1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=-1, keepdims=True)) / np.where(deviation > 0, deviation, 1))


def _values(interactions: Interactions, about: Attributes) -> dict[str, tuple[Codes, Strings]]:
    """The values of those items that have events, by column."""
    positions = interactions.positions(about.ids.tolist())
    found: dict[str, tuple[Codes, Strings]] = {}
    for column in about.columns:
        pairs = [
            (at, value)
            for at, values in zip(positions, about.categories(column), strict=True)
            if at is not None
            for value in sorted(values)
        ]
        items = np.array([at for at, _ in pairs], dtype=np.int32)
        found[column] = (items, np.array([value for _, value in pairs], dtype=np.str_))
    return found
