"""Filters at work: what a dataset group's data say about the items that a model may answer.

What a filter needs is taken under the store's lock, by reference; working it out happens outside of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn
from personalize_sfn.filter_expressions import Filter, parse
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, live_events
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS
from personalize_sfn.local.personalize.data.tables import LiveEvent, Table, last_rows
from personalize_sfn.local.personalize.filters import CandidateColumn, Facts, allowed, event_type
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.training.recipes import RELATED_ITEMS
from personalize_sfn.local.personalize.wire.errors import invalid_input, not_found
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_GROUP, FILTER

if TYPE_CHECKING:
    from personalize_sfn.engine import Model

TableParts = tuple[Table, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class About:
    """What is recommended, and where its data stand."""

    subject: str
    dataset: str
    id_column: str
    events: str
    most_events: int
    """Of one user and event type only so many of the newest count: https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""


ITEMS = About("ITEMID", "ITEMS", ID_COLUMNS["ITEMS"], "INTERACTIONS", 100)
ACTIONS = About("ACTIONID", "ACTIONS", ID_COLUMNS["ACTIONS"], "ACTION_INTERACTIONS", 300)


@dataclass(frozen=True, slots=True)
class Data:
    """The data of a dataset group that filters look at, as they are now."""

    parts: Mapping[str, TableParts]
    """By dataset type."""
    live: tuple[LiveEvent, ...] = ()
    """Of the one user that is asked about."""
    live_actions: TableParts = ()
    """What PutActionInteractions brought, of all users; also among ``parts``."""

    def of(self, dataset_type: str) -> TableParts:
        return self.parts.get(dataset_type, ())


def data_for_filters(context: OperationContext, group_arn: str, person: str | None) -> Data:
    """Under the store's lock; quick."""
    contents = {
        dataset.members["datasetType"]: dataset_content(dataset)
        for dataset in context.store.of(DATASET, datasetGroup=group_arn)
    }
    live = live_events(context.store.get(DATASET_GROUP, group_arn)).by_person.get(person or "", ())
    put = contents[ACTIONS.events].put if ACTIONS.events in contents else ()
    return Data({kind: content.parts for kind, content in contents.items()}, tuple(live), put)


def filter_of(context: OperationContext, arn: str, group_arn: str) -> Filter:
    """The ACTIVE filter of that ARN and dataset group.  Under the store's lock.

    Raises:
        AwsError: ResourceNotFoundException; InvalidInputException for a filter of another group.
    """
    record = context.store.get(FILTER, arn)
    if record.status != ACTIVE:
        raise not_found(f"The given filter is not ACTIVE, its status is {record.status}: {arn}")
    if record.ancestors["datasetGroup"] != group_arn:
        raise invalid_input(f"The given filter belongs to another dataset group: {arn}")
    return _parsed(record.members["filterExpression"])


_parsed = lru_cache(maxsize=256)(parse)


def item_mask(
    found: Filter,
    values: Mapping[str, str],
    data: Data,
    model: Model,
    *,
    user_id: str | None = None,
    item_id: str | None = None,
    about: About = ITEMS,
) -> CandidateMask:
    """Which of the model's items (or actions) the filter lets through, shape (items,).

    Raises:
        AwsError: InvalidInputException when the filter is not about items, or needs a value, a user or an item.
    """
    check_subject(found, about)
    if found.needs_user and user_id is None:
        raise invalid_input("userId is required by the given filter")
    if found.needs_current_item and item_id is None:
        raise invalid_input("itemId is required by the given filter: it is about CurrentItem")
    parts = data.of(about.dataset)
    facts = Facts(
        columns=columns_about(data, model, about),
        count=len(model.item_ids),
        events=_events_of(user_id, data, model, about) if user_id is not None and found.needs_user else {},
        user=_row(data.of("USERS"), "USER_ID", user_id) if user_id is not None and found.needs_user else {},
        item=_row(parts, about.id_column, item_id) if item_id is not None and found.needs_current_item else {},
    )
    return allowed(found, values, facts)


def check_subject(found: Filter, about: About) -> None:
    """Raises InvalidInputException unless the filter is about what is recommended."""
    if found.subject != about.subject:
        raise invalid_input(f"The given filter is about {found.subject}, the recommendations are about {about.subject}")


def check_recipe(found: Filter, recipe_type: str) -> None:
    """Raises InvalidInputException for a filter on the current item, unless the recipe recommends by an item."""
    if found.needs_current_item and recipe_type != RELATED_ITEMS:
        raise invalid_input(
            f"The given filter is about CurrentItem, which goes with recipes of type {RELATED_ITEMS} only; "
            f"this one is of type {recipe_type}"
        )


def without_events(event_type: str, data: Data, model: Model, user_id: str) -> CandidateMask:
    """The model's items that the user had no such event with, shape (items,)."""
    mask = np.ones(len(model.item_ids), dtype=np.bool_)
    mask[_events_of(user_id, data, model, ITEMS).get(event_type.upper(), [])] = False
    return mask


def row_of_item(data: Data, item_id: str) -> Mapping[str, Any]:
    """The newest row of an item, by column name in capitals; empty for an unknown one."""
    return _row(data.of("ITEMS"), "ITEM_ID", item_id)


def places_of_items(model: Model) -> Mapping[str, int]:
    """Where each item stands among the model's."""
    return _cached(
        ("positions", id(model)), (), lambda: {item: place for place, item in enumerate(model.item_ids.tolist())}, model
    )


def columns_about(data: Data, model: Model, about: About) -> Mapping[str, CandidateColumn]:
    """What the dataset says of each of the model's items (or actions), by column name in capitals."""
    parts = data.of(about.dataset)
    return _cached(
        ("columns", id(model)), parts, lambda: columns_of(parts, about.id_column, model.item_ids.tolist()), model
    )


def columns_of(parts: TableParts, id_column: str, ids: Sequence[str]) -> dict[str, CandidateColumn]:
    """A dataset's columns by name in capitals, with a value for each of the ids."""
    if not parts:
        return {}
    table = _cached(f"latest {id_column}", parts, lambda: last_rows(parts, id_column))
    places = {str(item): place for place, item in enumerate(table[id_column].tolist())}
    rows: Any = np.array([places.get(each, -1) for each in ids], dtype=np.intp)
    return {
        name.upper(): CandidateColumn(np.asarray(np.where(rows >= 0, column[rows], None)))
        for name, column in table.items()
    }


def _row(parts: TableParts, id_column: str, wanted: str) -> Mapping[str, Any]:
    if not parts:
        return {}
    table = _cached(f"latest {id_column}", parts, lambda: last_rows(parts, id_column))
    places: dict[str, int] = _cached(
        f"places {id_column}", parts, lambda: {str(each): place for place, each in enumerate(table[id_column].tolist())}
    )
    if wanted not in places:
        return {}
    return {name.upper(): column[places[wanted]] for name, column in table.items()}


def _events_of(person: str, data: Data, model: Model, about: About) -> dict[str, list[int]]:
    """Positions of the items that the person had an event with, by ``event_type``."""
    events = [(kind, item) for _, kind, item in events_of(person, data.of(about.events), about.id_column)]
    if about is ITEMS:
        events += [(event.event_type, event.item_id) for event in data.live if event.item_id is not None]
    newest: dict[str, list[str]] = {}
    for kind, item in reversed(events):
        same_type = newest.setdefault(event_type(about.events, kind), [])
        if len(same_type) < about.most_events:
            same_type.append(item)
    places = places_of_items(model)
    return {kind: [places[item] for item in items if item in places] for kind, items in newest.items()}


def events_of(person: str, parts: TableParts, id_column: str) -> list[tuple[int, str, str]]:
    """Time, type and item (or action) of a person's rows, oldest first; without EVENT_TYPE the type is empty."""
    found: list[tuple[int, str, str]] = []
    for part in parts:
        places, starts, order = _cached("by user", (part,), partial(_by_user, part))
        if person not in places:
            continue
        rows = order[starts[places[person]] : starts[places[person] + 1]]
        kinds = part["EVENT_TYPE"][rows].tolist() if "EVENT_TYPE" in part else [""] * len(rows)
        times, items = part["TIMESTAMP"][rows].tolist(), part[id_column][rows].tolist()
        found += [(int(time), str(kind or ""), str(item)) for time, kind, item in zip(times, kinds, items, strict=True)]
    return sorted(found, key=lambda event: event[0])


def _by_user(part: Table) -> tuple[dict[str, int], NDArray[np.intp], NDArray[np.intp]]:
    """The users by place, where each one's rows begin (and the end), and the rows in that order."""
    users = CodedColumn.joined([part["USER_ID"]])
    places = {str(user): place for place, user in enumerate(users.values.tolist())}
    starts = np.concatenate(([0], np.cumsum(np.bincount(users.codes, minlength=len(places)))))
    return places, starts, np.argsort(users.codes, kind="stable")


_KEPT: dict[Any, tuple[Any, Any]] = {}
_KEPT_LOCK = threading.Lock()
_MOST_KEPT = 64


def _cached(what: Any, parts: TableParts, make: Callable[[], T], owner: object = None) -> T:
    """``make()``, remembered for as long as it is among those used last; parts never change, so they are the key."""
    key = (what, *map(id, parts))
    with _KEPT_LOCK:
        kept = _KEPT.pop(key, None)
    # Holding the parts (and the owner) keeps their ids from being given to others.
    value = kept if kept is not None else ((parts, owner), make())
    with _KEPT_LOCK:
        _KEPT[key] = value
        while len(_KEPT) > _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return cast("T", value[1])
