"""What a campaign or a recommender answers with, taken under the lock; models never change, so the rest needs none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from personalize_sfn.filter_expressions import Filter
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events, schema_of
from personalize_sfn.local.personalize.data.tables import LiveEvent
from personalize_sfn.local.personalize.filters.dataset_group import (
    Data,
    check_recipe,
    data_for_filters,
    filter_of,
    row_of_item,
)
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.exploration import exploration
from personalize_sfn.local.personalize.training.recipes import PERSONALIZED_ACTIONS, ServiceRecipe, recipe
from personalize_sfn.local.personalize.training.solution_version import Trained
from personalize_sfn.local.personalize.wire.errors import invalid_input, not_found
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ACTIVE, CAMPAIGN, DATASET, DATASET_GROUP, RECOMMENDER, SOLUTION_VERSION

if TYPE_CHECKING:
    from personalize_sfn.engine import Exploration

_NOTHING = Data({})
_SERVERS = {row.arn_field: row for row in (CAMPAIGN, RECOMMENDER)}
"""What answers, by the member of a request that names it."""
MOST_METADATA_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Served:
    """A trained model with what one request needs besides it."""

    recipe_type: str
    needs_user: bool
    """Whether a request must name a user, of recipes of the type POPULAR_ITEMS."""
    gives_reasons: bool
    """Whether its recommendations may say why."""
    gives_scores: bool
    """Recommenders give none."""
    exploration: Exploration | None
    """How items without events are tried out; None where the recipe does not."""
    leaves_out: str | None
    """The type of event whose items a use case leaves out of its user's answers."""
    trained: Trained
    events: list[LiveEvent]
    """Of the person, since the training."""
    data: Data
    filter: Filter | None = None
    promotion: Filter | None = None
    """The filter of the request's promotion."""

    @property
    def includes(self) -> bool:
        """Whether the filter names what may be answered, rather than what may not."""
        return self.filter is not None and any(expression.include for expression in self.filter.expressions)

    def history(self, person: str | None) -> list[str]:
        """Item ids, oldest first: what training knew of the person, then what has happened since."""
        known = [] if person is None else self.trained.history(person)
        since = [
            event.item_id
            for event in self.events
            if event.item_id is not None and self.trained.selection.takes(event.event_type, event.value)
        ]
        return known + since

    def metadata(self, item_id: str, columns: list[str]) -> dict[str, str]:
        """The item's values as texts, by column name in small letters; what is null is left out."""
        row = row_of_item(self.data, item_id)
        return {column.lower(): _text(row[column.upper()]) for column in columns if row.get(column.upper()) is not None}


def served_by(context: OperationContext, request: Members) -> Served:
    """What the request's campaign or recommender answers with.

    Raises:
        AwsError: InvalidInputException unless just one of both is named; ResourceNotFoundException (404) for one that
            is not there or not ACTIVE.
    """
    named = [name for name in _SERVERS if name in request]
    if len(named) != 1:
        raise invalid_input(f"Expected one of campaignArn and recommenderArn, got {' and '.join(named) or 'neither'}")
    person, promotions = request.get("userId"), request.get("promotions", [])
    if "filterValues" in request and "filterArn" not in request:
        raise invalid_input("filterValues needs a filterArn")
    with context.store.lock:
        context.lifecycle.advance(context.store)
        row = _SERVERS[named[0]]
        serves_a_version = SOLUTION_VERSION.key in row.parents  # a recommender is trained itself
        server = context.store.get(row, request[named[0]])
        if server.status != ACTIVE:
            # The runtime models no ResourceInUseException: what is not ACTIVE is not there yet, or no more.
            raise not_found(f"The given {row.words} is not ACTIVE, its status is {server.status}: {server.arn}")
        context.store.first_looks.pop(server.arn, None)  # what answers is no longer PENDING
        version = server
        if serves_a_version:
            version = context.store.get(SOLUTION_VERSION, server.members[SOLUTION_VERSION.arn_field])
        group = server.ancestors["datasetGroup"]
        if request.get("metadataColumns"):
            _check_metadata(context, server, request["metadataColumns"])
        trained: Trained | None = version.content
        if trained is None:  # its model was of a format that this version does not read
            why = version.members.get("failureReason", f"Its status is {version.status}.")
            raise not_found(f"The solution version of the given {row.words} cannot answer. {why} {version.arn}")
        live = live_events(context.store.get(DATASET_GROUP, group))
        found = recipe(version.members["recipeArn"])
        leaves_out = None if serves_a_version else left_out(found.name)
        on_actions = found.type == PERSONALIZED_ACTIONS
        needs_data = on_actions or promotions or "filterArn" in request or request.get("metadataColumns") or leaves_out
        return Served(
            found.type,
            found.domain is not None and not found.userless,
            found.reasons,
            serves_a_version,
            exploration(found, _config(server)),
            leaves_out,
            trained,
            [] if person is None else live.of(person, after=trained.last_event),
            data_for_filters(context, group, person) if needs_data else _NOTHING,
            _filter(context, request, group, found),
            _filter(context, promotions[0], group, found) if promotions else None,
        )


def _filter(context: OperationContext, asked: Mapping[str, Any], group: str, chosen: ServiceRecipe) -> Filter | None:
    """The filter of a request, or of a promotion."""
    if "filterArn" not in asked:
        return None
    found = filter_of(context, asked["filterArn"], group)
    check_recipe(found, chosen.type)
    return found


def left_out(recipe_name: str) -> str | None:
    """What the recipe leaves out by itself, as the engine's table says."""
    from personalize_sfn.engine import recipe_named

    return recipe_named(recipe_name).leaves_out


def _config(server: Record) -> dict[str, Any]:
    return server.members.get("campaignConfig") or server.members.get("recommenderConfig") or {}


def _check_metadata(context: OperationContext, server: Record, wanted: dict[str, list[str]]) -> None:
    if not _config(server).get("enableMetadataWithRecommendations"):
        raise invalid_input(
            f"metadataColumns needs enableMetadataWithRecommendations, which the given {server.row.words} has not set"
        )
    if set(wanted) != {"ITEMS"}:
        raise invalid_input(f"metadataColumns: expected the key ITEMS, got {', '.join(sorted(wanted))}")
    if len(wanted["ITEMS"]) > MOST_METADATA_COLUMNS:
        raise invalid_input(f"metadataColumns: at most {MOST_METADATA_COLUMNS} columns, got {len(wanted['ITEMS'])}")
    known = {
        field.name.upper()
        for dataset in context.store.of(DATASET, datasetGroup=server.ancestors["datasetGroup"])
        if dataset.members["datasetType"] == "ITEMS"
        for field in schema_of(context, dataset).fields
    }
    for column in wanted["ITEMS"]:
        if column.upper() not in known:
            raise invalid_input(f"metadataColumns: the Items dataset has no column {column}")


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    return str(value)
