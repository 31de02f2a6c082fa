"""What every trained model can do, and the steps that they share: take the best, fill up with the popular."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Codes, Event, Interactions, Mask, Strings

Scores: TypeAlias = NDArray[np.float32]


class Scored(NamedTuple):
    """One item of an answer.  `score` is a probability (0 to 1), or None where Amazon Personalize sends no score."""

    item_id: str
    score: float | None


class Model(Protocol):
    """A trained recipe.

    A *history* is the item ids that a user chose, oldest first, newest last; items that training did not know are
    passed over.  *candidates* is a boolean mask over `item_ids` of the items that may be answered (a filter); for a
    batch also one mask a history, shape (histories, items).  Answers are lists, best first, at most `k` long.
    A model is not changed by asking, and may be asked by several threads at once.
    """

    @property
    def interactions(self) -> Interactions:
        """What the model was trained on."""

    @property
    def item_ids(self) -> Strings:
        """The catalogue: the items of the training data, sorted.  Shape (items,)."""

    def history(self, user_id: str) -> list[Event]:
        """What training knew of a user, oldest first; empty for a stranger.  Append live events to it and ask."""

    def recommend(self, history: Sequence[str], *, k: int = 25, candidates: Mask | None = None) -> list[Scored]:
        """The `k` items to show next; popular ones for an empty history."""

    def recommend_batch(
        self, histories: Sequence[Sequence[str]], *, k: int = 25, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`recommend` for many histories: the same answers, faster."""

    def rank(self, history: Sequence[str], item_ids: Sequence[str]) -> list[Scored]:
        """The given items, best first; scores sum to 1; items unknown to training come last, unscored, as given."""

    def rank_batch(self, histories: Sequence[Sequence[str]], item_ids: Sequence[Sequence[str]]) -> list[list[Scored]]:
        """`rank` for many histories, each with a list of its own."""

    def similar(self, item_id: str, k: int = 25, *, candidates: Mask | None = None) -> list[Scored]:
        """The `k` items most like this one, without it, unscored; popular ones for an item unknown to training."""

    def similar_batch(
        self, item_ids: Sequence[str], k: int = 25, *, candidates: Mask | None = None
    ) -> list[list[Scored]]:
        """`similar` for many items."""

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a model file must hold beside the interactions; the class's `from_arrays` is the inverse."""


def best(scores: Scores, k: int, candidates: Mask | None) -> tuple[NDArray[np.intp], Scores]:
    """Positions and scores of the `k` highest in each row, best first, of equal scores the lower position first.

    `scores` has shape (rows, items).  A place that has no candidate left holds the score -inf.
    """
    k = min(k, scores.shape[1])
    if candidates is not None:
        scores = np.where(candidates, scores, -np.inf)
    if k == 0:
        return np.empty((len(scores), 0), dtype=np.intp), np.empty((len(scores), 0), dtype=np.float32)
    rows = np.arange(len(scores))[:, np.newaxis]
    top = np.argpartition(scores, -k, axis=1)[:, -k:]
    values = scores[rows, top]
    last = values.min(axis=1, keepdims=True)
    equal = np.count_nonzero(scores == last, axis=1) > np.count_nonzero(values == last, axis=1)
    for row in np.flatnonzero(equal & (last[:, 0] > -np.inf)):  # more are as good as the last: the lower ones stay
        higher = np.flatnonzero(scores[row] > last[row])
        top[row] = np.concatenate([higher, np.flatnonzero(scores[row] == last[row])[: k - len(higher)]])
    values = scores[rows, top]
    order = np.lexsort((top, -values))
    return top[rows, order], values[rows, order]


def by_popularity(data: Interactions) -> Codes:
    """All items, the one that most users chose first; of equal ones the lower position first.  Shape (items,)."""
    return np.argsort(-data.item_users, kind="stable").astype(np.int32)


def unscored(item_ids: Strings, positions: NDArray[np.integer]) -> list[Scored]:
    """An answer without scores."""
    return [Scored(item_id, None) for item_id in item_ids[positions].tolist()]


def scored(item_ids: Strings, positions: NDArray[np.intp], values: Scores) -> list[list[Scored]]:
    """Answers with scores, from what `best` gives."""
    counts = np.count_nonzero(values > -np.inf, axis=1).tolist()  # what is no candidate comes last
    return [
        list(map(Scored, names[:count], row[:count]))
        for names, row, count in zip(item_ids[positions].tolist(), values.tolist(), counts, strict=True)
    ]


def fill_up(first: Codes, popular: Codes, k: int, candidates: Mask | None, *, without: int | None = None) -> Codes:
    """`first`, then the popular items that are not in it, up to `k`: candidates only, and never the item `without`."""
    allowed = np.ones(len(popular), dtype=np.bool_) if candidates is None else candidates.copy()
    if without is not None:
        allowed[without] = False
    first = first[allowed[first]][:k]
    allowed[first] = False
    rest = popular[allowed[popular]][: k - len(first)]
    return np.concatenate([first, rest]).astype(np.int32)


def masks(candidates: Mask | None, count: int) -> Iterator[Mask | None]:
    """One mask for each of `count` questions, from none, one for all, or one each."""
    for row in range(count):
        yield candidates[row] if candidates is not None and candidates.ndim == 2 else candidates


def with_logit_bias(chances: Scores, *biases: Scores | None) -> Scores:
    """Chances, shape (histories, items), times e to the power of each bias; each row keeps its sum.

    A bias is added to the logarithm of each item's chance: shape (items,) or (histories, items).  None adds nothing.
    Without any bias the chances come back as they are.
    """
    given = [bias for bias in biases if bias is not None]
    if not given:
        return chances
    moved = chances * np.exp(sum(given[1:], start=given[0]))
    return np.asarray(moved * (chances.sum(axis=1, keepdims=True) / moved.sum(axis=1, keepdims=True)))
