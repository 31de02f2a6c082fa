"""Event trackers: one in a dataset group; deleting it keeps the events that it brought."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import uuid
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources import event_interactions
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import already_exists
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import EVENT_TRACKER


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    for other in context.store.of(EVENT_TRACKER):
        same_group = other.ancestors["datasetGroup"] == request["datasetGroupArn"]
        if same_group or other.members["name"] == request["name"]:
            raise already_exists(other.arn)
    return {"trackingId": str(uuid.uuid4()), "accountId": context.store.account}


def _on_active(context: OperationContext, record: Record, result: Any) -> None:
    event_interactions.add(context, record)


BEHAVIOUR = Behaviour(prepare=_prepare, on_active=_on_active)
