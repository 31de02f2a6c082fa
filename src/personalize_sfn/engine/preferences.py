"""How much a history speaks for each item: the scores behind the personalisation recipes, and their tuning.

Two things carry the quality, both of them preparation of data for a plain least-squares model.
A history is placed among the item factors with its newest items weighing most (1, 1/2, 1/3, ...), when asked,
so a live event changes the very next answer.  The -v2 recipes add what tends to follow the last ten items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .factors import Factors, train
from .interactions import Interactions
from .metrics import DEPTH, item_metrics
from .model import Scores, best
from .sequences import WINDOW, Recent, followers, recent
from .split import HeldOut, held_out

FOLLOWERS_WEIGHT = 0.3
"""What follows, against the factors, both in standard deviations.  Fixed: 0.2 to 0.3 did best on MovieLens."""


@dataclass(frozen=True)
class Preferences:
    """What personalisation learns."""

    factors: Factors
    followers: Any
    """A CSR matrix of shape (items, items), or None where the recipe does not use the order of events."""
    recency: bool
    """Whether newer items of a history weigh more than older ones."""

    def of(self, history: Recent) -> Scores:
        """Scores in standard deviations over the catalogue, shape (histories, items); an empty history scores all 0."""
        items = len(self.factors.items)
        weights = 1 / (history.ages + 1) if self.recency else np.ones(len(history.ages))
        scores = _standardized(self.factors.place(history.weighted(weights, items)) @ self.factors.items.T)
        if self.followers is not None:
            last = np.where(history.ages < WINDOW, 1 / np.sqrt(history.ages + 1), 0)
            scores += FOLLOWERS_WEIGHT * _standardized((history.weighted(last, items) @ self.followers).toarray())
        return scores


def _standardized(scores: Scores) -> Scores:
    scores = scores - scores.mean(axis=1, keepdims=True)
    deviation = scores.std(axis=1, keepdims=True)
    return np.asarray(scores / np.where(deviation > 0, deviation, 1))


def softmax(scores: Scores) -> Scores:
    """Each row as probabilities."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is chosen by trial on held-out users of the training data."""

    alpha: float = 4.0
    """How much more an event weighs than its absence: small on dense data, large on sparse data."""
    temperature: float = 1.0
    """The factor that turns scores into the logarithm of odds."""


ALPHAS = (1.0, 4.0, 16.0, 40.0)
TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
TRIAL_EVENTS = 200_000
TRIAL_USERS = 500
CLEARLY_WORSE = 0.98
"""The share of the best quality so far below which no higher alpha is tried."""
FEWEST_USERS = 25
"""With fewer held-out users than this a trial is chance, and the defaults stand."""


def tune(data: Interactions, *, use_followers: bool, recency: bool, seed: int) -> Tuning:
    """Try each alpha on users held out of `data`, by NDCG at 10; then find the temperature that makes scores honest.

    Trials are small: at most 200,000 events of random users, of whom a third but at most 500 are asked, 32
    dimensions and 5 iterations.  Nothing outside `data` is looked at, so a metric measured on other users
    stays a fair one.
    """
    test = held_out(_some_users(data, TRIAL_EVENTS, seed), seed=seed, share=_trial_share(data))
    if len(test.histories) < FEWEST_USERS:
        return Tuning()
    asked = recent(test.training, test.histories)
    following = followers(test.training) if use_followers else None
    best_ndcg, best_alpha, best_scores = -1.0, ALPHAS[0], np.empty((0, 0), dtype=np.float32)
    for alpha in ALPHAS:
        factors = train(test.training, dimensions=32, alpha=alpha, seed=seed, iterations=5)
        scores = Preferences(factors, following, recency).of(asked)
        scores[asked.rows, asked.items] = -np.inf
        ndcg = _ndcg(scores, test)
        if ndcg < CLEARLY_WORSE * best_ndcg:
            break  # quality has one peak over alpha
        if ndcg > best_ndcg:
            best_ndcg, best_alpha, best_scores = ndcg, alpha, scores
    return Tuning(best_alpha, _best_temperature(best_scores, test))


def _trial_share(data: Interactions) -> float:
    return min(1 / 3, TRIAL_USERS / len(data.user_ids))


def _some_users(data: Interactions, events: int, seed: int) -> Interactions:
    """The events of random users, about so many.  Leaving out users keeps how dense each item is."""
    if len(data) <= events:
        return data
    chance = np.random.default_rng(seed).random(len(data.user_ids))
    return data.where((chance < events / len(data))[data.users])


def _ndcg(scores: Scores, test: HeldOut) -> float:
    positions, _ = best(scores, DEPTH, None)
    names = test.training.item_ids
    metrics = item_metrics(names[positions].tolist(), test.targets, catalogue=len(names))
    return metrics["normalized_discounted_cumulative_gain_at_10"]


def _best_temperature(scores: Scores, test: HeldOut) -> float:
    """The temperature under which the targets are most likely."""
    wanted = [test.training.known(sorted(target)) for target in test.targets]
    rows: NDArray[np.intp] = np.repeat(np.arange(len(wanted)), [len(items) for items in wanted])
    items = np.concatenate(wanted)
    new = np.isfinite(scores[rows, items])
    rows, items = rows[new], items[new]

    def likelihood(temperature: float) -> float:
        return float(np.log(softmax(temperature * scores)[rows, items] + 1e-12).mean()) if len(rows) else 0.0

    return max(TEMPERATURES, key=likelihood)
