"""What next best action learns from: the actions there are, what users took, and of which actions enough is known.

https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-next-best-action.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personalize_sfn.local.personalize.data.import_csv import TAKEN, action_event
from personalize_sfn.local.personalize.data.tables import InteractionRows, Table
from personalize_sfn.local.personalize.training.training_data import TrainingData
from personalize_sfn.local.personalize.wire.errors import WorkFailed

if TYPE_CHECKING:
    from personalize_sfn.engine import Attributes

FEWEST_EVENTS = 50
COUNTED_SECONDS = 6 * 7 * 86_400
"""An action has a score when in the six weeks before the newest interaction with any action there are 50 of the type
Taken with it, and 50 of the types Not taken and Viewed together."""


@dataclass(frozen=True, slots=True)
class ActionData:
    """All that a training of next best action takes beside the interactions with items."""

    actions: Attributes
    """Of the Actions dataset: only these are answered."""
    taken: InteractionRows
    """The interactions in which a user took one of them; there may be none."""
    scored: frozenset[str]
    """The actions that have a score; that of the others is 0."""


def action_data(data: TrainingData) -> ActionData:
    """From the datasets as they were when the training began.

    Raises:
        WorkFailed: there is no action.
    """
    actions = data.attributes("ACTIONS")
    if actions is None:
        raise WorkFailed("Create failed. The Actions dataset has no action.")
    rows = _rows(data.actions.parts)
    taken = _taken(rows)
    known = taken & np.isin(np.asarray(rows.items, dtype=np.str_), actions.ids)
    return ActionData(
        actions, InteractionRows(rows.users[known], rows.items[known], rows.timestamps[known]), _scored(rows, taken)
    )


def _rows(parts: Sequence[Table]) -> InteractionRows:
    names = ("USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE")
    columns = [[value for part in parts for value in part[name].tolist()] for name in names]
    users, actions, kinds = (np.array(columns[place], dtype=object) for place in (0, 1, 3))
    return InteractionRows(users, actions, np.array(columns[2], dtype=np.int64), kinds)


def _taken(rows: InteractionRows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    kinds = [] if rows.event_types is None else rows.event_types.tolist()
    return np.array([action_event(kind) == TAKEN for kind in kinds], dtype=np.bool_)


def _scored(rows: InteractionRows, taken: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> frozenset[str]:
    if not len(rows):
        return frozenset()
    recent = rows.timestamps >= rows.timestamps.max() - COUNTED_SECONDS
    chosen, left = (Counter(rows.items[recent & kind].tolist()) for kind in (taken, ~taken))
    return frozenset(name for name, count in chosen.items() if min(count, left[name]) >= FEWEST_EVENTS)
