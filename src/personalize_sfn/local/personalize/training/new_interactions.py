"""Is there anything new to learn?  A training that the service begins by itself is skipped when there is not.

https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html: item interactions count, and with
the recipe Next-Best-Action action interactions.
"""

from __future__ import annotations

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events
from personalize_sfn.local.personalize.training.recipe_features import training_rules
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_GROUP, DATASET_IMPORT_JOB


def new_interactions(
    context: OperationContext, group_arn: str, recipe_name: str, *, since: float, seen_events: int
) -> bool:
    """Have interactions that the recipe learns from come into the dataset group since a training?

    Args:
        context: the operation's context; under the store's lock.
        group_arn: the dataset group's.
        recipe_name: with ``aws-``; empty for AutoML.
        since: when the training began, in epoch seconds; imports that ended later count.
        seen_events: how many live events the training knew; later ones count.
    """
    if len(live_events(context.store.get(DATASET_GROUP, group_arn)).events) > seen_events:
        return True
    kinds = training_rules(recipe_name).interactions
    learned = {
        each.arn for each in context.store.of(DATASET, datasetGroup=group_arn) if each.members["datasetType"] in kinds
    }
    return any(
        job.status == ACTIVE and job.ancestors["dataset"] in learned and job.members["lastUpdatedDateTime"] > since
        for job in context.store.of(DATASET_IMPORT_JOB, datasetGroup=group_arn)
    )
