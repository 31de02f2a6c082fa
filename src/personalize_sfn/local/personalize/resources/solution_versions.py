"""Solution versions: training a solution on its dataset group; stopping that; GetSolutionMetrics.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolutionVersion.html
https://docs.aws.amazon.com/personalize/latest/dg/API_StopSolutionVersionCreation.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events
from personalize_sfn.local.personalize.lifecycle import PENDING_SHARE, Work
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.resources.solutions import auto_ml_recipes, config_shown
from personalize_sfn.local.personalize.store import Outcome, Phase, Record, StatusChange, require_active
from personalize_sfn.local.personalize.training.action_data import action_data
from personalize_sfn.local.personalize.training.hpo import HpoConfig
from personalize_sfn.local.personalize.training.recipe_features import recipes_with, training_rules
from personalize_sfn.local.personalize.training.recipes import ARN, PERSONALIZED_ACTIONS, recipe
from personalize_sfn.local.personalize.training.schedule import SEEN_EVENTS, training_started
from personalize_sfn.local.personalize.training.solution_config import hpo_ranges, training_parameters
from personalize_sfn.local.personalize.training.solution_version import (
    METRIC,
    Candidate,
    Selection,
    Trained,
    train_best,
    updated,
)
from personalize_sfn.local.personalize.training.training_data import TrainingData, training_data
from personalize_sfn.local.personalize.wire.errors import WorkFailed, invalid_input
from personalize_sfn.local.personalize.wire.protocol import HEADERS, MEASURED, TEST_USERS, Members
from personalize_sfn.resources import ACTIVE, DATASET_GROUP, SOLUTION, SOLUTION_VERSION

STOPPING = Phase("CREATE STOPPING", "CREATE STOPPING", "CREATE STOPPED", "CREATE FAILED")
STOPPED = "CREATE STOPPED"
RELEARNED = ("FULL", "AUTOTRAIN")
"""Training modes that learn from all of the data."""

_FROM_SOLUTION = (
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "solutionConfig",
)


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    mode = request.get("trainingMode", "FULL")
    if mode == "AUTOTRAIN":
        raise invalid_input("trainingMode AUTOTRAIN is set by the service itself; expected FULL or UPDATE")
    if mode == "UPDATE":
        _check_update(context, parents["solution"])
    return _inherited(context, parents["solution"]) | {"trainingMode": mode, "trainingType": "MANUAL"}


def _prepare_automatic(context: OperationContext, request: Members, parents: Parents) -> Members:
    return _inherited(context, parents["solution"]) | {"trainingMode": "AUTOTRAIN", "trainingType": "AUTOMATIC"}


def _inherited(context: OperationContext, solution: Record) -> Members:
    group = context.store.get(DATASET_GROUP, solution.ancestors["datasetGroup"])
    inherited = {name: solution.members[name] for name in _FROM_SOLUTION if name in solution.members}
    return inherited | {SEEN_EVENTS: len(live_events(group).events)}


def _check_update(context: OperationContext, solution: Record) -> None:
    name = solution.members.get("recipeArn", "").rpartition("/")[2]
    if not training_rules(name).update_mode:
        raise invalid_input(f"trainingMode UPDATE goes with {recipes_with('update_mode')} only, not with {name}")
    if newest_relearned(context, solution.arn) is None:
        raise invalid_input(
            f"trainingMode UPDATE needs an ACTIVE solution version that was created with FULL: {solution.arn}"
        )


def newest_relearned(context: OperationContext, solution_arn: str) -> Record | None:
    """The solution's newest ACTIVE version that learned from all of the data; None for none."""
    versions = context.store.of(SOLUTION_VERSION, solution=solution_arn)
    usable = [
        version for version in versions if version.status == ACTIVE and version.members["trainingMode"] in RELEARNED
    ]
    return max(usable, key=lambda version: version.number, default=None)


def _work(context: OperationContext, record: Record) -> Work | None:
    data = training_data(context, record.ancestors["datasetGroup"], record.members["solutionConfig"])
    if record.members["trainingMode"] == "UPDATE":
        return _update(context, record, data)
    solution = context.store.get(SOLUTION, record.ancestors["solution"])
    training_started(solution, record.members["creationDateTime"])
    candidates = _candidates(record.members)
    on_actions = recipe(ARN.format(kind="recipe", name=candidates[0].recipe)).type == PERSONALIZED_ACTIONS
    train = _train_on_actions if on_actions else _train
    missing = [
        kind for candidate in candidates for kind in training_rules(candidate.recipe).needs if kind not in data.types
    ]
    members = dict(record.members)

    def work() -> Trained:
        if missing:
            raise WorkFailed(
                f"Create failed. The recipe {candidates[0].recipe} needs a dataset of type {missing[0]} "
                "in the dataset group."
            )
        return train(candidates, data, members)

    return work


def _update(context: OperationContext, record: Record, data: TrainingData) -> Work:
    """trainingMode UPDATE: the newest version that learned from all, with the items that have come since."""
    base = newest_relearned(context, record.ancestors["solution"])
    trained: Trained | None = None if base is None else base.content
    selection = Selection.of_solution(record.members)

    def work() -> Trained:
        if trained is None:
            raise WorkFailed("The solution version that this one was to update is gone.")
        ids = data.item_ids(selection)
        return updated(trained, ids, data.attributes("ITEMS", ids), data.attributes("USERS"), data.objective())

    return work


def _candidates(members: Mapping[str, Any]) -> list[Candidate]:
    """What is trained, the best of which stays: the solution's recipe, or those that AutoML tries."""
    config, automatic = members["solutionConfig"], members.get("performAutoML", False)
    names = [recipe(arn).name for arn in (auto_ml_recipes(config) if automatic else [members["recipeArn"]])]
    parameters = {} if automatic else training_parameters(config)
    candidates = [Candidate(recipe=name, hyperparameters=parameters) for name in names]
    if not members["performHPO"]:
        return candidates
    tuning = HpoConfig.of_config(config, hpo_ranges(config))
    return [replace(candidate, tuning=tuning.on(candidate.recipe, parameters)) for candidate in candidates]


def _train(candidates: list[Candidate], data: TrainingData, members: Mapping[str, Any]) -> Trained:
    """On all item interactions that the solution selects."""
    names = [candidate.recipe for candidate in candidates]
    return train_best(
        candidates,
        data.rows(names),
        Selection.of_solution(members),
        data.last_event,
        data.input(names),
        metric=members["solutionConfig"].get("autoMLConfig", {}).get("metricName", METRIC),
    )


def _train_on_actions(candidates: list[Candidate], data: TrainingData, members: Mapping[str, Any]) -> Trained:
    """On the actions that users took."""
    from personalize_sfn.engine import TrainingInput

    known, selection = action_data(data), Selection.of_solution(members)
    given = TrainingInput(items=known.actions)
    trained = train_best(candidates, data.rows(), selection, data.last_event, given, taken=known.taken)
    return replace(trained, scored=known.scored)


def _on_active(context: OperationContext, record: Record, result: Any) -> None:
    if result.selection.events and result.selection.equal_weights:
        figures = ("metrics", "margins", "popularity")
        result = replace(result, **{name: _with_event_weights(getattr(result, name)) for name in figures})
    record.content = result
    record.members["trainingHours"] = max(0.001, round(result.hours, 3))
    if record.members["performHPO"] and result.tuned is not None:
        record.members["tunedHPOParams"] = {"algorithmHyperParameters": result.tuned}
    if record.members["performAutoML"]:
        best = ARN.format(kind="recipe", name=result.recipe)
        record.members["recipeArn"] = best
        solution = context.store.get(SOLUTION, record.ancestors["solution"])
        solution.members["autoMLResult"] = {"bestRecipeArn": best}


def _with_event_weights(metrics: dict[str, float]) -> dict[str, float]:
    """With what eventsConfig adds when all weights are equal: the figures without weights.  Others the engine has."""
    gain = "normalized_discounted_cumulative_gain"
    named = {f"{gain}_at_{k}": f"{gain}_with_event_weights_at_{k}" for k in (5, 10, 25)}
    return metrics | {new: metrics[old] for old, new in named.items() if old in metrics}


def _computed_members(context: OperationContext, record: Record) -> Members:
    """A version that was created without a name is called <solution>/<8 hex digits>."""
    return {"name": record.members.get("name") or record.arn.partition(":solution/")[2]} | config_shown(record)


def get_solution_metrics(context: OperationContext, request: Members) -> Members:
    record = context.store.get(SOLUTION_VERSION, request["solutionVersionArn"])
    require_active(record)
    trained: Trained = record.content
    headers = {} if trained.test_users is None else {TEST_USERS: str(trained.test_users)}
    if trained.margins or trained.popularity:
        headers[MEASURED] = json.dumps({"margins": trained.margins, "popularity": trained.popularity})
    return {"solutionVersionArn": record.arn, "metrics": trained.metrics, HEADERS: headers}


def stop_solution_version_creation(context: OperationContext, request: Members) -> Members:
    """CREATE PENDING is stopped at once, CREATE IN_PROGRESS when the training has let go; its result is dropped."""
    record = context.store.get(SOLUTION_VERSION, request["solutionVersionArn"])
    change = next((change for change in context.store.changes if change.record is record), None)
    if change is None or record.status not in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        raise invalid_input(
            "Only the creation of a solution version that is CREATE PENDING or CREATE IN_PROGRESS can be stopped; "
            f"the status of the given one is {record.status}: {record.arn}"
        )
    context.store.changes.remove(change)
    not_begun = change.work is None or change.work.cancel()
    if record.status == "CREATE PENDING":
        context.store.first_looks.pop(record.arn, None)
        record.members.update(status=STOPPED, lastUpdatedDateTime=context.now)
        return {}
    stopping = StatusChange(
        record=record,
        view=record.members,
        phase=STOPPING,
        started=context.now,
        seconds=PENDING_SHARE * change.seconds,
        settled=lambda _: None,
        work=None if not_begun or change.work is None else _without_result(context, change.work),
    )
    record.members["lastUpdatedDateTime"] = context.now
    context.lifecycle.begin(context.store, stopping)
    return {}


def _without_result(context: OperationContext, work: Future[Outcome]) -> Future[Outcome]:
    """Done when the work is, however that ended."""
    done: Future[Outcome] = Future()
    work.add_done_callback(lambda _: done.set_result(Outcome(context.environment.now())))
    return done


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work, on_active=_on_active, computed_members=_computed_members)
AUTOMATIC = replace(BEHAVIOUR, prepare=_prepare_automatic)
"""Of the versions that the service creates by itself."""
