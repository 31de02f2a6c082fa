"""A solution version's work: the data that it may train on, Personalize's minima, the engine, the metrics.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html (minima of training data)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personalize_sfn.local.personalize.api_errors import WorkFailed
from personalize_sfn.local.personalize.tables import Rows

if TYPE_CHECKING:
    from personalize_sfn.engine import Model

FEWEST_INTERACTIONS = 1000
FEWEST_USERS = 25
"""So many users with at least two interactions, and at least 1 % of all users."""
SEED = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events a solution learns from."""

    event_type: str | None = None
    threshold: float | None = None
    """The least EVENT_VALUE; only together with an event type."""

    def takes(self, event_type: str | None, value: float | None) -> bool:
        """Would this event have been trained on?"""
        if self.event_type is None:
            return True
        if event_type != self.event_type:
            return False
        return self.threshold is None or (value is not None and value >= self.threshold)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a solution version holds when it is ACTIVE."""

    model: Model
    metrics: dict[str, float]
    """By the keys of GetSolutionMetrics, rounded as there."""
    selection: Selection
    last_event: int
    """The number of the last live event that was there when training began; later ones are added to histories."""
    hours: float
    """Hours that training took on this machine."""


def selected(rows: Rows, selection: Selection) -> Rows:
    """The rows to train on."""
    if selection.event_type is None:
        return rows
    keep = np.zeros(len(rows), dtype=np.bool_)
    if rows.event_types is not None:
        keep = rows.event_types == selection.event_type
    if selection.threshold is not None:
        if rows.event_values is None:
            keep = np.zeros(len(rows), dtype=np.bool_)
        else:
            values = np.array([np.nan if value is None else value for value in rows.event_values], dtype=np.float64)
            keep = keep & (values >= selection.threshold)
    return Rows(rows.users[keep], rows.items[keep], rows.timestamps[keep])


def check_minima(rows: Rows, selection: Selection) -> None:
    """Raises WorkFailed with AWS's texts when there is too little to train on."""
    if len(rows) < FEWEST_INTERACTIONS:
        filtered = f" after filtering by event type: {selection.event_type}" if selection.event_type else ""
        raise WorkFailed(f"Dataset has fewer than {FEWEST_INTERACTIONS} interactions{filtered}")
    counts = np.unique(rows.users, return_counts=True)[1]
    repeated = int((counts >= 2).sum())
    if repeated < FEWEST_USERS or repeated < 0.01 * len(counts):
        raise WorkFailed("Create failed. Dataset has fewer than 25 users with at least 2 interactions each.")


def train(
    recipe_name: str, rows: Rows, selection: Selection, hyperparameters: dict[str, str], last_event: int
) -> Trained:
    """Train on what the selection leaves of the rows, and measure by Personalize's hold-out.

    Raises:
        WorkFailed: with the text for failureReason.
    """
    from personalize_sfn.engine import Interactions, evaluate, fit

    started = time.perf_counter()
    chosen = selected(rows, selection)
    check_minima(chosen, selection)
    data = Interactions.from_columns(chosen.users, chosen.items, chosen.timestamps)
    model = fit(recipe_name, data, hyperparameters=hyperparameters, seed=SEED)
    measured = evaluate(recipe_name, data, hyperparameters=hyperparameters, seed=SEED)
    metrics = {name: round(float(value), 4) for name, value in measured.items()}
    return Trained(model, metrics, selection, last_event, (time.perf_counter() - started) / 3600)
