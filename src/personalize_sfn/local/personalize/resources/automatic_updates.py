"""The newest fully trained version learns by the clock of new items and actions, or of trends; nothing else shows.

https://docs.aws.amazon.com/personalize/latest/dg/use-case-recipe-features.html#maintaining-with-automatic-updates
https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-trending-now.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.solution_versions import newest_relearned
from personalize_sfn.local.personalize.store import CREATE, Record, StatusChange
from personalize_sfn.local.personalize.training.recipe_features import training_rules
from personalize_sfn.local.personalize.training.recipes import recipe
from personalize_sfn.local.personalize.training.schedule import SEEN_EVENTS
from personalize_sfn.local.personalize.training.solution_version import Trained, refreshed, updated
from personalize_sfn.local.personalize.training.training_data import TrainingData, training_data
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_GROUP, DATASET_IMPORT_JOB, SOLUTION_VERSION

EVERY = 2 * 3600.0
"""Seconds from one update to the next."""
UPDATE = "automaticUpdate"
"""A version's member that no API shows: the status of its latest update."""


def keep_updated(context: OperationContext, solution: Record) -> None:
    """Begin the update of the solution's newest fully trained version if it is due and there is something new.

    A newer version with trainingMode UPDATE ends the updates, as on AWS.
    """
    version = newest_relearned(context, solution.arn)
    if version is None:
        return
    kind = training_rules(recipe(version.members["recipeArn"]).name).automatic_updates
    if not kind:
        return
    state: dict[str, Any] = version.members.setdefault(
        UPDATE, {"status": ACTIVE, "lastUpdatedDateTime": version.members["lastUpdatedDateTime"]}
    )
    since = state["lastUpdatedDateTime"]
    if context.now < since + _every(kind, version) or state["status"] not in (ACTIVE, CREATE.failed):
        return
    if _updated_by_hand(context, version):
        return
    seen = state.get(SEEN_EVENTS, version.members.get(SEEN_EVENTS, 0))
    group_arn = version.ancestors["datasetGroup"]
    events = len(live_events(context.store.get(DATASET_GROUP, group_arn)).events)
    context.store.touched = True
    state.update({SEEN_EVENTS: events, "lastUpdatedDateTime": context.now})
    if events <= seen and not _rows_since(context, group_arn, since, kind):
        return
    base: Trained = version.content

    def settled(result: Any) -> None:
        if version.content is base:  # meanwhile users may have been deleted: that stands
            version.content = result

    data = training_data(context, group_arn, version.members["solutionConfig"])
    change = StatusChange(record=version, view=state, phase=CREATE, started=context.now, seconds=0.0, settled=settled)
    context.lifecycle.begin(context.store, change, _WORKS[kind](base, data))


def _every(kind: str, version: Record) -> float:
    """Seconds from one update to the next."""
    from personalize_sfn.engine import parse_options

    if kind != "TRENDS":
        return EVERY
    trained: Trained = version.content
    return min(EVERY, float(parse_options(trained.recipe, trained.hyperparameters).window))


def _rows_since(context: OperationContext, group_arn: str, since: float, kind: str) -> bool:
    """Have rows been imported since, or is there a dataset of that type, whose rows may also come one by one?"""
    imports = context.store.of(DATASET_IMPORT_JOB, datasetGroup=group_arn)
    datasets = context.store.of(DATASET, datasetGroup=group_arn)
    return any(job.status == ACTIVE and job.members["lastUpdatedDateTime"] > since for job in imports) or any(
        dataset.members["datasetType"] == kind for dataset in datasets
    )


def _updated_by_hand(context: OperationContext, version: Record) -> bool:
    versions = context.store.of(SOLUTION_VERSION, solution=version.ancestors["solution"])
    return any(
        other.status == ACTIVE and other.members["trainingMode"] == "UPDATE" and other.number > version.number
        for other in versions
    )


def new_items(base: Trained, data: TrainingData) -> Work:
    """The work of teaching a model the items that it does not know yet; answers the base itself when there are none."""
    return lambda: _with_new(base, data.item_ids(base.selection), data, "ITEMS")


def _new_actions(base: Trained, data: TrainingData) -> Work:
    return lambda: _with_new(base, sorted(data.ids("ACTIONS")), data, "ACTIONS")


def _with_new(base: Trained, ids: list[str], data: TrainingData, kind: str) -> Trained:
    if not set(ids).difference(base.model.item_ids.tolist()):
        return base
    return updated(base, ids, data.attributes(kind, ids), data.attributes("USERS"), data.objective())


def _trends(base: Trained, data: TrainingData) -> Work:
    return lambda: refreshed(base, data.rows())


_WORKS: dict[str, Callable[[Trained, TrainingData], Work]] = {
    "ITEMS": new_items,
    "ACTIONS": _new_actions,
    "TRENDS": _trends,
}
