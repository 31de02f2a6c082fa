"""aws-next-best-action: which action (enrol, sign up, ...) a user will most probably take.

https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-next-best-action.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.als import Factors, chosen, train
from personalize_sfn.engine.interactions import Interactions, Mask
from personalize_sfn.engine.model import Scored, Scores, best, scored
from personalize_sfn.engine.popularity import SameForAll
from personalize_sfn.engine.sequences import encode_histories
from personalize_sfn.engine.training_input import TrainingInput

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes

ALPHA = 4.0
MOST_DIMENSIONS = 32
"""There are few actions; more dimensions than actions say nothing."""
WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Tried for what a history says, in standard deviations, against how often an action is taken."""
FEWEST_USERS = 25
"""With fewer users of two actions than this, a trial is chance, and histories say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOptions:
    """Hyperparameters of aws-next-best-action."""

    action_optimization_period: int = field(default=14, metadata={"range": (7, 28)})
    """Days that a prediction looks ahead, 7 to 28: checked, without effect here, where a score is the chance that the
    user takes the action at all."""


@dataclass(frozen=True)
class Actions(SameForAll):
    """Train it on events of users and the actions that they took.

    The score of an action is the probability that the user takes it: the share of users who took it, its log-odds moved
    by what their other actions suggest.  How far they move it is chosen on held-out actions, and may be not at all.
    Scores are of each action for itself and sum to nothing in particular.  An action that no user took is known when it
    is one of the `items`: it has the least score, whatever the history.
    """

    factors: Factors
    center: NDArray[np.float32]
    """The mean over users of what histories say for each action, shape (2, items), and its standard deviation."""
    weight: float

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        options: ActionOptions,  # noqa: ARG003
        given: TrainingInput,
    ) -> Actions:
        """Choose the weight on each user's newest action, trained on the others; then train on all."""
        model = cls._with(interactions, _weight(interactions, given.seed), given.seed)
        return model if given.items is None else model.updated(given.items)

    @classmethod
    def _with(cls, data: Interactions, weight: float, seed: int) -> Actions:
        if not len(data):
            nothing = np.zeros((len(data.item_ids), 1), dtype=np.float32)
            return cls(data, Factors(nothing, ALPHA, 1.0), np.repeat(nothing.T, 2, axis=0), weight)
        dimensions = min(MOST_DIMENSIONS, len(data.item_ids))
        factors = train(data, dimensions=dimensions, alpha=ALPHA, seed=seed)
        says = factors.place(factors.alpha * chosen(data)) @ factors.items.T
        return cls(data, factors, np.stack([says.mean(axis=0), says.std(axis=0)]), weight)

    def updated(self, items: Attributes) -> Actions:
        """The same model with the actions of `items` that it does not know yet; nothing else is learned."""
        catalogue = np.union1d(self.item_ids, items.ids)
        places = np.searchsorted(catalogue, self.item_ids)
        factors = np.zeros((len(catalogue), self.factors.items.shape[1]), dtype=np.float32)
        center = np.zeros((2, len(catalogue)), dtype=np.float32)
        factors[places], center[:, places] = self.factors.items, self.center
        data = self.interactions.over(catalogue)
        return replace(self, interactions=data, factors=replace(self.factors, items=factors), center=center)

    def probabilities(self, histories: Sequence[Sequence[str]]) -> Scores:
        """The chance that each action is taken, shape (histories, actions)."""
        return self._chances(histories, self.weight)

    def _chances(self, histories: Sequence[Sequence[str]], weight: float) -> Scores:
        asked = encode_histories(self.interactions, histories)
        taken = asked.weighted(np.full(len(asked.items), self.factors.alpha), len(self.item_ids))
        mean, deviation = self.center
        says = (self.factors.place(taken) @ self.factors.items.T - mean) / np.where(deviation > 1e-6, deviation, 1)
        says[asked.lengths == 0] = 0
        users = len(self.interactions.user_ids)
        rates = (self.interactions.item_users + 0.5) / (users + 1)
        odds = np.log(rates / (1 - rates)) + weight * says
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:
        """The `k` likeliest candidates."""
        return self.recommend_batch([history], k=k, candidates=candidates)[0]

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for each history."""
        return scored(self.item_ids, *best(self.probabilities(histories), k, candidates)) if histories else []

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:
        """The given actions, likeliest first; unknown ones last, unscored."""
        chances = self.probabilities([history])[0]
        positions = self.interactions.positions(item_ids)
        known = [
            Scored(name, float(chances[at])) for at, name in zip(positions, item_ids, strict=True) if at is not None
        ]
        unknown = [Scored(name, None) for at, name in zip(positions, item_ids, strict=True) if at is None]
        return sorted(known, key=lambda action: -(action.score or 0.0)) + unknown

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a file must hold beside the interactions."""
        settings = np.array([self.factors.alpha, self.factors.regularization, self.weight])
        return {"item_factors": self.factors.items, "center": self.center, "settings": settings}

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Actions:
        """The inverse of `to_arrays`."""
        alpha, regularization, weight = arrays["settings"].tolist()
        factors = Factors(arrays["item_factors"], alpha, regularization)
        return cls(interactions, factors, arrays["center"], weight)


def _weight(data: Interactions, seed: int) -> float:
    """The weight under which each user's newest action, and the absence of the others, is likeliest."""
    newest = data.starts[1:] - 1
    several = np.flatnonzero(np.diff(data.starts) >= 2)
    if len(several) < FEWEST_USERS:
        return 0.0
    keep = np.ones(len(data), dtype=np.bool_)
    keep[newest[several]] = False
    training = data.where(keep)
    model = Actions._with(training, 0.0, seed)
    histories = [[event.item_id for event in training.history(user)] for user in data.user_ids[several].tolist()]
    taken = np.zeros((len(several), len(training.item_ids)), dtype=np.bool_)
    for row, item in enumerate(data.item_ids[data.items[newest[several]]].tolist()):
        taken[row, training.known([item])] = True
    asked = encode_histories(training, histories)
    open_ = np.ones(taken.shape, dtype=np.bool_)
    open_[asked.rows, asked.items] = False  # what was taken before is no prediction

    def likelihood(weight: float) -> float:
        chances = np.clip(model._chances(histories, weight), 1e-6, 1 - 1e-6)
        return float(np.where(taken, np.log(chances), np.log(1 - chances))[open_].sum())

    return max(WEIGHTS, key=likelihood)
