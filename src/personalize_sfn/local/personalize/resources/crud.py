"""Create, Describe, List, Update and Delete of any resource type, from its row and its behaviour."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.lifecycle import Work, is_soon
from personalize_sfn.local.personalize.resources.hooks import Behaviour
from personalize_sfn.local.personalize.resources.tags import checked_tags
from personalize_sfn.local.personalize.store import (
    CREATE,
    DELETE,
    Phase,
    Record,
    StatusChange,
    creation_phase,
    require_active,
)
from personalize_sfn.local.personalize.wire.errors import already_exists, in_use
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import BY_KEY, ResourceType

PAGE = 100
"""Resources on a page of a list when the request does not say (and at most)."""


def create(row: ResourceType, behaviour: Behaviour, context: OperationContext, request: Members) -> Members:
    """Answers the new resource's members; the operation's output shape picks from them."""
    tags = checked_tags(request.pop("tags", []))
    request = behaviour.normalise(context, request)
    parents = {key: _ready_parent(context, BY_KEY[key], request) for key in row.parents}
    ancestors = {key: arn for parent in parents.values() for key, arn in parent.ancestors.items()}
    ancestors |= {key: parent.arn for key, parent in parents.items()}

    arn = new_arn(row, context, request)
    if context.store.find(arn) is not None:
        raise already_exists(arn)
    extra = behaviour.prepare(context, request, parents)
    context.quotas.check(context.store, row, ancestors.get("datasetGroup"))

    dates = {"creationDateTime": context.now, "lastUpdatedDateTime": context.now}
    ancestor_arns = {BY_KEY[key].arn_field: ancestor for key, ancestor in ancestors.items()}
    members = {**ancestor_arns, **request, row.arn_field: arn, **dates, **extra}
    record = Record(row, arn, context.store.next_number(), ancestors, members, tags)
    context.store.add(record)
    if row.has_status:
        change = StatusChange(
            record=record,
            view=members,
            phase=creation_phase(row),
            started=context.now,
            seconds=context.durations.creation(row.key),
            settled=lambda result: behaviour.on_active(context, record, result),
            failure=context.faults.take_failure(row.key),
            pending_first=behaviour.pending_first,
        )
        context.lifecycle.begin(context.store, change, behaviour.work(context, record))
    return members


def describe(row: ResourceType, behaviour: Behaviour, context: OperationContext, request: Members) -> Members:
    record = context.store.get(row, request[row.arn_field])
    return {row.key: shown(context, record) | behaviour.computed_members(context, record)}


_ENDED = ("failureReason", "trainingHours", "tunedHPOParams", "modelMetrics", "numDeleted")
"""Members that tell how a creation ended."""


def shown(context: OperationContext, record: Record) -> Members:
    """The members that Describe and List show of a record; the first look after a change shows it PENDING."""
    look = context.store.first_looks.pop(record.arn, None)
    if not is_soon(look, context.now):
        return record.members
    hidden = _ENDED if look.status == creation_phase(record.row).pending else ()
    members = {name: value for name, value in record.members.items() if name not in hidden}
    return members | {"status": look.status, "lastUpdatedDateTime": look.since}


def list_(
    row: ResourceType, behaviour: Behaviour, context: OperationContext, request: Members, *, scope_must_exist: bool
) -> Members:
    """One page, oldest first."""
    scope = {}
    if row.scope is not None and (wanted := request.get(BY_KEY[row.scope].arn_field)) is not None:
        if scope_must_exist:
            context.store.get(BY_KEY[row.scope], wanted)
        scope = {row.scope: wanted}
    records = sorted(context.store.of(row, **scope), key=lambda record: record.number)
    page, token = one_page(records, request, context=[row.key, scope])
    return {
        row.list_key: [shown(context, record) | behaviour.computed_members(context, record) for record in page],
        "nextToken": token,
    }


def delete(row: ResourceType, behaviour: Behaviour, context: OperationContext, request: Members) -> Members:
    record = context.store.get(row, request[row.arn_field])
    if record.pending:
        raise in_use(f"The given {row.words} cannot be deleted while its status is {record.status}: {record.arn}")
    reason = behaviour.delete_blocker(context, record)
    if reason is not None:
        raise in_use(reason)
    if not row.has_status:
        context.store.remove(record)
        return {}
    record.members["lastUpdatedDateTime"] = context.now
    change = StatusChange(
        record=record,
        view=record.members,
        phase=DELETE,
        started=context.now,
        seconds=context.durations.deletion(),
        settled=lambda _: None,
    )
    context.lifecycle.begin(context.store, change)
    return {}


def update(
    context: OperationContext,
    record: Record,
    asked: Members,
    settled: Callable[[Any], None],
    *,
    phase: Phase = CREATE,
    work: Work | None = None,
) -> None:
    """Begin an update, which Describe shows beside the resource's own members as its ``latest...Update``.

    Args:
        context: the operation's context.
        record: what is updated; its own status stays.
        asked: what Describe shows of the update besides its status and dates.
        settled: called with the work's result when the update has succeeded, under the store's lock.
        phase: the statuses that the update goes through.
        work: what is done in the background before.
    """
    latest = {**asked, "creationDateTime": context.now, "lastUpdatedDateTime": context.now}
    record.members[latest_update(record.row)] = latest

    def done(result: Any) -> None:
        record.members["lastUpdatedDateTime"] = latest["lastUpdatedDateTime"]
        settled(result)

    change = StatusChange(
        record=record,
        view=latest,
        phase=phase,
        started=context.now,
        seconds=context.durations.creation(record.row.key),
        settled=done,
        failure=context.faults.take_failure(record.row.key),
    )
    context.lifecycle.begin(context.store, change, work)


def latest_update(row: ResourceType) -> str:
    """The member that shows the latest update: ``latestCampaignUpdate``."""
    return f"latest{row.key[0].upper()}{row.key[1:]}Update"


def update_under_way(record: Record) -> str | None:
    """The status of an update that has not ended; None for none."""
    status = record.members.get(latest_update(record.row), {}).get("status")
    return status if status is not None and status.endswith(("PENDING", "IN_PROGRESS")) else None


def being_updated(context: OperationContext, record: Record) -> str | None:  # noqa: ARG001 - a hook
    """Why a resource cannot be changed while an update is under way; None while there is none."""
    status = update_under_way(record)
    if status is None:
        return None
    return f"The given {record.row.words} is being updated, the update is {status}: {record.arn}"


def require_no_update(context: OperationContext, record: Record) -> None:
    """Raises ResourceInUseException while an update is under way."""
    if (reason := being_updated(context, record)) is not None:
        raise in_use(reason)


def new_arn(row: ResourceType, context: OperationContext, request: Members) -> str:
    """The ARN that the Create request will make."""
    identifier = secrets.token_hex(4)
    fields = {"id": identifier, "name": identifier, **request}
    for key in row.parents:
        if BY_KEY[key].arn_field in request:
            fields[key] = parse_arn(request[BY_KEY[key].arn_field]).name
    return context.store.arns.personalize(row.arn_path.format_map(fields))


def _ready_parent(context: OperationContext, row: ResourceType, request: Members) -> Record:
    parent = context.store.get(row, request[row.arn_field])
    require_active(parent)
    return parent


def one_page(records: list[Any], request: Members, *, context: list[Any]) -> tuple[list[Any], str | None]:
    """The page that the request asks for, of records in the order of ``number``, and the token of the next one."""
    after = _read_token(request["nextToken"], context) if "nextToken" in request else 0
    size = request.get("maxResults", PAGE)
    rest = [record for record in records if record.number > after]
    page = rest[:size]
    token = _token(page[-1].number, context) if len(rest) > size else None
    return page, token


def _token(number: int, context: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([number, context]).encode()).decode()


def _read_token(token: str, context: list[Any]) -> int:
    try:
        number, made_for = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        number, made_for = None, None
    if not isinstance(number, int) or made_for != context:
        raise AwsError(
            "InvalidNextTokenException", "The given token is not valid: pass the nextToken of the same list."
        )
    return number
