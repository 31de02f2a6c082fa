"""Dataset groups: they hold everything else, and the live events.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetGroup.html
"""

from __future__ import annotations

from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATASET, EVENT_TRACKER, RECOMMENDER, SOLUTION

_FIRST = (EVENT_TRACKER, RECOMMENDER, SOLUTION, DATASET)
"""What must be deleted before its dataset group."""


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:  # noqa: ARG001 - a hook
    given = [name for name in ("kmsKeyArn", "roleArn") if name in request]
    if len(given) == 1:
        raise invalid_input(f"kmsKeyArn and roleArn go together: the role may use the key. Got {given[0]} alone")
    if given and parse_arn(request["roleArn"]).account_id != context.store.account:
        raise AwsError("AccessDeniedException", "Cross-account pass role is not allowed.")
    return {}


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    for row in _FIRST:
        for left in context.store.of(row, datasetGroup=record.arn):
            return f"The given dataset group still has a {row.words}, delete it first: {left.arn}"
    return None


BEHAVIOUR = Behaviour(prepare=_prepare, delete_blocker=_delete_blocker)
