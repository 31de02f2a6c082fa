"""What recommenders do by themselves: a full training every week, and new items every two hours.

https://docs.aws.amazon.com/personalize/latest/dg/use-case-recipe-features.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources import automatic_updates, recommenders
from personalize_sfn.local.personalize.resources.crud import update_under_way
from personalize_sfn.local.personalize.store import CREATE, Record, StatusChange
from personalize_sfn.local.personalize.training.new_interactions import new_interactions
from personalize_sfn.local.personalize.training.recipe_features import training_rules
from personalize_sfn.local.personalize.training.recipes import recipe
from personalize_sfn.local.personalize.training.solution_version import Trained
from personalize_sfn.local.personalize.training.training_data import training_data
from personalize_sfn.resources import ACTIVE, RECOMMENDER


def keep_trained(context: OperationContext) -> None:
    """Begin what is due for each ACTIVE recommender; called under the store's lock, cheap when nothing is due.

    A full training is skipped when there is nothing new: it would learn the same.
    """
    for record in context.store.of(RECOMMENDER):
        if record.status == ACTIVE and update_under_way(record) is None:
            _keep_trained(context, record)


def _keep_trained(context: OperationContext, record: Record) -> None:
    state = recommenders.own_training(record)
    if state["status"] not in (ACTIVE, CREATE.failed):
        return
    name = recipe(record.members["recipeArn"]).name
    rules = training_rules(name)
    if context.now >= state["trained"] + rules.retrained_every:
        group, seen = record.ancestors["datasetGroup"], record.content.last_event
        news = new_interactions(context, group, name, since=state["trained"], seen_events=seen)
        context.store.touched = True
        state.update(trained=context.now, updated=context.now)
        if news:
            _begin(context, record, state, recommenders.training(context, record, record.members["recommenderConfig"]))
    elif context.now >= state["updated"] + automatic_updates.EVERY and rules.automatic_updates:
        context.store.touched = True
        state.update(updated=context.now)
        data = training_data(context, record.ancestors["datasetGroup"], record.members["recommenderConfig"])
        _begin(context, record, state, automatic_updates.new_items(record.content, data))


def _begin(context: OperationContext, record: Record, state: dict[str, Any], work: Work) -> None:
    base: Trained = record.content

    def settled(result: Trained) -> None:
        # Meanwhile an update may have trained it on other columns, or users may have been deleted: that stands.
        if record.content is base and result is not base:
            recommenders.take_up(record, result)

    change = StatusChange(record=record, view=state, phase=CREATE, started=context.now, seconds=0.0, settled=settled)
    context.lifecycle.begin(context.store, change, work)
