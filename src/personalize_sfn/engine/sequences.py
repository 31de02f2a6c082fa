"""What the order of events tells: which item follows which, how recent each item of a history is, what comes again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.interactions import Codes, Interactions

WINDOW = 10
"""How many following events an item is counted as followed by."""
SHRINK = 20.0
"""Events added to each item's total, so that a rarely followed item promises little."""
POPULARITY_DISCOUNT = 0.3
"""The power of an item's popularity by which what follows is divided."""
MAX_NEXT_ITEMS = 50
"""How many followers are kept of each item."""
EVENTS = 200_000
"""Events that are counted at a time: memory holds what they need, not what all need."""


@dataclass(frozen=True, slots=True)
class EncodedHistories:
    """Histories in numbers: the distinct known items of each, newest first; row r is ``starts[r]:starts[r + 1]``."""

    starts: NDArray[np.int64]
    items: Codes
    ages: NDArray[np.int64]
    """0 for the newest distinct item of a history, 1 for the one before, ..."""
    lags: NDArray[np.int64]
    """How many events ago the item was last chosen: 1 for the newest event."""
    times: NDArray[np.int64]
    """How many times the item occurs in the history."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """The history that each item belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), self.lengths)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many distinct items each history has."""
        return np.diff(self.starts)

    def part(self, histories: slice) -> EncodedHistories:
        """Some of the histories."""
        starts = self.starts[histories.start : histories.stop + 1]
        items = slice(starts[0], starts[-1])
        return EncodedHistories(
            starts - starts[0], self.items[items], self.ages[items], self.lags[items], self.times[items]
        )

    def weighted(self, weights: NDArray[np.floating], items: int) -> Any:
        """A CSR matrix of shape (histories, items) of the given weight at each item."""
        parts = (weights.astype(np.float32), self.items, self.starts.astype(np.int32))
        return sparse.csr_matrix(parts, shape=(len(self.starts) - 1, items))


def encode_histories(data: Interactions, histories: Sequence[Sequence[str]]) -> EncodedHistories:
    """Look up histories (item ids, newest last) in a catalogue."""
    count, width = len(histories), len(data.item_ids)
    found = data.places(chain.from_iterable(map(reversed, histories)))  # newest first
    rows = np.repeat(np.arange(count), np.fromiter(map(len, histories), dtype=np.int64, count=count))
    known = found >= 0
    if not known.all():
        rows, found = rows[known], found[known]
    lags = np.arange(1, len(rows) + 1) - _starts(rows, count)[rows]

    # A table of all pairs of history and item: only the places of events are written and read, so it costs no sort.
    pairs = rows * width + found
    table = np.empty(count * width, dtype=np.int64)
    table[pairs[::-1]] = lags[::-1]  # the newest is written last
    newest = np.flatnonzero(table[pairs] == lags)
    table[pairs[newest]] = np.arange(len(newest))
    times = np.bincount(table[pairs], minlength=len(newest))

    rows = rows[newest]
    starts = _starts(rows, count)
    return EncodedHistories(starts, found[newest], np.arange(len(rows)) - starts[rows], lags[newest], times)


def _starts(rows: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Where each of `count` rows begins among ascending row numbers, and the end."""
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts


class NextItems(NamedTuple):
    """What tends to follow each item: of each the strongest, so many for all; a place not needed holds strength 0."""

    items: Codes
    """Shape (items, up to 50)."""
    strengths: NDArray[np.float32]
    """Of the same shape."""


def next_items(data: Interactions) -> NextItems:
    """What tends to follow each item.

    An item b that comes d events after a (d up to 10) counts 1/d for it.  Each row is divided by its sum plus 20 and by
    the popularity of b to the power 0.3; the 50 highest stay.
    """
    order = np.argsort(data.items, kind="stable")
    starts = _starts(data.items, len(data.item_ids))
    popularity = np.maximum(data.item_users, 1) ** -POPULARITY_DISCOUNT
    rows = []
    for first, last in runs(starts):
        counts = _counts(data, order[starts[first] : starts[last]], starts[first : last + 1] - starts[first])
        totals = np.asarray(counts.sum(axis=1)).ravel() + SHRINK
        counts.data /= np.repeat(totals, np.diff(counts.indptr))
        counts.data *= popularity[counts.indices]
        counts.data = counts.data.astype(np.float32)  # the matrix's own astype would sort its indices
        rows.append(strongest(counts, MAX_NEXT_ITEMS))
    return _padded(sparse.vstack(rows, format="csr"))


def _counts(data: Interactions, events: NDArray[np.intp], starts: NDArray[np.int64]) -> Any:
    """What follows the events of some items, which begin at `starts`: a CSR matrix of shape (those items, items).

    A product of which events an item has and what follows each event, because sparse products add up without a sort.
    """
    distances = np.arange(1, WINDOW + 1)
    there = events[:, np.newaxis] + distances
    counted = there < len(data)
    there[~counted] = 0
    counted &= data.users[there] == data.users[events, np.newaxis]
    counted &= data.items[there] != data.items[events, np.newaxis]  # again: counted by `RepeatConsumption`
    parts = (counted / distances).ravel(), data.items[there].ravel(), np.arange(0, there.size + 1, WINDOW)
    following = sparse.csr_matrix(parts, shape=(len(events), len(data.item_ids)))
    own = (np.ones(len(events)), np.arange(len(events)), starts)
    counts = sparse.csr_matrix(own, shape=(len(starts) - 1, len(events))) @ following
    counts.eliminate_zeros()
    return counts


def runs(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut rows into runs of about `EVENTS` events: the first row of each, and the one after its last."""
    cuts = np.searchsorted(starts, np.arange(EVENTS, starts[-1], EVENTS))
    return list(pairwise(np.unique([0, *cuts, len(starts) - 1]).tolist()))


def strongest(matrix: Any, count: int) -> Any:
    """The `count` highest entries of each row of a CSR matrix, highest first; of equal ones the lower column first."""
    columns: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    ends = matrix.indptr.tolist()
    for start, end in pairwise(ends):
        row, names = matrix.data[start:end], matrix.indices[start:end]
        if len(row) > count:  # sorting what is thrown away would take most of the time
            high = row >= np.partition(row, -count)[-count]
            row, names = row[high], names[high]
        order = np.lexsort((names, -row))[:count]
        columns.append(names[order])
        values.append(row[order])
    starts = np.cumsum([0] + [len(row) for row in columns])
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=matrix.shape)


def _padded(matrix: Any) -> NextItems:
    lengths = np.diff(matrix.indptr)
    filled = np.arange(lengths.max(initial=0)) < lengths[:, np.newaxis]
    items, strengths = np.zeros(filled.shape, dtype=np.int32), np.zeros(filled.shape, dtype=np.float32)
    items[filled], strengths[filled] = matrix.indices, matrix.data
    return NextItems(items, strengths)


MOST_TIMES = 3
"""Items chosen three times or more are one group."""
LAG_GROUPS = 12
"""Lags are grouped by powers of two: 1, 2-3, 4-7, ..., 2048 and more."""
PRIOR = 10.0
"""Chances added to each group at the rate of all groups together."""


@dataclass(frozen=True, slots=True)
class RepeatConsumption:
    """How likely a user's next event is one with an item that they chose before: learned, because films are seen
    once and bread is bought every week.
    """

    hazard: NDArray[np.float32]
    """By how often (1, 2, 3 and more times) and how many events ago (by powers of two).  Shape (3, 12)."""

    def of(self, history: EncodedHistories) -> NDArray[np.float32]:
        """The chance that each item of the histories comes next."""
        return self.hazard[_group(history.times, MOST_TIMES), _lag_group(history.lags)]


def repeat_consumption(data: Interactions) -> RepeatConsumption:
    """Count in training how often an item came again, over the events at which it could have (a discrete hazard).

    Every event opens a wait for the next one of the same user with the same item; the wait ends when it comes, or
    unresolved when the history ends.  hazard = waits that ended at a lag / waits that had lasted that long.
    """
    returns = np.zeros((MOST_TIMES, LAG_GROUPS))
    chances = np.zeros((MOST_TIMES, LAG_GROUPS))
    for first, last in runs(data.starts):
        events = slice(data.starts[first], data.starts[last])
        _count_waits(data.users[events], data.items[events], data.starts[first + 1 :] - events.start, returns, chances)
    overall = returns.sum() / max(chances.sum(), 1.0)
    return RepeatConsumption(((returns + PRIOR * overall) / (chances + PRIOR)).astype(np.float32))


def _count_waits(
    users: Codes,
    items: Codes,
    ends: NDArray[np.int64],
    returns: NDArray[np.float64],
    chances: NDArray[np.float64],
) -> None:
    """Add the waits of some users, whose histories end at `ends`, to `returns` and `chances`."""
    order = np.argsort(users.astype(np.int64) * (int(items.max()) + 1) + items, kind="stable")
    last_event = ends[users[order] - users[0]] - 1
    users, items = users[order], items[order]
    again = (users[1:] == users[:-1]) & (items[1:] == items[:-1])
    came = np.append(again, False)
    waited = np.where(came, np.append(order[1:], 0), last_event) - order

    starts_anew = np.concatenate(([True], ~again))
    opened = np.flatnonzero(starts_anew)
    nth = np.arange(len(order)) - opened[np.cumsum(starts_anew) - 1] + 1

    np.add.at(returns, (_group(nth[came], MOST_TIMES), _lag_group(waited[came])), 1)
    for times in range(MOST_TIMES):
        lasted = np.bincount(waited[_group(nth, MOST_TIMES) == times])  # how many waits lasted exactly so long
        at_least = np.cumsum(lasted[::-1])[::-1][1:]  # at lag 1, 2, ...
        np.add.at(chances[times], _lag_group(np.arange(1, len(at_least) + 1)), at_least)


def _group(times: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return np.minimum(times, most) - 1


def _lag_group(lags: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.minimum(np.log2(lags).astype(np.int64), LAG_GROUPS - 1)
