"""The offline metrics of a solution version, under the keys that GetSolutionMetrics uses.

Definitions: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
Values are not rounded here; the service shows four decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import sqrt
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_PerUser: TypeAlias = NDArray[np.float64]

DEPTH = 25
"""How many recommended items a metric looks at."""


_NORMAL_95 = 1.96


class Measured(dict[str, float]):
    """Metrics by the service's keys, and how sure those are that are means over users."""

    users: int | None = None
    """How many users the means are over; None where they are no such means."""

    def __init__(self, metrics: Mapping[str, float] = MappingProxyType({})) -> None:
        super().__init__(metrics)
        self.margins: dict[str, float] = {}
        """Of each mean half of its 95 % interval (by the normal distribution, from the spread over the users)."""
        self.popularity: dict[str, float] = {}
        """The same metrics of the same test for the items that most users chose, which everybody is recommended."""

    def add_means(self, values: Mapping[str, _PerUser]) -> None:
        """Add the mean of each metric's values over the users, with its margin where there are two users at least."""
        for name, each in values.items():
            self[name] = _mean(each)
            if len(each) > 1:
                self.margins[name] = _NORMAL_95 * float(each.std(ddof=1)) / sqrt(len(each))


def item_metrics(
    recommended: Sequence[Sequence[str]],
    targets: Sequence[AbstractSet[str]],
    *,
    catalogue: int,
    weights: Sequence[Mapping[str, float]] | None = None,
) -> Measured:
    """Compare each list of at most 25 items (best first) with the items that the user really chose next.

    `catalogue` is the number of items in the training data.  For one list: precision at K is hits in the first K over
    K (also when the list is shorter); reciprocal rank is 1 / the place of the first hit; in NDCG a hit at place p
    counts 1 / log2(1 + p), over the sum that a perfect list would reach.  All are means over the lists.
    Coverage is the share of the catalogue that occurs in any list.  With `weights` of each list's targets there is an
    NDCG besides in which a hit counts its weight as often.
    """
    hits = np.zeros((len(recommended), DEPTH), dtype=np.float64)
    for row, (items, wanted) in enumerate(zip(recommended, targets, strict=True)):
        hits[row, : len(items)] = [item in wanted for item in items[:DEPTH]]
    wanted_counts = np.array([len(wanted) for wanted in targets], dtype=np.int64)
    gains = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = np.cumsum(gains)

    shown = {item for items in recommended for item in items[:DEPTH]}
    first_hit = np.argmax(hits, axis=1)
    values = {"mean_reciprocal_rank_at_25": hits.any(axis=1) / (first_hit + 1)}
    for k in (5, 10, 25):
        best = ideal[np.minimum(wanted_counts, k) - 1]
        values[f"normalized_discounted_cumulative_gain_at_{k}"] = hits[:, :k] @ gains[:k] / best
    for k in (5, 10, 25):
        values[f"precision_at_{k}"] = hits[:, :k].sum(axis=1) / k
    metrics = Measured({"coverage": len(shown) / catalogue})
    metrics.users = len(recommended)
    metrics.add_means(values if weights is None else values | _weighted_gains(recommended, weights, gains))
    return metrics


def _weighted_gains(
    recommended: Sequence[Sequence[str]], weights: Sequence[Mapping[str, float]], gains: NDArray[np.float64]
) -> dict[str, _PerUser]:
    reached, possible = np.zeros((2, len(recommended), DEPTH), dtype=np.float64)
    for row, (items, worth) in enumerate(zip(recommended, weights, strict=True)):
        reached[row, : len(items)] = [worth.get(item, 0.0) for item in items[:DEPTH]]
        perfect = sorted(worth.values(), reverse=True)[:DEPTH]
        possible[row, : len(perfect)] = perfect
    name = "normalized_discounted_cumulative_gain_with_event_weights_at"
    return {f"{name}_{k}": reached[:, :k] @ gains[:k] / (possible[:, :k] @ gains[:k]) for k in (5, 10, 25)}


def reward_metrics(
    recommended: Sequence[Sequence[str]], targets: Sequence[AbstractSet[str]], rewards: Mapping[str, float]
) -> dict[str, float]:
    """What the items that users really chose brought, as far as they were recommended, over what all of them brought.

    `rewards` is by item what a choice of it brings, 0 or more; items that are not there bring nothing.  Of users whose
    items bring nothing no share can be said, and they are left out.  The guide: "total rewards from the user's
    interactions with their top 25 reward generating recommendations / total rewards from the user's interactions with
    recommendations", where every item of the catalogue that was chosen is one with a recommendation, however far down.
    """
    shares = []
    for items, wanted in zip(recommended, targets, strict=True):
        possible = sum(rewards.get(item, 0.0) for item in wanted)
        if possible > 0:
            shares.append(sum(rewards.get(item, 0.0) for item in items[:DEPTH] if item in wanted) / possible)
    return {"average_rewards_at_k": _mean(np.array(shares, dtype=np.float64))}


def segment_metrics(
    segments: Sequence[Sequence[str]], targets: Sequence[AbstractSet[str]], *, users: int
) -> dict[str, float]:
    """Compare each segment (the likeliest 1 % of the users) with the users who really chose the item.

    Hits are the users of a segment that did; recall divides them by how many did.  Both are means over the segments;
    coverage is the share of all `users` who are in any.
    """
    hits = np.array(
        [len(wanted & set(found)) for found, wanted in zip(segments, targets, strict=True)], dtype=np.float64
    )
    return {
        "coverage": len({user for segment in segments for user in segment}) / users,
        "hits_at_1_percent": _mean(hits),
        "recall_at_1_percent": _mean(hits / np.array([len(wanted) for wanted in targets], dtype=np.float64)),
    }


def trend_metrics(
    recommended: Sequence[str], growth: Mapping[str, float], popularity: Mapping[str, float], *, catalogue: int
) -> dict[str, float]:
    """How much the recommended items grew in the window after training, over how much the 25 that grew most did.

    `growth` is by item the events of that window less those of the one before, `popularity` those of that window.
    The rate of increase of the recommended items is divided by the popularity of the 25 top items, as the guide
    defines it; what shrank counts 0, and so does a test without growth.
    """
    top = sorted(growth, key=lambda item: -growth[item])[:DEPTH]
    gained = sum(max(0.0, growth.get(item, 0.0)) for item in recommended[:DEPTH])
    total = sum(popularity[item] for item in top if growth[item] > 0)
    return {
        "coverage": len(set(recommended[:DEPTH])) / catalogue,
        "trend_prediction_accuracy": gained / total if total else 0.0,
    }


def action_metrics(
    scores: Sequence[Mapping[str, float]], targets: Sequence[AbstractSet[str]], *, shown: int = 5
) -> dict[str, float]:
    """Compare each user's probabilities of the actions with the actions that they really took next.

    Precision and recall look at the `shown` likeliest, GetActionRecommendations' default.  The area under the curve is
    the chance that an action that was taken has a higher score than one that was not (equal ones count half).
    """
    precision, recall, area = [], [], []
    for chances, wanted in zip(scores, targets, strict=True):
        ranked = sorted(chances, key=lambda action: -chances[action])[:shown]
        hits = len(wanted & set(ranked))
        precision.append(hits / shown)
        recall.append(hits / len(wanted))
        taken = [chance for action, chance in chances.items() if action in wanted]
        others = [chance for action, chance in chances.items() if action not in wanted]
        if taken and others:
            area.append(float(np.mean([(yes > no) + (yes == no) / 2 for yes in taken for no in others])))
    means = {"precision": precision, "recall": recall, "area_under_the_curve": area}
    return {name: _mean(np.array(values, dtype=np.float64)) for name, values in means.items()}


def _mean(values: _PerUser) -> float:
    """No test user is no evidence of quality: 0."""
    return float(values.mean()) if len(values) else 0.0
