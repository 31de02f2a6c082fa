"""Every operation of the embedded Personalize, by its API name: those of the rows, and the few beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.put_events import put_events
from personalize_sfn.local.personalize.data.put_records import (
    put_action_interactions,
    put_actions,
    put_items,
    put_users,
)
from personalize_sfn.local.personalize.resources import (
    algorithms,
    batch_inference_jobs,
    batch_segment_jobs,
    campaigns,
    crud,
    data_deletion_jobs,
    dataset_export_jobs,
    dataset_groups,
    dataset_import_jobs,
    datasets,
    event_interactions,
    event_trackers,
    filters,
    metric_attributions,
    recipes,
    recommenders,
    schemas,
    solution_versions,
    solutions,
    tags,
)
from personalize_sfn.local.personalize.resources.hooks import Behaviour
from personalize_sfn.local.personalize.runtime.get_action_recommendations import get_action_recommendations
from personalize_sfn.local.personalize.runtime.get_recommendations import get_personalized_ranking, get_recommendations
from personalize_sfn.local.personalize.wire.protocol import Members, operations
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)

OperationHandler = Callable[[OperationContext, Members], Members]

BEHAVIOURS: dict[str, Behaviour] = {
    SCHEMA.key: schemas.BEHAVIOUR,
    DATASET_GROUP.key: dataset_groups.BEHAVIOUR,
    DATASET.key: datasets.BEHAVIOUR,
    DATASET_IMPORT_JOB.key: dataset_import_jobs.BEHAVIOUR,
    EVENT_TRACKER.key: event_trackers.BEHAVIOUR,
    SOLUTION.key: solutions.BEHAVIOUR,
    SOLUTION_VERSION.key: solution_versions.BEHAVIOUR,
    CAMPAIGN.key: campaigns.BEHAVIOUR,
    FILTER.key: filters.BEHAVIOUR,
    RECOMMENDER.key: recommenders.BEHAVIOUR,
    METRIC_ATTRIBUTION.key: metric_attributions.BEHAVIOUR,
    BATCH_INFERENCE_JOB.key: batch_inference_jobs.BEHAVIOUR,
    BATCH_SEGMENT_JOB.key: batch_segment_jobs.BEHAVIOUR,
    DATASET_EXPORT_JOB.key: dataset_export_jobs.BEHAVIOUR,
    DATA_DELETION_JOB.key: data_deletion_jobs.BEHAVIOUR,
}


def _of_row(row: ResourceType) -> dict[str, OperationHandler]:
    behaviour = BEHAVIOURS[row.key]
    listing = row.operation("List")
    errors = {shape.name for shape in operations()[listing].model.error_shapes}
    handlers: dict[str, OperationHandler] = {
        row.operation("Create"): partial(crud.create, row, behaviour),
        row.operation("Describe"): partial(crud.describe, row, behaviour),
        listing: partial(crud.list_, row, behaviour, scope_must_exist="ResourceNotFoundException" in errors),
    }
    if row.deletable:
        handlers[row.operation("Delete")] = partial(crud.delete, row, behaviour)
    return handlers


def control_plane() -> dict[str, OperationHandler]:
    """Operations that hold the store's lock from beginning to end."""
    handlers = {name: handler for row in RESOURCE_TYPES for name, handler in _of_row(row).items()}
    return handlers | {
        "DescribeDataset": event_interactions.describe_dataset,
        "DeleteDataset": event_interactions.delete_dataset,
        "UpdateCampaign": campaigns.update_campaign,
        "ListDataDeletionJobs": data_deletion_jobs.list_jobs,
        "UpdateDataset": datasets.update_dataset,
        "UpdateMetricAttribution": metric_attributions.update_metric_attribution,
        "ListMetricAttributionMetrics": metric_attributions.list_metrics,
        "UpdateRecommender": recommenders.update_recommender,
        "StartRecommender": recommenders.start_recommender,
        "StopRecommender": recommenders.stop_recommender,
        "UpdateSolution": solutions.update_solution,
        "StopSolutionVersionCreation": solution_versions.stop_solution_version_creation,
        "GetSolutionMetrics": solution_versions.get_solution_metrics,
        "ListRecipes": recipes.list_recipes,
        "DescribeRecipe": recipes.describe_recipe,
        "DescribeAlgorithm": algorithms.describe_algorithm,
        "DescribeFeatureTransformation": algorithms.describe_feature_transformation,
        "TagResource": tags.tag_resource,
        "UntagResource": tags.untag_resource,
        "ListTagsForResource": tags.list_tags,
    }


def data_plane() -> dict[str, OperationHandler]:
    """Operations that take the lock themselves, for as short as they can."""
    return {
        "GetRecommendations": get_recommendations,
        "GetPersonalizedRanking": get_personalized_ranking,
        "GetActionRecommendations": get_action_recommendations,
        "PutEvents": put_events,
        "PutItems": put_items,
        "PutUsers": put_users,
        "PutActions": put_actions,
        "PutActionInteractions": put_action_interactions,
    }
