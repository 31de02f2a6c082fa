"""How strongly a history suggests each item: the scores behind the personalisation recipes, and their tuning.

Two things carry the quality, both of them preparation of data for a plain least-squares model.
A history is placed among the item factors with its newest items weighing most, when asked, so a live event changes
the very next answer.  The -v2 recipes add what tends to follow the last ten items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.als import Factors, train
from personalize_sfn.engine.interactions import Interactions, Mask, Strings
from personalize_sfn.engine.model import Scores, best
from personalize_sfn.engine.parallel import in_blocks
from personalize_sfn.engine.sequences import WINDOW, EncodedHistories, NextItems, encode_histories, next_items
from personalize_sfn.engine.split import HeldOut, held_out


@dataclass(frozen=True)
class Preferences:
    """What personalisation learns."""

    factors: Factors
    next_items: NextItems | None
    """None where the recipe does not use the order of events."""
    decay: float = 1.0
    """How fast older items of a history lose weight: that of age a is (a + 1) ** -decay.  0: all weigh the same."""
    next_items_weight: float = 0.3
    """How much what follows counts against the factors, both in standard deviations."""

    def of(self, history: EncodedHistories) -> Scores:
        """Scores in standard deviations over the catalogue, up to a constant in each row: shape (histories, items).

        An empty history scores all the same.
        """
        confidence = self.factors.alpha * (history.ages + 1.0) ** -self.decay
        users = self.factors.place(history.weighted(confidence, len(self.factors.items)))
        variance = np.einsum("ij,ij->i", users @ self.factors.covariance, users)[:, np.newaxis]
        spread = np.sqrt(np.where(variance > 0, variance, 1)).astype(np.float32)
        scores: Scores = np.asarray(users / spread @ self.factors.items.T, dtype=np.float32)
        if self.next_items is not None:
            self._add_next_items(self.next_items, scores, history)
        return scores

    def _add_next_items(self, next_items: NextItems, scores: Scores, history: EncodedHistories) -> None:
        """Add what tends to follow the last ten items.  Few items do, so only their scores are touched."""
        last = np.flatnonzero(history.ages < WINDOW)
        rows, items = history.rows[last][:, np.newaxis], history.items[last]
        strengths = next_items.strengths[items] * _LAST[history.ages[last], np.newaxis]
        places = rows * scores.shape[1] + next_items.items[items]
        sums = np.bincount(places.ravel(), strengths.ravel(), minlength=scores.size)[places]  # what follows several
        both = np.stack([strengths.sum(axis=1), (strengths * sums).sum(axis=1)]) / scores.shape[1]
        mean, square = (np.bincount(rows[:, 0], each, minlength=len(scores)) for each in both)
        variance = square - mean**2
        weights = self.next_items_weight / np.sqrt(np.where(variance > 0, variance, np.inf))
        scores.reshape(-1)[places] += (weights[rows] * sums).astype(np.float32)  # equal places get the same, once


_LAST = (np.arange(1, WINDOW + 1) ** -0.5).astype(np.float32)
"""How much what follows an item counts, by the item's age."""


def softmax(scores: Scores) -> Scores:
    """Each row as probabilities."""
    chances = odds(scores.copy())
    chances /= chances.sum(axis=1, keepdims=True)
    return chances


def odds(scores: Scores) -> Scores:
    """Each row as odds, those of its highest score being 1.  The scores are overwritten."""
    scores -= scores.max(axis=1, keepdims=True)
    return np.exp(scores, out=scores)


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is chosen by trial on held-out users of the training data."""

    alpha: float = 4.0
    """How much more an event weighs than its absence: small on dense data, large on sparse data."""
    temperature: float = 1.0
    """The factor that turns scores into the logarithm of odds."""
    decay: float = 1.0
    """`Preferences.decay`, where recency counts at all."""
    next_items_weight: float = 0.3
    """`Preferences.next_items_weight`, where what follows counts at all."""


class Learned(NamedTuple):
    """What a model of a part of the data hands on to a training on all of it.  It holds no events."""

    tuning: Tuning
    item_ids: Strings
    """The catalogue of the part."""
    factors: Factors


ALPHAS = (1.0, 4.0, 16.0, 40.0)
DECAYS = (0.5, 1.5)
NEXT_ITEMS_WEIGHTS = (0.15, 0.6, 1.2)
"""Tried beside the defaults of `Tuning`."""
TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
TRIAL_EVENTS = 200_000
TRIAL_USERS = 500
FEWEST_USERS = 25
"""With fewer held-out users than this a trial is chance, and the defaults stand."""


def tune(data: Interactions, *, use_next_items: bool, recency: bool, seed: int) -> Tuning:
    """Choose the settings of `Tuning` on users held out of `data`, by NDCG at 10, one after the other.

    First alphas are tried with the other settings at their defaults.  With the best one the decay is chosen, then the
    weight of what follows: both only place histories anew, which costs next to nothing beside training.  Another
    value than the default is taken where the mean gain over the users is more than one standard error of it, so that
    chance alone seldom moves it.  At last comes the temperature that makes scores honest.

    Trials are small: at most 200,000 events of random users, of whom a third but at most 500 are asked, 32
    dimensions and 5 iterations.  Nothing outside `data` is looked at, so a metric measured on other users
    stays a fair one.
    """
    some = _some_users(data, TRIAL_EVENTS, seed)
    test = held_out(some, seed=seed, share=min(1 / 3, TRIAL_USERS / len(some.user_ids)))
    if len(test.histories) < FEWEST_USERS:
        return Tuning()
    trial = _Trial(test, use_next_items=use_next_items, recency=recency)
    tuning = trial.best_alpha(seed)
    if recency:
        tuning = trial.better(tuning, [replace(tuning, decay=decay) for decay in DECAYS])
    if use_next_items:
        tuning = trial.better(tuning, [replace(tuning, next_items_weight=weight) for weight in NEXT_ITEMS_WEIGHTS])
    return replace(tuning, temperature=_best_temperature(trial.scores(tuning), trial.wanted))


def _some_users(data: Interactions, events: int, seed: int) -> Interactions:
    """The events of random users, about so many.  Leaving out users keeps how dense each item is."""
    if len(data) <= events:
        return data
    chance = np.random.default_rng(seed).random(len(data.user_ids))
    return data.where((chance < events / len(data))[data.users])


class _Trial:
    """Histories asked of models trained on `test.training`, and how good the answers are."""

    def __init__(self, test: HeldOut, *, use_next_items: bool, recency: bool) -> None:
        """Compute once what does not depend on the settings."""
        self._training, self._recency = test.training, recency
        self._asked = asked = encode_histories(test.training, test.histories)
        self._next_items = next_items(test.training) if use_next_items else None
        self._factors: dict[float, Factors] = {}
        self._found: dict[Tuning, NDArray[np.float64]] = {}
        self.wanted = np.zeros((len(test.targets), len(test.training.item_ids)), dtype=np.bool_)
        for row, target in enumerate(test.targets):
            self.wanted[row, test.training.known(sorted(target))] = True
        self.wanted[asked.rows, asked.items] = False
        gains = _GAINS.cumsum()
        self._perfect = np.array([gains[min(len(target), len(gains)) - 1] for target in test.targets])

    def scores(self, tuning: Tuning) -> Scores:
        """What was chosen before scores -inf.  Shape (users, items)."""
        decay = tuning.decay if self._recency else 0.0
        preferences = Preferences(self._factors[tuning.alpha], self._next_items, decay, tuning.next_items_weight)
        asked, width = self._asked, len(self._training.item_ids)
        blocks = in_blocks(len(asked.starts) - 1, width, lambda block: preferences.of(asked.part(block)))
        scores = np.concatenate(blocks)
        scores[asked.rows, asked.items] = -np.inf
        return scores

    def best_alpha(self, seed: int) -> Tuning:
        """Three of the alphas are tried: quality has one peak over them, so the default tells on which side to look."""
        self._train(4.0, seed)
        self._train(16.0, seed)
        higher = self._ndcg(Tuning(16.0)).mean() > self._ndcg(Tuning()).mean()
        beyond = 40.0 if higher else 1.0
        self._train(beyond, seed)
        return self.better(Tuning(), [Tuning(16.0), Tuning(beyond)])

    def _train(self, alpha: float, seed: int) -> None:
        self._factors[alpha] = train(self._training, dimensions=32, alpha=alpha, seed=seed, iterations=5)

    def better(self, tuning: Tuning, others: Sequence[Tuning]) -> Tuning:
        """The best of the others if it is better by more than chance, else `tuning`."""
        before = self._ndcg(tuning)
        gains = {other: self._ndcg(other) - before for other in others}
        found = max(others, key=lambda other: float(gains[other].mean()))
        error = gains[found].std() / np.sqrt(len(before))
        return found if gains[found].mean() > error else tuning

    def _ndcg(self, tuning: Tuning) -> NDArray[np.float64]:
        """NDCG at 10 of each user.  Shape (users,)."""
        if tuning not in self._found:
            positions, _ = best(self.scores(tuning), len(_GAINS), None)
            hits = np.take_along_axis(self.wanted, positions, axis=1)
            self._found[tuning] = np.asarray(hits @ _GAINS[: hits.shape[1]] / self._perfect)
        return self._found[tuning]


_GAINS = 1 / np.log2(np.arange(2, 12))
"""What a hit at each of the first ten places counts."""


def _best_temperature(scores: Scores, wanted: Mask) -> float:
    """The temperature under which the wanted items are most likely."""
    rows, items = np.nonzero(wanted)

    def likelihood(temperature: float) -> float:
        return float(np.log(softmax(temperature * scores)[rows, items] + 1e-12).mean()) if len(rows) else 0.0

    return max(TEMPERATURES, key=likelihood)
