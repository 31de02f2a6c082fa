"""The offline metrics of a solution version, under the keys that GetSolutionMetrics uses.

Definitions: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
Values are not rounded here; the service shows four decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

DEPTH = 25
"""How many recommended items a metric looks at."""


def item_metrics(
    recommended: Sequence[Sequence[str]], targets: Sequence[AbstractSet[str]], *, catalogue: int
) -> dict[str, float]:
    """Compare each list of at most 25 items (best first) with the items that the user really chose next.

    `catalogue` is the number of items in the training data.  For one list: precision at K is hits in the first K over
    K (also when the list is shorter); reciprocal rank is 1 / the place of the first hit; in NDCG a hit at place p
    counts 1 / log2(1 + p), over the sum that a perfect list would reach.  All are means over the lists.
    Coverage is the share of the catalogue that occurs in any list.
    """
    hits = np.zeros((len(recommended), DEPTH), dtype=np.float64)
    for row, (items, wanted) in enumerate(zip(recommended, targets, strict=True)):
        hits[row, : len(items)] = [item in wanted for item in items[:DEPTH]]
    wanted_counts = np.array([len(wanted) for wanted in targets], dtype=np.int64)
    gains = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = np.cumsum(gains)

    shown = {item for items in recommended for item in items[:DEPTH]}
    first_hit = np.argmax(hits, axis=1)
    metrics = {
        "coverage": len(shown) / catalogue,
        "mean_reciprocal_rank_at_25": _mean(hits.any(axis=1) / (first_hit + 1)),
    }
    for k in (5, 10, 25):
        best = ideal[np.minimum(wanted_counts, k) - 1]
        metrics[f"normalized_discounted_cumulative_gain_at_{k}"] = _mean(hits[:, :k] @ gains[:k] / best)
    for k in (5, 10, 25):
        metrics[f"precision_at_{k}"] = _mean(hits[:, :k].sum(axis=1) / k)
    return metrics


def _mean(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """No test user is no evidence of quality: 0."""
    return float(values.mean()) if len(values) else 0.0
