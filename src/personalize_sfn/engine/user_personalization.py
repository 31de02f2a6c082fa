"""aws-user-personalization, aws-personalized-ranking and their -v2: what a user's own history suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.als import Factors, train
from personalize_sfn.engine.cold_start import Profiles, ages, extend_catalogue, fill_cold_items
from personalize_sfn.engine.context import ContextLifts
from personalize_sfn.engine.context_selection import learned
from personalize_sfn.engine.history_scores import Learned, Preferences, Tuning, odds, softmax, tune
from personalize_sfn.engine.interactions import Codes, Event, Floats, Interactions, Mask, Strings, typical_users
from personalize_sfn.engine.model import (
    Scored,
    Scores,
    best,
    by_popularity,
    fill_up,
    masks,
    scored,
    unscored,
    with_logit_bias,
)
from personalize_sfn.engine.objective import OFF, Objective, extend_bias
from personalize_sfn.engine.parallel import in_blocks, one_blas_thread
from personalize_sfn.engine.segments import standardized
from personalize_sfn.engine.sequences import (
    NextItems,
    RepeatConsumption,
    encode_histories,
    next_items,
    repeat_consumption,
)
from personalize_sfn.engine.training_input import TrainingInput

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes

TRUSTED_AFTER = 3
"""Distinct items after which a history is enough; before, popularity is mixed in by its missing share."""
SEEN_BEFORE = 1e-4
"""What is left of an item's share once it was chosen, before the learned chance of coming again is added."""
MOST_AGAIN = 0.95
"""The most that all items of a history together may have as their chance of coming again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalizationOptions:
    """Hyperparameters of aws-user-personalization and aws-personalized-ranking."""

    hidden_dimension: int = field(default=64, metadata={"range": (32, 256), "tunable": True})
    """Dimensions of the item factors, 32 to 256.  Least squares needs fewer than the service's neural model, whose
    default is 149: more were not better on the data measured."""
    bptt: int = field(default=32, metadata={"range": (2, 32), "tunable": True, "unread": True})
    """Steps of back-propagation through time, 2 to 32: checked, without effect here, where nothing is propagated."""
    recency_mask: bool = field(default=True, metadata={"tunable": True})
    """Whether the newest items of a history weigh most."""
    min_user_history_length_percentile: float = field(default=0.0, metadata={"range": (0.0, 1.0)})
    """Users with shorter histories than this percentile do not train."""
    max_user_history_length_percentile: float = field(default=1.0, metadata={"range": (0.0, 1.0)})
    """Users with longer histories than this percentile do not train: they are often robots.  The service's default is
    0.99; here no user is left out unless asked, as in the recipes that this one is compared with."""

    @property
    def recency(self) -> bool:
        """The one name under which both generations know it."""
        return self.recency_mask

    use_next_items = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalizationV2Options:
    """Hyperparameters of aws-user-personalization-v2 and aws-personalized-ranking-v2."""

    apply_recency_bias: bool = True
    """Whether the newest items of a history weigh most, and what tends to follow them is added."""

    hidden_dimension = 64
    min_user_history_length_percentile = 0.0
    max_user_history_length_percentile = 1.0

    @property
    def recency(self) -> bool:
        """The one name under which both generations know it."""
        return self.apply_recency_bias

    @property
    def use_next_items(self) -> bool:
        """What follows is about the newest items, so it goes when they are nothing special."""
        return self.apply_recency_bias


@dataclass(frozen=True)
class Personalization:
    """Scores are probabilities that sum to 1 over the catalogue.

    They mix what the history suggests with what is popular, as long as the history is short, and then with the
    learned chance that an item comes again: where training hardly ever saw an item twice, what was seen goes
    to the end.
    """

    interactions: Interactions
    preferences: Preferences
    repeat_consumption: RepeatConsumption
    temperature: float
    ages: Floats | None = None
    """How old items without events are, in days, shape (items,), infinite for the others; None when all have events."""
    profiles: Profiles | None = None
    """What attributes promise of users with fewer than `TRUSTED_AFTER` events."""
    context: ContextLifts | None = None
    """What tells that an item is likelier at some moments; None where nothing does."""
    objective_bias: Floats | None = None
    """What an objective adds to the logarithm of each item's chance, shape (items,); None without one."""

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        options: PersonalizationOptions | PersonalizationV2Options,
        given: TrainingInput,
        like: Learned | None = None,
    ) -> Personalization:
        """Tune on a part of the data, unless it is given what to be `like`; then train on all of it.

        Attributes change nothing of what events say: they add what they promise of items and users without.
        """
        seed = given.seed
        data = typical_users(
            interactions, options.min_user_history_length_percentile, options.max_user_history_length_percentile
        )
        if like is None:
            tuning = tune(data, use_next_items=options.use_next_items, recency=options.recency, seed=seed)
        else:
            tuning = like.tuning
        start = None if like is None else (like.item_ids, like.factors)

        def model_of(part: Interactions, start: tuple[Strings, Factors] | None = None) -> Personalization:
            factors = train(part, dimensions=options.hidden_dimension, alpha=tuning.alpha, seed=seed, start=start)
            following = next_items(part) if options.use_next_items else None
            decay = tuning.decay if options.recency else 0.0
            preferences = Preferences(factors, following, decay, tuning.next_items_weight)
            return cls(part.without_context(), preferences, repeat_consumption(part), tuning.temperature)

        model = model_of(data, start)
        if data is not interactions:
            again = repeat_consumption(interactions)
            model = replace(model, interactions=interactions.without_context(), repeat_consumption=again)
        if data.contexts:
            model = replace(model, context=learned(data, lambda part: model_of(part).probabilities, seed=seed))
        nothing = given.items is None and given.users is None and given.objective is None
        return model if nothing else model.updated(given.items, given.users, given.objective)

    def updated(
        self, items: Attributes | None, users: Attributes | None, objective: Objective | None = None
    ) -> Personalization:
        """The same model with what attributes promise of items and users without events; nothing else is learned.

        `objective` takes the place of the one that the model has, if it has one.
        """
        data, preferences, aged = self.interactions, self.preferences, self.ages
        context, bias = self.context, self.objective_bias
        if items is not None:
            catalogue = np.union1d(self.item_ids, items.ids)
            if len(catalogue) > len(self.item_ids):
                data, preferences = data.over(catalogue), extend_catalogue(preferences, self.item_ids, catalogue)
                context = None if context is None else context.over(self.item_ids, catalogue)
                bias = None if bias is None else extend_bias(bias, self.item_ids, catalogue)
            preferences = replace(preferences, factors=fill_cold_items(preferences.factors, data, items))
            aged = None if data.has_events.all() else ages(data, items)
        profiles = self.profiles
        if users is not None:
            profiles = Profiles.fit(self.interactions, self.preferences.factors, users, enough=TRUSTED_AFTER)
        if objective is not None and objective.sensitivity != OFF:
            bias = objective.bias(data.item_ids)
        model = replace(self, interactions=data, preferences=preferences, ages=aged, profiles=profiles)
        return replace(model, context=context, objective_bias=bias)

    @property
    def tuning(self) -> Tuning:
        """What was chosen by trial."""
        learned = self.preferences
        return Tuning(learned.factors.alpha, self.temperature, learned.decay, learned.next_items_weight)

    @property
    def learned(self) -> Learned:
        """What a training on more data can start from."""
        return Learned(self.tuning, self.item_ids, self.preferences.factors)

    @property
    def item_ids(self) -> Strings:
        """The catalogue."""
        return self.interactions.item_ids

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user."""
        return self.interactions.history(user_id)

    def probabilities(
        self, histories: Sequence[Sequence[str]], before: Scores | None = None, context_bias: Scores | None = None
    ) -> Scores:
        """How likely each item of the catalogue comes next, shape (histories, items); rows sum to 1.

        `before`, of the same shape, is what is likely as long as there is no history; popularity when it is not given.
        `context_bias`, of the shape (items,), is added to the logarithms at the end: what a context says.
        """
        asked = encode_histories(self.interactions, histories)
        scores = self.preferences.of(asked)
        scores *= np.float32(self.temperature)
        chances = odds(scores)
        if (asked.lengths < TRUSTED_AFTER).any():
            trusted = np.minimum(1, asked.lengths / TRUSTED_AFTER).astype(np.float32)[:, np.newaxis]
            chances *= trusted / chances.sum(axis=1, keepdims=True)
            chances += (1 - trusted) * (self._popularity if before is None else before)

        rows = asked.rows
        chances[rows, asked.items] *= SEEN_BEFORE
        again = self.repeat_consumption.of(asked)
        again /= np.maximum(1, np.bincount(rows, weights=again, minlength=len(histories)) / MOST_AGAIN)[rows]
        others = 1 - np.bincount(rows, weights=again, minlength=len(histories))[:, np.newaxis].astype(np.float32)
        chances *= others / chances.sum(axis=1, keepdims=True)
        chances[rows, asked.items] += again.astype(np.float32)
        return with_logit_bias(chances, self.objective_bias, context_bias)

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:
        """The `k` likeliest candidates."""
        return self.recommend_batch([history], k=k, candidates=candidates)[0]

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for each history."""

        def answers(block: slice) -> list[list[Scored]]:
            mask = candidates[block] if candidates is not None and candidates.ndim == 2 else candidates
            return scored(self.item_ids, *best(self.probabilities(histories[block]), k, mask))

        return list(chain.from_iterable(in_blocks(len(histories), len(self.item_ids), answers)))

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:
        """The given items by how likely each comes next, among each other."""
        return self.rank_batch([history], [item_ids])[0]

    def rank_batch(self, histories: Sequence[Sequence[str]], item_ids: Sequence[Sequence[str]]) -> list[list[Scored]]:
        """`rank` for each history and its list."""

        def answers(block: slice) -> list[list[Scored]]:
            return list(map(self.ranked, self.probabilities(histories[block]), item_ids[block]))

        return list(chain.from_iterable(in_blocks(len(histories), len(self.item_ids), answers)))

    def similar(self, item_id: str, k: int = 25, *, candidates: Mask | None = None) -> list[Scored]:
        """The items in the most similar direction of factor space."""
        [at] = self.interactions.positions([item_id])
        if at is None:
            return unscored(self.item_ids, fill_up(self._popular[:0], self._popular, k, candidates))
        with one_blas_thread():
            cosines = self._directions @ self._directions[at]
        nearest = np.argsort(-cosines, kind="stable").astype(np.int32)
        return unscored(self.item_ids, fill_up(nearest, self._popular, k, candidates, without=at))

    def similar_batch(
        self, item_ids: Sequence[str], k: int = 25, *, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`similar` for each item."""
        each = zip(item_ids, masks(candidates, len(item_ids)), strict=True)
        return [self.similar(item_id, k, candidates=mask) for item_id, mask in each]

    def ranked(self, chances: Scores, item_ids: Sequence[str]) -> list[Scored]:
        """The given items by their chances, shape (items of the catalogue,); unknown ones last, without score."""
        positions = self.interactions.positions(item_ids)
        known = [(float(chances[at]), name) for at, name in zip(positions, item_ids, strict=True) if at is not None]
        total = sum(chance for chance, _ in known)
        ranked = [Scored(name, chance / total) for chance, name in sorted(known, key=lambda pair: -pair[0])]
        return ranked + [Scored(name, None) for at, name in zip(positions, item_ids, strict=True) if at is None]

    def before(self, user_ids: Sequence[str | None]) -> Scores | None:
        """What is likely for users by their attributes, before they have a history: shape (users, items).

        None when no user has a profile, so that popularity is all there is.
        """
        if self.profiles is None or not any(user_id in self.profiles for user_id in user_ids):
            return None
        rows = np.repeat(self._popularity[np.newaxis], len(user_ids), axis=0)
        for row, user_id in enumerate(user_ids):
            taste = self.profiles.of(user_id)
            if taste is not None:
                scores = standardized(self.preferences.factors.items @ taste)
                rows[row] = softmax(self.temperature * scores[np.newaxis])[0]
        return rows

    @cached_property
    def _popularity(self) -> Scores:
        users = self.interactions.item_users
        return np.asarray(users / users.sum(), dtype=np.float32)

    @cached_property
    def _popular(self) -> Codes:
        return by_popularity(self.interactions)

    @cached_property
    def _directions(self) -> Scores:
        factors = self.preferences.factors.items
        lengths = np.linalg.norm(factors, axis=1, keepdims=True)
        return np.asarray(factors / np.where(lengths > 0, lengths, 1))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a file must hold beside the interactions."""
        factors, following = self.preferences.factors, self.preferences.next_items
        placing = [self.preferences.decay, self.preferences.next_items_weight]
        arrays: dict[str, NDArray[Any]] = {
            "item_factors": factors.items,
            "settings": np.array([factors.alpha, factors.regularization, self.temperature, *placing]),
            "hazard": self.repeat_consumption.hazard,
        }
        if following is not None:
            arrays |= {"followers": following.items, "followers_strengths": following.strengths}
        if self.ages is not None:
            arrays["ages"] = self.ages
        if self.objective_bias is not None:
            arrays["leaning"] = self.objective_bias
        if self.context is not None:
            arrays |= self.context.to_arrays()
        return arrays if self.profiles is None else arrays | self.profiles.to_arrays()

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Personalization:
        """The inverse of `to_arrays`."""
        alpha, regularization, temperature, *placing = arrays["settings"].tolist()
        following = None
        if "followers" in arrays:
            following = NextItems(arrays["followers"], arrays["followers_strengths"])
        learned = interactions.has_events if "ages" in arrays else None
        factors = Factors(arrays["item_factors"], alpha, regularization, learned)
        preferences = Preferences(factors, following, *placing)
        return cls(
            interactions,
            preferences,
            RepeatConsumption(arrays["hazard"]),
            temperature,
            arrays.get("ages"),
            Profiles.from_arrays(arrays),
            ContextLifts.from_arrays(arrays, len(interactions.item_ids)),
            arrays.get("leaning"),
        )
