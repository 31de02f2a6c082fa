"""The one trainer of the engine: alternating least squares of `implicit`, behind two functions.

Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback datasets", 2008.  Everything above this module needs
item factors and a way to place a history among them, so another trainer could take its place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.interactions import Interactions, Mask, Strings
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.parallel import one_blas_thread

ITERATIONS_FROM_START = 8
"""From factors of nine tenths of the users as good as 15 from nothing: on MovieLens, 10 folds, NDCG@10 is 0.5 % (-v2)
and 2 % (v1) higher on 100K, equal and 0.7 % lower on ml-latest-small.  5 lose up to 2 % on the latter."""
MANY = 4096
"""More histories than this are placed by all threads; fewer are a request, or a block that has its own thread."""


@dataclass(frozen=True)
class Factors:
    """Items as points in a space in which a user's preference is an inner product."""

    items: NDArray[np.float32]
    """Shape (items, dimensions)."""
    alpha: float
    """How much more an event weighs than the absence of one."""
    regularization: float
    """How strongly factors are drawn to zero."""
    learned: Mask | None = None
    """The items that had events, shape (items,); None: all.  That a history lacks one of the others says nothing."""

    def place(self, confidence: Any) -> Scores:
        """The user factors that fit the histories best, shape (histories, dimensions).

        `confidence` is a CSR matrix of shape (histories, items): how much each item of a history counts, `alpha` being
        as much as in training.  A row without entries gives zeros.
        """
        solver = self._for_many if confidence.shape[0] > MANY else self._for_few
        return np.asarray(solver.recalculate_user(np.arange(confidence.shape[0]), confidence))

    @cached_property
    def _for_few(self) -> Any:
        """One thread: waking others for one history costs a hundred times what it takes (20 ms against 0.1)."""
        return self._solver(threads=1)

    @cached_property
    def _for_many(self) -> Any:
        """All threads."""
        return self._solver(threads=0)

    def _solver(self, threads: int) -> Any:
        solver = _least_squares(self.items.shape[1], self.regularization, num_threads=threads)
        solver.item_factors = self.items
        if self.learned is not None:
            # What absence weighs: the library's own product, which it would make of all rows.
            solver._YtY = self.items[self.learned].T @ self.items[self.learned]
        return solver

    @cached_property
    def covariance(self) -> NDArray[np.float32]:
        """Of the items' factors, shape (dimensions, dimensions): tells how widely a user's scores spread."""
        centred = self.items - self.items.mean(axis=0)
        return np.asarray(centred.T @ centred / np.float32(len(self.items)))


def train(
    data: Interactions,
    *,
    dimensions: int,
    alpha: float,
    seed: int,
    iterations: int = 15,
    start: tuple[Strings, Factors] | None = None,
) -> Factors:
    """Train on which user chose which item, by the events' weights; how often and when play no part here.

    Regularization is 10 * alpha ** 0.3: a heavier event needs a stronger pull to zero.  `start`, a catalogue and its
    factors of the same dimensions and alpha, learned from a part of the data, saves nearly half of the iterations.
    The same seed and start on the same machine give the same bits.
    """
    regularization = 10 * alpha**0.3
    with one_blas_thread():  # implicit runs threads of its own; BLAS threads under them only fight
        solver = _least_squares(dimensions, regularization, iterations=iterations, random_state=seed)
        if start is not None:
            solver.iterations = ITERATIONS_FROM_START
            solver.item_factors = _started(data.item_ids, *start, seed=seed)
        confidence = chosen(data)
        confidence.data *= np.float32(alpha)  # left to the library, it would keep both matrices
        solver.fit(confidence, show_progress=False)
    return Factors(solver.item_factors, alpha, regularization)


def _started(item_ids: Strings, known: Strings, factors: Factors, *, seed: int) -> Scores:
    """Factors to start from: those of items that are known, and what the library starts with for others."""
    shape = (len(item_ids), factors.items.shape[1])
    rows = np.random.default_rng(seed).random(shape, dtype=np.float32) * np.float32(0.01)
    places = np.minimum(np.searchsorted(known, item_ids), len(known) - 1)
    there = known[places] == item_ids
    rows[there] = factors.items[places[there]]
    return rows


def chosen(data: Interactions) -> Any:
    """A CSR matrix of float32: how much a user (row) chose an item (column), 1 for each pair or on average.

    How often plays no part; where events have weights, a pair counts as much as its heaviest event.
    """
    if data.weights is None:
        return data.pairs(np.float32)
    shape = (len(data.user_ids), len(data.item_ids))
    pairs = data.users.astype(np.int64) * shape[1] + data.items
    order = np.lexsort((data.weights, pairs))
    heaviest = order[np.append(pairs[order][1:] != pairs[order][:-1], True)]
    weights = data.weights[heaviest] / data.weights[heaviest].mean()
    return sparse.csr_matrix((weights, (data.users[heaviest], data.items[heaviest])), shape=shape)


def _least_squares(dimensions: int, regularization: float, **settings: Any) -> Any:
    from implicit.cpu.als import AlternatingLeastSquares  # takes most of a second to import

    with one_blas_thread():  # its constructor warns about BLAS threads
        return AlternatingLeastSquares(factors=dimensions, alpha=1.0, regularization=regularization, **settings)
