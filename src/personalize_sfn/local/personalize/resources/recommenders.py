"""Recommenders of domain dataset groups: a use case that trains by itself and serves.

https://docs.aws.amazon.com/personalize/latest/dg/creating-recommenders.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.tables import InteractionRows
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.campaigns import check_exploration
from personalize_sfn.local.personalize.resources.crud import being_updated, require_no_update, update
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import START, STOP, Phase, Record, StatusChange, require_active
from personalize_sfn.local.personalize.training.recipe_features import training_rules
from personalize_sfn.local.personalize.training.recipes import ServiceRecipe, recipe, trainable_recipe
from personalize_sfn.local.personalize.training.solution_config import check_columns
from personalize_sfn.local.personalize.training.solution_version import (
    Candidate,
    Selection,
    Trained,
    WeightedEvent,
    train_best,
)
from personalize_sfn.local.personalize.training.training_data import training_data
from personalize_sfn.local.personalize.wire.errors import WorkFailed, in_use, invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ACTIVE, RECOMMENDER

INACTIVE = "INACTIVE"
_OWN_TRAINING = "automaticTraining"


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    domain = parents["datasetGroup"].members.get("domain")
    if domain is None:
        raise invalid_input("Please use a domains-specific Dataset Group to create the Recommender")
    found = recipe(request["recipeArn"])
    if found.domain != domain:
        raise invalid_input(f"The recipe {found.name} is one of {found.domain or 'no domain'}, the group is {domain}")
    trainable_recipe(found.arn)
    config = request.get("recommenderConfig", {})
    _check_config(context, config, found, request["datasetGroupArn"])
    return {"recommenderConfig": {"minRecommendationRequestsPerSecond": 1} | config}


def _check_config(context: OperationContext, config: dict[str, Any], found: ServiceRecipe, group_arn: str) -> None:
    check_exploration(config.get("itemExplorationConfig", {}), found)
    check_columns(context, config.get("trainingDataConfig", {}), group_arn)


def _work(context: OperationContext, record: Record) -> Work | None:
    return training(context, record, record.members["recommenderConfig"])


def training(context: OperationContext, record: Record, config: dict[str, Any]) -> Work:
    """The work of training it on all of its group's data, by a recommenderConfig; under the store's lock."""
    found = recipe(record.members["recipeArn"])
    data = training_data(context, record.ancestors["datasetGroup"], config)
    missing = [kind for kind in training_rules(found.name).needs if kind not in data.types]

    def work() -> Trained:
        if missing:
            raise WorkFailed(f"Create failed. The recipe {found.name} needs a dataset of type {missing[0]}.")
        rows = data.rows([found.name])
        selection, given = _selection(found.name, rows), data.input([found.name])
        return train_best([Candidate(recipe=found.name)], rows, selection, data.last_event, given)

    return work


def _selection(recipe_name: str, rows: InteractionRows) -> Selection:
    """The events that a use case is about, as they are spelled in the data: types match in any case."""
    from personalize_sfn.engine import recipe_named

    wanted = recipe_named(recipe_name).event_type
    if wanted is None:
        return Selection()
    types = {str(kind) for kind in ([] if rows.event_types is None else rows.event_types.tolist()) if kind is not None}
    spelled = sorted(kind for kind in types if kind.upper() == wanted.upper()) or [wanted]
    return Selection(events=tuple(WeightedEvent(kind) for kind in spelled))


def own_training(record: Record) -> dict[str, Any]:
    """The status of its automatic training, and when the last began: a member of the record that no API shows."""
    created = record.members["creationDateTime"]
    state: dict[str, Any] = record.members.setdefault(
        _OWN_TRAINING, {"status": ACTIVE, "trained": created, "updated": created}
    )
    return state


def take_up(record: Record, result: Trained) -> None:
    """It answers with this from now on."""
    record.content = result
    record.members["modelMetrics"] = result.metrics


def _on_active(context: OperationContext, record: Record, result: Trained) -> None:
    take_up(record, result)


def _computed_members(context: OperationContext, record: Record) -> Members:
    """Its metrics are not there while it is being deleted."""
    return {"modelMetrics": None} if record.status.startswith("DELETE") else {}


def update_recommender(context: OperationContext, request: Members) -> Members:
    """It keeps serving; other columns to train on make it train again, which takes as long as its creation."""
    record = context.store.get(RECOMMENDER, request["recommenderArn"])
    require_active(record)
    require_no_update(context, record)
    old: dict[str, Any] = record.members["recommenderConfig"]
    new = old | request["recommenderConfig"]
    if new == old:
        raise invalid_input(f"The update changes nothing of the given recommender: {record.arn}")
    _check_config(context, new, recipe(record.members["recipeArn"]), record.ancestors["datasetGroup"])
    retrains = new.get("trainingDataConfig") != old.get("trainingDataConfig")
    if retrains:
        own_training(record).update(trained=context.now, updated=context.now)

    def settled(result: Trained | None) -> None:
        record.members["recommenderConfig"] = new
        if result is not None:
            take_up(record, result)

    work = training(context, record, new) if retrains else None
    update(context, record, {"recommenderConfig": new}, settled, work=work)
    return {"recommenderArn": record.arn}


def start_recommender(context: OperationContext, request: Members) -> Members:
    return _switch(context, request["recommenderArn"], INACTIVE, START)


def stop_recommender(context: OperationContext, request: Members) -> Members:
    return _switch(context, request["recommenderArn"], ACTIVE, STOP)


def _switch(context: OperationContext, arn: str, expected: str, phase: Phase) -> Members:
    record = context.store.get(RECOMMENDER, arn)
    reason = being_updated(context, record)
    if record.status != expected:
        reason = f"The given recommender is not {expected}, its status is {record.status}: {arn}"
    if reason is not None:
        raise in_use(reason)
    record.members["lastUpdatedDateTime"] = context.now
    change = StatusChange(
        record=record,
        view=record.members,
        phase=phase,
        started=context.now,
        seconds=context.durations.creation(RECOMMENDER.key),
        settled=lambda _: None,
    )
    context.lifecycle.begin(context.store, change)
    return {"recommenderArn": arn}


BEHAVIOUR = Behaviour(
    prepare=_prepare, work=_work, on_active=_on_active, delete_blocker=being_updated, computed_members=_computed_members
)
