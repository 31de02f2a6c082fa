"""Create a resource, or find the one that is there already: safe to run again at any point.

The event is ``{"request": <the API's request>, "tags": {...}, "adopt": bool, "startedAt": ISO 8601}``; the answer is
``{"<arnField>": ..., "updating": bool, "since": ISO 8601, "made": {...}}``.  ``updating`` says that an update was asked
for, whose status is then the one to read.  ``made`` is for people, who see it when the run has ended: ``{"resource":
"campaign", "arn": ..., "how": "created", "updated" or "found"}``, and what else the function knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns, parse
from personalize_sfn.aws_errors import DENIED, code_of
from personalize_sfn.errors import DefinitionConflictError, InvalidInputError, NotOursError, TransientError
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaHandler,
    LambdaResult,
    client,
    describe,
    list_all,
    now,
    seconds_since,
    tags_of,
    take,
    translating_errors,
)
from personalize_sfn.handlers.deletion_turns import beside_no_deletion
from personalize_sfn.ownership import PROJECT_TAG, require_ours, tag_list
from personalize_sfn.resources import DELETING_STATUSES, ResourceType

How: TypeAlias = Literal["created", "updated", "found"]

#: Changes what differs and may; answers whether an update is under way.  Takes the ARN, what is there, and the request.
Update: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], bool]


def create_handler(row: ResourceType, *, same: Iterable[str] = ()) -> LambdaHandler:
    """The handler of one row's create function; it updates what exists, where the row says that this can be done.

    ``same`` names the members of the request (``a.b`` for the member b of a) that what is there must agree with.
    """

    def handler(event: LambdaEvent, context: Any) -> LambdaResult:
        with translating_errors(event):
            return create_or_find(row, event, context, same=same)

    return handler


def create_or_find(
    row: ResourceType, event: LambdaEvent, context: Any, *, same: Iterable[str] = (), update: Update | None = None
) -> LambdaResult:
    """Create, and if that name is taken, use what exists; ClientError as botocore raises it.

    ``update`` is :func:`bring_up_to_date` unless another is given.

    Raises:
        NotOursError: it is another's.
        DefinitionConflictError: it differs in what cannot be changed.
        InvalidInputError: it was stopped.
        TransientError: it is being deleted, or it failed and was deleted to be created again.
    """
    request = event["request"]
    try:
        return answer(row, create(row, request, event), "created")
    except ClientError as error:
        if code_of(error) in DENIED:
            _require_not_anothers(row, event, context)
        # Where the quota is full the service may say so before it sees that the name is taken.
        if code_of(error) not in ("ResourceAlreadyExistsException", "LimitExceededException"):
            raise
        refusal = error
    label = f"{row.words} {request[row.name_field]}"
    arn, found = _existing(row, request, context)
    if found is None:
        if code_of(refusal) == "LimitExceededException":
            raise refusal
        raise TransientError(f"Create says that {label} already exists, but Describe cannot find it yet")
    if found.get("status") in DELETING_STATUSES:
        raise TransientError(f"{label} is being deleted; it will be created again then")
    if row.taggable:
        take(arn, event)
    elif row.ownership == "parent" and not str(found[row.name_field]).startswith(f"{event['tags'][PROJECT_TAG]}-"):
        raise NotOursError(
            f"the dataset group has {row.words} {found[row.name_field]} already, which is not this project's, and can "
            "have one only: delete that, or leave it out of the configuration"
        )
    require_same(row, found, request, same)
    if found.get("status") in row.stopped_statuses:
        raise InvalidInputError(f"{label} is {found['status']}: someone stopped it. Start it, then run again")
    if failed(row, found) and found["status"] != "UPDATE FAILED":  # an update that failed leaves all as it was
        getattr(client("personalize"), row.method("Delete"))(**{row.arn_field: arn})
        raise TransientError(f"{label} had failed and was deleted; it is created again at the next attempt")
    updating = bring_up_to_date(row, arn, found, request) if update is None else update(arn, found, request)
    return answer(row, arn, "updated" if updating else how_found(found, event), updating=updating)


def _require_not_anothers(row: ResourceType, event: LambdaEvent, context: Any) -> None:
    """IAM refuses Create by the tag of what has the name already, before the service could say that it is taken.

    Raises:
        NotOursError: it is another's.
    """
    try:
        arn, found = _existing(row, event["request"], context)
        tags = tags_of(arn) if found is not None and row.taggable else None
    except ClientError:
        return  # the refusal is what is known
    if tags is not None:
        require_ours(tags, event["tags"][PROJECT_TAG], parse(arn).resource, adopt=bool(event.get("adopt")))


def answer(row: ResourceType, arn: str, how: How, *, updating: bool = False) -> LambdaResult:
    """What a create function answers; time limits count from now on, not from before it had a slot."""
    made = {"resource": row.key, "arn": arn, "how": how}
    return {row.arn_field: arn, "updating": updating, "since": now().isoformat(), "made": made}


def how_found(found: Mapping[str, Any], event: LambdaEvent) -> How:
    """What is younger than the execution counts as created by it: by an attempt whose answer was lost, or beside it."""
    created = found.get("creationDateTime")
    is_new = created is not None and seconds_since(created) <= seconds_since(event["startedAt"])
    return "created" if is_new else "found"


def tell(answer: LambdaResult, **facts: Any) -> LambdaResult:
    """``answer`` with more for people to see; what is None is left out."""
    told = {name: value for name, value in facts.items() if value is not None}
    return {**answer, "made": {**answer["made"], **told}}


def bring_up_to_date(row: ResourceType, arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Update what differs and may be updated; whether an update is under way, which the resource works on through.

    Raises:
        TransientError: another update is running, or it is still being created as it was.
    """
    latest = found.get(row.latest_update or "", {})
    updating = latest.get("status") in row.pending_statuses
    wanted = {member: request[member] for member in row.updates if member in request}
    if agrees(wanted, {**found, **latest} if updating else found):
        return updating
    if updating or found["status"] in row.pending_statuses:
        raise TransientError(f"{row.words} {parse(arn).name} is being changed; it is updated when that has ended")
    getattr(client("personalize"), row.method("Update"))(**{row.arn_field: arn}, **wanted)
    return True


def _existing(
    row: ResourceType, request: Mapping[str, Any], context: Any
) -> tuple[str, dict[str, Any]] | tuple[str, None]:
    """ARN and description of what has the name that ``request`` gives; None where it cannot be seen."""
    if row.arn_follows_from_request:
        arn = arn_of(row, request, context)
    else:
        scope = {f"{row.scope}Arn": request[f"{row.scope}Arn"]} if row.scope else {}
        named = (each for each in list_all(row, **scope) if each.get(row.name_field) == request[row.name_field])
        arn = next((str(each[row.arn_field]) for each in named), "")
    found = _described(row, arn)
    if found is None and row.one_per_parent:
        # Of another name: people made it, or an earlier version of this package.
        others = list_all(row, **{f"{row.scope}Arn": request[f"{row.scope}Arn"]})
        arn = next((str(each[row.arn_field]) for each in others), arn)
        found = _described(row, arn)
    return (arn, found) if found is not None else (arn, None)


def _described(row: ResourceType, arn: str) -> dict[str, Any] | None:
    try:
        return describe(row, arn) if arn else None
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return None


def create(row: ResourceType, request: Mapping[str, Any], event: LambdaEvent) -> str:
    """Call Create and answer the ARN.

    Raises:
        PendingLimitError: users are being forgotten, and that may not run beside this.
    """
    tags = {"tags": tag_list(event["tags"], "tagKey", "tagValue")} if row.taggable else {}
    with beside_no_deletion(row, request, event):
        return str(getattr(client("personalize"), row.method("Create"))(**request, **tags)[row.arn_field])


def arn_of(row: ResourceType, request: Mapping[str, Any], context: Any) -> str:
    """The ARN that the service gives to what ``request`` creates: its rule, in this function's account and region."""
    arns = Arns.like(context.invoked_function_arn)
    names = {key: value for key, value in request.items() if isinstance(value, str)}
    names |= {parent: parse(request[f"{parent}Arn"]).name for parent in row.parents if f"{parent}Arn" in request}
    return arns.personalize(row.arn_path.format_map(names))


def failed(row: ResourceType, found: Mapping[str, Any]) -> bool:
    """Whether its creation ended badly; what has no status (a schema) cannot."""
    return row.has_failed(str(found.get("status", row.ready_status)))


def require_same(
    row: ResourceType, found: Mapping[str, Any], request: Mapping[str, Any], members: Iterable[str]
) -> None:
    """Go on only with a resource that was made as it is wanted now.

    Raises:
        DefinitionConflictError: names the member, what is there and what is wanted.
    """
    for member in members:
        there, wanted = _member(found, member), _member(request, member)
        if not agrees(wanted, there):
            raise DefinitionConflictError(
                f"{row.words} {found.get(row.name_field)} exists already with {member} {_short(there)}, "
                f"but {_short(wanted)} is wanted, and that cannot be changed. "
                f"Give it another name in the configuration, or clean up first"
            )


def agrees(wanted: Any, there: Any) -> bool:
    """Whether ``there`` says what ``wanted`` says; of mappings, members that the service added do not count."""
    if isinstance(wanted, Mapping) or isinstance(there, Mapping):
        return all(agrees(value, (there or {}).get(key)) for key, value in (wanted or {}).items())
    # An optional flag that is off may be told as false or not at all.
    return bool(wanted == there) or all(value is None or value is False for value in (wanted, there))


def _member(values: Mapping[str, Any], path: str) -> Any:
    value: Any = values
    for name in path.split("."):
        value = (value or {}).get(name)
    # A schema is JSON text, of which only the content counts.
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 200 else f"{text[:197]}..."
