"""Who and what training knows by attributes alone: a ridge from attributes to the factors that events gave the others.

Gantner et al., "Learning attribute-to-feature mappings for cold-start recommendations", 2010.  Factors of items and
users with events stay as they were; an item without events gets the factors that its attributes promise, a row like any
other, so that serving knows no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.als import Factors, chosen
from personalize_sfn.engine.attributes import SEPARATOR, Attributes, AttributeValue
from personalize_sfn.engine.history_scores import Preferences
from personalize_sfn.engine.interactions import Floats, Interactions, Strings
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.sequences import NextItems

MOST_CATEGORIES = 200
"""Of a column, the most frequent: what few have in common teaches little."""
MOST_FEATURES = 2000
"""Of all columns together, the most frequent: the ridge solves for a square matrix of so many rows."""
DAY = 86_400.0
FARTHEST = 3.0
"""Standard deviations at which numbers are cut: a line learned from the others holds no farther."""
STRENGTH = 10.0
"""The pull of each coefficient to zero, in rows that have the feature."""

MAX_TRAINING_USERS = 5000
"""Users, spread evenly over all, that the ridge for users is fitted to: their factors are what takes the time."""


def features(about: Attributes) -> Any:
    """A CSR matrix of float32, shape (rows, features): a column for each category, one for each column of numbers.

    Numbers are standardised over the rows that have one, and missing ones are the mean.  Texts that are no categories
    are left out: nothing here reads them.
    """
    rows = len(about.ids)
    blocks = [
        _categories(column) if name in about.categorical else _numbers(column) for name, column in about.columns.items()
    ]
    table = sparse.hstack([sparse.csc_matrix((rows, 0), dtype=np.float32), *blocks], format="csc", dtype=np.float32)
    if table.shape[1] > MOST_FEATURES:
        often = np.diff(table.indptr)
        table = table[:, np.sort(np.argsort(-often, kind="stable")[:MOST_FEATURES])]
    return table.tocsr()


def _categories(column: tuple[AttributeValue, ...]) -> Any:
    each = Counter(value for value in column if value is not None)
    parts = {value: [part for part in _text(value).split(SEPARATOR) if part] for value in each}
    often: Counter[str] = Counter()
    for value, times in each.items():
        often.update(dict.fromkeys(parts[value], times))
    place = {name: at for at, (name, _) in enumerate(often.most_common(MOST_CATEGORIES))}
    places = {value: sorted({place[part] for part in named if part in place}) for value, named in parts.items()}
    found = [places[value] if value is not None else [] for value in column]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in found], dtype=np.int64)))
    flat = np.array([at for row in found for at in row], dtype=np.int32)
    return sparse.csr_matrix((np.ones(len(flat), dtype=np.float32), flat, starts), shape=(len(column), len(place)))


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _numbers(column: tuple[AttributeValue, ...]) -> Any:
    if any(isinstance(value, str) for value in column):
        return sparse.csr_matrix((len(column), 0), dtype=np.float32)
    numbers = np.array([np.nan if value is None else value for value in column], dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    known = numbers[~np.isnan(numbers)]
    deviation = known.std() if len(known) else 0.0
    if deviation == 0:
        return sparse.csr_matrix((len(column), 0), dtype=np.float32)
    standard = np.nan_to_num(np.clip((numbers - known.mean()) / deviation, -FARTHEST, FARTHEST))
    return sparse.csr_matrix(standard[:, np.newaxis].astype(np.float32))


@dataclass(frozen=True, slots=True)
class AttributeRegression:
    """From a row of features to factors."""

    usual: Scores
    """The factors of a row without any feature.  Shape (dimensions,)."""
    coefficients: Scores
    """Shape (features, dimensions)."""

    def of(self, rows: Any) -> Scores:
        """Factors, shape (rows, dimensions)."""
        return np.asarray(self.usual + rows @ self.coefficients, dtype=np.float32)


def ridge(rows: Any, factors: Scores) -> AttributeRegression:
    """Least squares of `factors`, shape (rows, dimensions), on features, with a pull to zero on all but the mean.

    Each row counts alike, so that what is promised is what is usual, which is less than what is popular: weighting
    rows by their events ranked items without events no better, and put more of them before the others.
    """
    count = rows.shape[0]
    mean = np.asarray(rows.mean(axis=0), dtype=np.float64).ravel()
    centre = factors.mean(axis=0, dtype=np.float64)
    gram = np.asarray((rows.T @ rows).todense(), dtype=np.float64) - count * np.outer(mean, mean)
    right = np.asarray(rows.T @ factors, dtype=np.float64) - count * np.outer(mean, centre)
    gram[np.diag_indices_from(gram)] += STRENGTH
    coefficients = np.linalg.solve(gram, right)
    return AttributeRegression((centre - mean @ coefficients).astype(np.float32), coefficients.astype(np.float32))


def extend_catalogue(preferences: Preferences, old: Strings, new: Strings) -> Preferences:
    """The same over a larger catalogue: items that were not in `old` have factors of zero, and nothing follows them."""
    places = np.searchsorted(new, old).astype(np.int32)
    rows = np.zeros((len(new), preferences.factors.items.shape[1]), dtype=np.float32)
    rows[places] = preferences.factors.items
    following = preferences.next_items
    if following is not None:
        shape = (len(new), following.items.shape[1])
        wider = NextItems(np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.float32))
        wider.items[places], wider.strengths[places] = places[following.items], following.strengths
        following = wider
    return replace(preferences, factors=replace(preferences.factors, items=rows), next_items=following)


def fill_cold_items(factors: Factors, data: Interactions, items: Attributes) -> Factors:
    """Factors for the items of `data` that have no event too, from those of its items that have.

    Shape (items, dimensions) before and after; rows of items with events, and of those that `items` does not know,
    stay.
    """
    row_of = {item_id: row for row, item_id in enumerate(items.ids.tolist())}
    rows = np.array([row_of.get(item_id, -1) for item_id in data.item_ids.tolist()], dtype=np.int64)
    learned, cold = (np.flatnonzero((rows >= 0) & which) for which in (data.has_events, ~data.has_events))
    if not len(cold):
        return factors
    if not len(learned):  # nothing was said of those with events: the new ones are like any of them
        no_coefficients = np.zeros((0, factors.items.shape[1]), np.float32)
        regression = AttributeRegression(factors.items[data.has_events].mean(axis=0), no_coefficients)
        about: Any = sparse.csr_matrix((len(rows), 0), dtype=np.float32)
    else:
        about = features(items)[rows]
        regression = ridge(about[learned], factors.items[learned])
    filled = factors.items.copy()
    filled[cold] = regression.of(about[cold])
    return replace(factors, items=filled, learned=data.has_events)


def ages(data: Interactions, items: Attributes | None) -> Floats:
    """How old the items without events are at the newest event, in days; infinite for items with events.

    An item is 0 days old when its creation time is unknown, or when that was after the newest event.
    Shape (items,).
    """
    born = {}
    if items is not None and items.created is not None:
        born = {item: at for item, at in zip(items.ids.tolist(), items.created, strict=True) if at is not None}
    newest = float(data.timestamps.max())
    found = [max(0.0, newest - float(born.get(item, newest))) / DAY for item in data.item_ids.tolist()]
    return np.where(data.has_events, np.inf, found).astype(np.float32)


@dataclass(frozen=True)
class Profiles:
    """What attributes promise of users who have no history, or hardly one."""

    user_ids: Strings
    """Sorted.  Shape (users,)."""
    features: Any
    """A CSR matrix of shape (users, features)."""
    regression: AttributeRegression

    @classmethod
    def fit(cls, data: Interactions, factors: Factors, users: Attributes, *, enough: int) -> Profiles | None:
        """From where the histories of users with attributes stand; None when attributes teach nothing.

        Users with `enough` events need no profile.
        """
        about = features(users)
        _, first = np.unique(users.ids[::-1], return_index=True)
        rows = np.sort(len(users.ids) - 1 - first)  # the last row of an id is its row
        names = users.ids[rows]
        places = np.minimum(np.searchsorted(data.user_ids, names), len(data.user_ids) - 1)
        known = data.user_ids[places] == names
        if not known.any() or not about.shape[1]:
            return None
        fitted = np.flatnonzero(known)
        fitted = fitted[np.linspace(0, len(fitted) - 1, min(len(fitted), MAX_TRAINING_USERS)).astype(np.intp)]
        regression = ridge(about[rows[fitted]], factors.place(factors.alpha * chosen(data)[places[fitted]]))
        few = np.flatnonzero(np.where(known, np.diff(data.starts)[places], 0) < enough)
        few = few[np.argsort(names[few], kind="stable")]
        return cls(names[few], about[rows[few]], regression)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._rows

    def of(self, user_id: str | None) -> Scores | None:
        """The factors that a user's attributes promise, shape (dimensions,); None for a user without a profile."""
        row = None if user_id is None else self._rows.get(user_id)
        return None if row is None else self.regression.of(self.features[row])[0]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {user_id: row for row, user_id in enumerate(self.user_ids.tolist())}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a model file must hold."""
        return {
            "profile_users": self.user_ids,
            "profile_values": self.features.data,
            "profile_features": self.features.indices,
            "profile_starts": self.features.indptr,
            "profile_usual": self.regression.usual,
            "profile_coefficients": self.regression.coefficients,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Profiles | None:
        """The inverse of `to_arrays`; None when there were no profiles."""
        if "profile_users" not in arrays:
            return None
        users, coefficients = arrays["profile_users"], arrays["profile_coefficients"]
        parts = (arrays["profile_values"], arrays["profile_features"], arrays["profile_starts"])
        features = sparse.csr_matrix(parts, shape=(len(users), len(coefficients)))
        return cls(users, features, AttributeRegression(arrays["profile_usual"], coefficients))
