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

from .interactions import Interactions, Mask
from .model import Scores


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

    def place(self, weights: Any) -> Scores:
        """The user factors that fit the histories best, shape (histories, dimensions).

        `weights` is a CSR matrix of shape (histories, items): how much each item of a history counts, 1 being as
        much as in training.  A row without entries gives zeros.
        """
        solver = self._for_one if weights.shape[0] == 1 else self._for_many
        return np.asarray(solver.recalculate_user(np.arange(weights.shape[0]), weights))

    @cached_property
    def _for_one(self) -> Any:
        """One thread: waking others for one history costs a hundred times what it takes (20 ms against 0.1)."""
        return self._solver(threads=1)

    @cached_property
    def _for_many(self) -> Any:
        """All threads."""
        return self._solver(threads=0)

    def _solver(self, threads: int) -> Any:
        solver = _least_squares(self.items.shape[1], self.alpha, self.regularization, num_threads=threads)
        solver.item_factors = self.items
        if self.learned is not None:
            # What absence weighs: the library's own product, which it would make of all rows.
            solver._YtY = self.items[self.learned].T @ self.items[self.learned]
        return solver


def train(data: Interactions, *, dimensions: int, alpha: float, seed: int, iterations: int = 15) -> Factors:
    """Train on which user chose which item, by the events' weights; how often and when play no part here.

    Regularization is 10 * alpha ** 0.3: a heavier event needs a stronger pull to zero.  The same seed on the same
    machine gives the same bits.
    """
    from threadpoolctl import threadpool_limits

    regularization = 10 * alpha**0.3
    with threadpool_limits(1, "blas"):  # implicit runs threads of its own; BLAS threads under them only fight
        solver = _least_squares(dimensions, alpha, regularization, iterations=iterations, random_state=seed)
        solver.fit(chosen(data), show_progress=False)
    return Factors(solver.item_factors, alpha, regularization)


def chosen(data: Interactions) -> Any:
    """A CSR matrix of float32: how much a user (row) chose an item (column), 1 for each pair or on average.

    How often plays no part; where events have weights, a pair counts as much as its heaviest event.
    """
    shape = (len(data.user_ids), len(data.item_ids))
    ones = np.ones(len(data), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (data.users, data.items)), shape=shape)
    if data.weights is None:
        matrix.data[:] = 1  # the constructor adds up repeated pairs
        return matrix
    pairs = data.users.astype(np.int64) * shape[1] + data.items
    order = np.lexsort((data.weights, pairs))
    heaviest = order[np.append(pairs[order][1:] != pairs[order][:-1], True)]
    weights = data.weights[heaviest] / data.weights[heaviest].mean()
    return sparse.csr_matrix((weights, (data.users[heaviest], data.items[heaviest])), shape=shape)


def _least_squares(dimensions: int, alpha: float, regularization: float, **settings: Any) -> Any:
    from implicit.cpu.als import AlternatingLeastSquares  # takes most of a second to import
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # its constructor warns about BLAS threads
        return AlternatingLeastSquares(factors=dimensions, alpha=alpha, regularization=regularization, **settings)
