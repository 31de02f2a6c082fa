"""The classes whose values a data directory may hold, by the short names that stand for them there."""

from __future__ import annotations

import dataclasses
from typing import Any

from personalize_sfn.local.personalize.data.tables import DatasetContent, LiveEvent, LiveEvents
from personalize_sfn.local.personalize.training.solution_version import Selection, Trained, WeightedEvent

__all__ = ["KINDS", "NAMES", "NAMES_OF_FORMAT_1", "fields_of"]

KINDS: dict[str, type[Any]] = {
    "trained": Trained,
    "selection": Selection,
    "weighted_event": WeightedEvent,
    "dataset_content": DatasetContent,
    "live_events": LiveEvents,
    "live_event": LiveEvent,
}
"""A class may be renamed or moved; its name here stays.  So do its fields, unless the directory's format changes."""
NAMES = {kind: name for name, kind in KINDS.items()}
NAMES_OF_FORMAT_1 = {
    "personalize_sfn.local.personalize.training:Trained": "trained",
    "personalize_sfn.local.personalize.training:Selection": "selection",
    "personalize_sfn.local.personalize.training:WeightedEvent": "weighted_event",
    "personalize_sfn.local.personalize.tables:DatasetContent": "dataset_content",
    "personalize_sfn.local.personalize.tables:LiveEvents": "live_events",
    "personalize_sfn.local.personalize.tables:LiveEvent": "live_event",
}
_WORKED_OUT: dict[str, tuple[str, ...]] = {"live_events": ("known_ids", "by_person")}
"""Fields that are worked out of the others."""


def fields_of(name: str) -> tuple[str, ...]:
    """The fields that are kept of a class, by its short name."""
    left_out = _WORKED_OUT.get(name, ())
    return tuple(field.name for field in dataclasses.fields(KINDS[name]) if field.name not in left_out)
