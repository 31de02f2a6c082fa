"""Solution versions: training a solution on its dataset group's interactions; GetSolutionMetrics."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.api_errors import invalid_input, unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents
from personalize_sfn.local.personalize.operations.dataset_groups import live_events
from personalize_sfn.local.personalize.operations.datasets import dataset_content
from personalize_sfn.local.personalize.operations.generic import require_active
from personalize_sfn.local.personalize.operations.solutions import training_parameters
from personalize_sfn.local.personalize.recipes import recipe
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.tables import DatasetContent, interaction_rows
from personalize_sfn.local.personalize.training import Selection, Trained, train
from personalize_sfn.resources import DATASET, DATASET_GROUP, SOLUTION_VERSION

_FROM_SOLUTION = (
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "solutionConfig",
)


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    mode = request.get("trainingMode", "FULL")
    if mode == "AUTOTRAIN":
        raise invalid_input("trainingMode AUTOTRAIN is set by the service itself; expected FULL or UPDATE")
    if mode == "UPDATE":
        raise unsupported("CreateSolutionVersion with trainingMode UPDATE")
    solution = parents["solution"].members
    inherited = {name: solution[name] for name in _FROM_SOLUTION if name in solution}
    return {**inherited, "trainingMode": mode, "trainingType": "MANUAL"}


def _work(call: Call, record: Record) -> Work | None:
    members, group_arn = record.members, record.ancestors["datasetGroup"]
    live = live_events(call.store.get(DATASET_GROUP, group_arn))
    interactions = [
        dataset_content(dataset)
        for dataset in call.store.of(DATASET, datasetGroup=group_arn)
        if dataset.members["datasetType"] == "INTERACTIONS"
    ]
    config = members["solutionConfig"]
    threshold = config.get("eventValueThreshold")
    selection = Selection(members.get("eventType"), None if threshold is None else float(threshold))
    # Copies: what arrives while the training runs belongs to the next one.
    content = DatasetContent(interactions[0].parts if interactions else ())
    events, users, last_event = list(live.events), live.settled_users(), len(live.events)
    name, parameters = recipe(members["recipeArn"]).name, training_parameters(config)

    def work() -> Trained:
        return train(name, interaction_rows(content, events, users), selection, parameters, last_event)

    return work


def _settled(call: Call, record: Record, result: Any) -> None:
    record.content = result
    record.members["trainingHours"] = result.hours


def _described(call: Call, record: Record) -> Members:
    """A version that was created without a name is called <solution>/<8 hex digits>."""
    return {"name": record.members.get("name") or record.arn.partition(":solution/")[2]}


def get_solution_metrics(call: Call, request: Request) -> Members:
    record = call.store.get(SOLUTION_VERSION, request["solutionVersionArn"])
    require_active(record)
    return {"solutionVersionArn": record.arn, "metrics": record.content.metrics}


def stop_solution_version_creation(call: Call, request: Request) -> Members:
    raise unsupported("StopSolutionVersionCreation")


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work, settled=_settled, described=_described)
