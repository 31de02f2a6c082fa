"""The dataset EVENT_INTERACTIONS, which comes with an event tracker and stays when that goes.

AWS's API reference says of DeleteEventTracker that it does not delete the event-interactions dataset, and AWS's own
clean-up notebooks delete ``dataset/<group>/EVENT_INTERACTIONS`` after the tracker.  Here it can be described and
deleted, by its ARN; it is in no list and keeps no dataset group, so clients that do not know of it need not.
The events themselves are kept by the dataset group.
https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteEventTracker.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources import crud, datasets
from personalize_sfn.local.personalize.resources.hooks import Behaviour
from personalize_sfn.local.personalize.store import EVENT_INTERACTIONS, Record
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_GROUP, DELETING_STATUSES, EVENT_TRACKER

KIND = "EVENT_INTERACTIONS"


def add(context: OperationContext, tracker: Record) -> None:
    """There is one from now on in the tracker's dataset group."""
    group = tracker.ancestors[DATASET_GROUP.key]
    name = parse_arn(group).name
    arn = context.store.arns.personalize(f"dataset/{name}/{KIND}")
    if context.store.find(arn) is not None:
        return
    members = {
        "name": f"{name}-{KIND}",
        "datasetArn": arn,
        "datasetGroupArn": group,
        "datasetType": KIND,
        "status": ACTIVE,
        "creationDateTime": context.now,
        "lastUpdatedDateTime": context.now,
    }
    context.store.add(Record(EVENT_INTERACTIONS, arn, context.store.next_number(), {DATASET_GROUP.key: group}, members))


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    for tracker in context.store.of(EVENT_TRACKER, datasetGroup=record.ancestors[DATASET_GROUP.key]):
        if tracker.status not in DELETING_STATUSES:
            return f"The given dataset is in use by an event tracker, delete it first: {tracker.arn}"
    return None


BEHAVIOUR = Behaviour(delete_blocker=_delete_blocker)


def _either(operation: Callable[..., Members], context: OperationContext, request: Members) -> Members:
    """The operation of the dataset that the ARN names."""
    is_ours = request["datasetArn"].endswith(f"/{KIND}")
    row, behaviour = (EVENT_INTERACTIONS, BEHAVIOUR) if is_ours else (DATASET, datasets.BEHAVIOUR)
    return operation(row, behaviour, context, request)


describe_dataset = partial(_either, crud.describe)
delete_dataset = partial(_either, crud.delete)
