"""What training will need of data, told before they are imported: an import takes what no solution can be trained on.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html and
https://docs.aws.amazon.com/personalize/latest/dg/custom-solution-prerequisites.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from personalize_sfn.datasets.blocks import column_of
from personalize_sfn.datasets.minima import MIN_INTERACTIONS, MIN_SHARE_OF_USERS_WITH_TWO, MIN_USERS_WITH_TWO
from personalize_sfn.datasets.rows import Distinct, counted
from personalize_sfn.datasets.validation import Prepared
from personalize_sfn.recipes import RECIPES

__all__ = ["TrainingNeeds", "too_few_events", "training_problems"]

_GAP_DAYS = 30
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingNeeds:
    """On which events a solution trains."""

    recipe: str
    """Its name, such as ``aws-user-personalization-v2``."""
    event_type: str | None = None
    """Only events of this type; None: all."""
    event_value_threshold: float | None = None
    """Only events with this EVENT_VALUE or more; None: all."""


def training_problems(
    interactions: Prepared, solutions: Mapping[str, TrainingNeeds], *, items: Prepared | None = None
) -> list[str]:
    """Sentences on what will fail, or be worse than it looks; none where all is in order.

    Memory does not grow with interactions that were read from large files.

    Args:
        interactions: as they will be imported.
        solutions: by their keys in the configuration.
        items: as they will be imported; None: there are none.
    """
    found = [
        f"solution {key}: {needs.recipe} needs an Items dataset; upload items first"
        for key, needs in solutions.items()
        if needs.recipe in RECIPES and RECIPES[needs.recipe].needs_items and items is None
    ]
    return [*found, *too_few_events(interactions, solutions), *_unknown_items(interactions, items), *_gap(interactions)]


def too_few_events(interactions: Prepared, solutions: Mapping[str, TrainingNeeds]) -> list[str]:
    """Sentences on the solutions whose training will fail, because too few events or users are left for it."""
    found = []
    for key, needs in solutions.items():
        events, users, with_two = _counts(interactions, needs)
        which = _which(needs)
        if events < MIN_INTERACTIONS:
            found.append(
                f"solution {key}: expected at least {MIN_INTERACTIONS:,} interactions{which}, found {events:,}; "
                "training will fail: add data, or train on more events"
            )
        least = max(MIN_USERS_WITH_TWO, MIN_SHARE_OF_USERS_WITH_TWO * users)
        if with_two < least:
            found.append(
                f"solution {key}: expected at least {least:,.0f} users with 2 interactions or more{which}, found "
                f"{with_two:,} of {users:,}; training will fail: add data, or train on more events"
            )
    return found


def _which(needs: TrainingNeeds) -> str:
    parts = [] if needs.event_type is None else [f"of type {needs.event_type!r}"]
    if needs.event_value_threshold is not None:
        parts.append(f"with a value of {needs.event_value_threshold:g} or more")
    return "".join(f" {part}" for part in parts)


def _frames(data: Prepared) -> Iterator[pd.DataFrame]:
    return iter([data.table]) if isinstance(data.table, pd.DataFrame) else data.table.frames()


def _counts(data: Prepared, needs: TrainingNeeds) -> tuple[int, int, int]:
    """Events, users and users with two events or more that the solution trains on."""
    events = 0
    with tempfile.TemporaryDirectory(prefix="personalize-sfn-data-") as folder:
        users = Distinct(Path(folder) / "users")
        for frame in _frames(data):
            kept = pd.Series(True, index=frame.index)
            if needs.event_type is not None:
                kept &= frame["EVENT_TYPE"].eq(needs.event_type) if "EVENT_TYPE" in frame else False
            if needs.event_value_threshold is not None:
                has_values = "EVENT_VALUE" in frame
                kept &= pd.to_numeric(frame["EVENT_VALUE"]) >= needs.event_value_threshold if has_values else False
            if kept.any():
                events += int(kept.sum())
                users.add(*counted(column_of(frame.loc[kept, "USER_ID"]).hashes()))
        return events, *users.counts()


def _unknown_items(data: Prepared, items: Prepared | None) -> list[str]:
    """Events of items that the Items dataset lacks: their metadata is not trained on, and filters drop them."""
    if items is None:
        return []
    known = np.sort(np.concatenate([column_of(frame["ITEM_ID"]).hashes()[0] for frame in _frames(items)]))
    events = unknown = 0
    example = ""
    for frame in _frames(data):
        hashes = column_of(frame["ITEM_ID"]).hashes()[0]
        lacking = known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] != hashes
        if lacking.any() and not example:
            example = str(frame["ITEM_ID"].iloc[int(lacking.argmax())])
        events += len(frame)
        unknown += int(lacking.sum())
    if not unknown:
        return []
    return [
        f"{unknown:,} of {events:,} interactions ({unknown / events:.1%}) are of items that Items lacks, such as "
        f"{example!r}: nothing is known of these, and filters on Items leave them out; add their rows to Items"
    ]


def _gap(data: Prepared) -> list[str]:
    """The longest time without any event, if it is a month or more: often a file that is missing."""
    days = np.unique(np.concatenate([np.unique(frame["TIMESTAMP"].astype("int64") // _DAY) for frame in _frames(data)]))
    gaps = np.diff(days)
    if not len(gaps) or int(gaps.max()) <= _GAP_DAYS:
        return []
    place = int(gaps.argmax())
    first, last = (pd.Timestamp(int(day) * _DAY, unit="s").date() for day in (days[place] + 1, days[place + 1] - 1))
    return [f"there are no interactions from {first} to {last} ({int(gaps[place]) - 1:,} days): is a file missing?"]
