"""Every operation of the embedded Personalize, by its API name: those of the rows, and the few beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.events import put_events
from personalize_sfn.local.personalize.operations import (
    campaigns,
    dataset_groups,
    dataset_import_jobs,
    datasets,
    event_trackers,
    generic,
    recipes,
    schemas,
    solution_versions,
    solutions,
    tags,
)
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members
from personalize_sfn.local.personalize.protocol import operations
from personalize_sfn.local.personalize.runtime import get_personalized_ranking, get_recommendations
from personalize_sfn.resources import (
    CAMPAIGN,
    DATASET,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)

Handler = Callable[[Call, Request], Members]

BEHAVIOURS: dict[str, Behaviour] = {
    SCHEMA.key: schemas.BEHAVIOUR,
    DATASET_GROUP.key: dataset_groups.BEHAVIOUR,
    DATASET.key: datasets.BEHAVIOUR,
    DATASET_IMPORT_JOB.key: dataset_import_jobs.BEHAVIOUR,
    EVENT_TRACKER.key: event_trackers.BEHAVIOUR,
    SOLUTION.key: solutions.BEHAVIOUR,
    SOLUTION_VERSION.key: solution_versions.BEHAVIOUR,
    CAMPAIGN.key: campaigns.BEHAVIOUR,
}


def _of_row(row: ResourceType) -> dict[str, Handler]:
    behaviour = BEHAVIOURS[row.key]
    listing = row.operation("List")
    errors = {shape.name for shape in operations()[listing].model.error_shapes}
    handlers: dict[str, Handler] = {
        row.operation("Create"): partial(generic.create, row, behaviour),
        row.operation("Describe"): partial(generic.describe, row, behaviour),
        listing: partial(generic.list_, row, scope_must_exist="ResourceNotFoundException" in errors),
    }
    if row.deletable:
        handlers[row.operation("Delete")] = partial(generic.delete, row, behaviour)
    return handlers


def control_plane() -> dict[str, Handler]:
    """Operations that hold the store's lock from beginning to end."""
    handlers = {name: handler for row in RESOURCE_TYPES for name, handler in _of_row(row).items()}
    return handlers | {
        "UpdateCampaign": campaigns.update_campaign,
        "UpdateSolution": solutions.update_solution,
        "GetSolutionMetrics": solution_versions.get_solution_metrics,
        "ListRecipes": recipes.list_recipes,
        "DescribeRecipe": recipes.describe_recipe,
        "TagResource": tags.tag_resource,
        "UntagResource": tags.untag_resource,
        "ListTagsForResource": tags.list_tags,
    }


def data_plane() -> dict[str, Handler]:
    """Operations that take the lock themselves, for as short as they can."""
    return {
        "GetRecommendations": get_recommendations,
        "GetPersonalizedRanking": get_personalized_ranking,
        "PutEvents": put_events,
    }
