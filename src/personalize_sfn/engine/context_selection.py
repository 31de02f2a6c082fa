"""Whether a column of context tells anything, and how strongly its lifts should count: asked of held-out users."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.context import ContextLifts, lifts_of, values_of
from personalize_sfn.engine.interactions import Codes, Interactions
from personalize_sfn.engine.labels import Labels
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.parallel import in_blocks
from personalize_sfn.engine.split import newest_tenth

WEIGHTS = (0.5, 1.0, 2.0)
"""The powers of a column's lifts that are tried against 0."""
OVERLAPS = (0.0, 0.5, 1.0)
"""Tried for `ContextLifts.overlap`."""
ERRORS = 2.0
"""Standard errors by which a power must be better than 0: settings that every model has need one, but a data set may
have five columns, each with three powers, and what says nothing should stay unsaid."""
TRIAL_EVENTS = 200_000
TRIAL_USERS = 500
TRIAL_CELLS = 20_000_000
"""The most chances (users times items) that a trial holds."""
FEWEST_USERS = 25
"""With fewer held-out users a trial is chance, and no column counts."""
MOST_TARGETS = 5
"""Of each held-out user, the newest events that are looked for."""
PLACES = 10

ModelOf = Callable[[Interactions], Callable[[Sequence[Sequence[str]]], Scores]]
"""Trains, and answers how likely each item comes next after each history, shape (histories, items)."""


def learned(data: Interactions, model_of: ModelOf, *, seed: int) -> ContextLifts | None:
    """The lifts of those columns of `data.contexts` that tell something; None when none does.

    `model_of` trains without context.  Of at most 200,000 events of random users, a third of the users, but at most
    500, are put aside: they are asked with the oldest 90 % of their events, and each of at most five newer ones is
    looked for, by NDCG at 10, under its own context.  A column has the power of `WEIGHTS` that is best, if that
    is better than none by more than two standard errors over the users.  Then all of the data give the lifts.
    """
    trial = prepared(data, model_of, seed)
    if trial is None:
        return None
    weights = {name: weight for name in data.contexts if (weight := trial.weight(name))}
    return ContextLifts.fit(data, weights, trial.overlap(weights) if len(weights) > 1 else 0.0)


def prepared(data: Interactions, model_of: ModelOf, seed: int) -> Trial | None:
    """Hold users out and ask a model that the others trained; None where there are too few."""
    lengths = np.diff(data.starts)
    users = np.random.default_rng(seed).permutation(len(lengths)).astype(np.int32)
    users = users[: max(1, int(np.searchsorted(np.cumsum(lengths[users]), TRIAL_EVENTS)))]
    count = min(len(users) // 3, TRIAL_USERS, TRIAL_CELLS // len(data.item_ids))
    asked = users[:count][lengths[users[:count]] > 1]
    if len(asked) < FEWEST_USERS:
        return None
    trains = np.zeros(len(lengths), dtype=np.bool_)
    trains[users[count:]] = True
    return Trial(data, asked, data.where(trains[data.users]), model_of)


class Trial:
    """Newer events of held-out users, each with its context, and what a model without context made of them."""

    def __init__(self, data: Interactions, asked: Codes, training: Interactions, model_of: ModelOf) -> None:
        """Ask for the users at the positions `asked`, none of whom trained."""
        items = data.item_ids[data.items]
        histories: list[list[str]] = []
        newer: list[int] = []
        users: list[int] = []
        for row, user in enumerate(asked.tolist()):
            start, end = data.starts[user : user + 2].tolist()
            history, targets = newest_tenth(items[start:end].tolist())
            events = range(end - min(len(targets), MOST_TARGETS), end)
            histories.append(history)
            newer += events
            users += [row] * len(events)
        places = training.positions(items[newer].tolist())
        known = np.array([place is not None for place in places], dtype=np.bool_)
        ask = model_of(training)
        chances = in_blocks(len(histories), len(training.item_ids), lambda block: ask(histories[block]))
        self._chances = np.concatenate(chances)
        self._users = np.array(users)[known]
        self._items = np.array([place for place in places if place is not None], dtype=np.int64)
        self._codes = {name: column.codes[np.array(newer)[known]] for name, column in data.contexts.items()}
        self._lifts = {name: _lifts_by_name(training, column) for name, column in training.contexts.items()}
        self._without = self._ndcg(np.arange(len(self._items)), {}, 0.0)

    def weight(self, name: str) -> float:
        """The power of a column's lifts; 0 for a column that tells nothing."""
        gains = {weight: self.gains({name: weight}) for weight in WEIGHTS}
        found = max(WEIGHTS, key=lambda weight: float(gains[weight].sum()))
        gain = gains[found]
        if len(gain) < FEWEST_USERS or gain.mean() <= ERRORS * gain.std() / np.sqrt(len(gain)):
            return 0.0
        return found

    def overlap(self, weights: Mapping[str, float]) -> float:
        """The best of `OVERLAPS`."""
        return max(OVERLAPS, key=lambda overlap: float(self.gains(weights, overlap).sum()))

    def gains(self, weights: Mapping[str, float], overlap: float = 0.0) -> NDArray[np.float64]:
        """How much NDCG at 10 the columns bring each user who has an event with a known value.  Shape (users,)."""
        events = np.flatnonzero(np.any([self._codes[name] >= 0 for name in weights], axis=0))
        gains = self._ndcg(events, weights, overlap) - self._without[events]
        _, users = np.unique(self._users[events], return_inverse=True)
        return np.bincount(users, weights=gains) / np.bincount(users)

    def _ndcg(self, events: NDArray[np.intp], weights: Mapping[str, float], overlap: float) -> NDArray[np.float64]:
        """NDCG of each event, where its item alone is wanted."""

        def of(block: slice) -> NDArray[np.float64]:
            asked = events[block]
            chances = self._chances[self._users[asked]]
            if weights:
                chances = chances * np.exp(self._biases(asked, weights, overlap))
            wanted = np.take_along_axis(chances, self._items[asked, np.newaxis], axis=1)
            above = (chances > wanted).sum(axis=1)
            return np.where(above < PLACES, 1 / np.log2(above + 2), 0)

        return np.concatenate([np.empty(0), *in_blocks(len(events), self._chances.shape[1], of)])

    def _biases(self, events: NDArray[np.intp], weights: Mapping[str, float], overlap: float) -> Scores:
        codes = {name: self._codes[name][events] for name in weights}
        together = np.sum([column >= 0 for column in codes.values()], axis=0) ** overlap
        added = sum(weight * self._lifts[name][codes[name]] for name, weight in weights.items()).toarray()
        return np.asarray(added / together[:, np.newaxis], dtype=np.float32)


def _lifts_by_name(data: Interactions, column: Labels) -> Any:
    """The logarithms of the lifts by name of the column, and a last row without any for the code -1."""
    kept, lifts = lifts_of(data, column)
    values, holds = values_of(column)
    of_names = holds[np.isin(values, kept)].T.astype(np.float32) @ lifts
    return sparse.vstack([of_names, sparse.csr_matrix((1, lifts.shape[1]), dtype=np.float32)], format="csr")
