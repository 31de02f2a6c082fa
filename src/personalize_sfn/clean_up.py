"""Find and remove the Personalize resources of a project, and nothing else.

Ours is what carries the project's tag, also if a person made it.  Two kinds take no tags: ours is a schema with the
project's name and the hash of its own content in its name, used by no dataset of another dataset group, and a metric
attribution of our dataset group whose name begins with the project's.  Campaigns and recommenders cost money for as
long as they exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.display import table
from personalize_sfn.display.formatting import counted
from personalize_sfn.errors import DeployError, NotOursError, PersonalizeSfnError
from personalize_sfn.ownership import PROJECT_TAG, is_schema_of, may_be_schema_of, tag_dict
from personalize_sfn.resources import (
    ACTIVE,
    BY_KEY,
    DELETING_STATUSES,
    DELETION_ORDER,
    ResourceType,
)
from personalize_sfn.session import Session

if TYPE_CHECKING:
    from personalize_sfn.display import Run

__all__ = ["BY_WORDS", "Found", "FoundResources", "billed", "blocking", "clean_up", "ours", "remove"]

#: More at a time would only be throttled: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_PARALLEL = 2
BY_WORDS = {row.words: row for row in DELETION_ORDER}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Found:
    """A Personalize resource of the project."""

    kind: str
    """As people say it: ``dataset group``."""
    name: str
    arn: str
    status: str
    """``ACTIVE``, ``CREATE FAILED``, ...; a schema has none and is ``ACTIVE``."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.status})"

    def __repr__(self) -> str:
        return f"<{self}>"

    def _repr_html_(self) -> str:
        return FoundResources([self])._repr_html_()


class FoundResources(list[Found]):
    """A list of resources that shows as a table in a notebook."""

    def _repr_html_(self) -> str:
        costing = {each.arn for each in billed(self)}
        rows = [(each.kind, each.name, each.status, "by the hour" if each.arn in costing else "") for each in self]
        title = counted(len(self), "Personalize resource", "Personalize resources")
        return table(("kind", "name", "status", "billed"), rows, title).html if rows else title


def clean_up(
    session: Session,
    config: Config,
    *,
    dry_run: bool = False,
    progress: Callable[[Run], object] | None = None,
) -> FoundResources:
    """Remove the project's Personalize resources by its clean-up workflow, and wait until they are gone.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed, unless there is nothing to remove.
        dry_run: only tell what would go, or why nothing can.
        progress: called with the execution as it stands, after each look at it.

    Returns:
        What was removed, or would be, in the order of deletion.

    Raises:
        WorkflowError: it is not deployed, or its clean-up failed; says at what and what to do.
        NotOursError: something that is not the project's stands in the way; nothing was deleted.
        PersonalizeSfnError: AWS refuses a read, or something of the project is still there.
    """
    found = ours(session, config)
    if others := blocking(session, found):
        raise NotOursError(_refusal(config, others))
    if dry_run or not found:
        return found
    remove(session, config, found, progress=progress)
    if left := ours(session, config):
        raise PersonalizeSfnError(
            f"the clean-up workflow left {', '.join(map(str, left))}: run it again, or delete that in the console"
        )
    return found


def remove(
    session: Session, config: Config, found: list[Found], *, progress: Callable[[Run], object] | None = None
) -> None:
    """Delete these by the project's clean-up workflow, which deletes only what is ours, and wait until they are gone.

    Raises:
        WorkflowError: it is not deployed, or it failed; says at what and what to do.
        DeployError: an older version of this package deployed it, and it cannot delete some of them.
    """
    from personalize_sfn.execution import Workflow

    workflow = Workflow.attach(session.arns.state_machine(config.name("clean-up")), session=session)
    _require_able(workflow.definition.to_dict(), found)
    workflow.execute(inputs=_arns_by_kind(found)).wait(progress=progress)


def _refusal(config: Config, others: list[Found]) -> str:
    it, them = ("it", "it is") if len(others) == 1 else ("them", "they are")
    return (
        f"{', '.join(map(str, others))}: without the tag {PROJECT_TAG}={config.project}, so "
        f"{them} left alone, and what {them} part of cannot be deleted before {it}. Delete {it}, or give {it} the tag, "
        "then clean up again. Nothing was deleted"
    )


def _arns_by_kind(found: list[Found]) -> dict[str, list[str]]:
    """The clean-up workflow's input: what an older config of the project named differently goes too."""
    return {f"{row.arn_field}s": [each.arn for each in found if each.kind == row.words] for row in DELETION_ORDER}


def _require_able(definition: Mapping[str, Any], found: list[Found]) -> None:
    """Refuse when the deployed workflow, made by an older version, would leave some of ``found`` and get stuck on it.

    Raises:
        DeployError: names the kinds that it does not delete.
    """
    handled = json.dumps(definition)
    unknown = sorted({each.kind for each in found if f"$.input.{BY_WORDS[each.kind].arn_field}s" not in handled})
    if unknown:
        raise DeployError(
            f"the deployed clean-up workflow deletes no {', no '.join(unknown)}: an older version of this package made "
            "it. Deploy again, then clean up. Nothing was deleted"
        )


def ours(session: Session, config: Config) -> FoundResources:
    """Every resource of the project that can be deleted, in the order of deletion: what needs another comes before it.

    Import jobs and solution versions go with their dataset and solution and are not listed.  Reads only.

    Raises:
        PersonalizeSfnError: AWS refuses a read, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return FoundResources(_find(session.client("personalize"), config))
    except (BotoCoreError, ClientError) as error:
        raise PersonalizeSfnError(f"cannot look for the Personalize resources of {config.project}: {error}") from error


def blocking(session: Session, found: list[Found]) -> list[Found]:
    """What is not the project's, but part of something in ``found``, which cannot be deleted before it.  Reads only.

    A tracker that someone made in the dataset group, for example, without the project's tag.

    Raises:
        PersonalizeSfnError: AWS refuses a read, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    personalize, mine = session.client("personalize"), {each.arn for each in found}
    scoped = [
        (row, {parent.arn_field: each.arn})
        for each in found
        for row in DELETION_ORDER
        if (parent := BY_WORDS[each.kind]) is BY_KEY.get(row.scope or "")
    ]
    try:
        with ThreadPoolExecutor(_PARALLEL) as pool:
            listed = list(pool.map(lambda one: _list(personalize, one[0], **one[1]), scoped))
    except (BotoCoreError, ClientError) as error:
        raise PersonalizeSfnError(f"cannot look for what stands in the way of the clean-up: {error}") from error
    return [
        _found(row, each)
        for (row, _), listing in zip(scoped, listed, strict=True)
        for each in listing
        if each[row.arn_field] not in mine and each.get("status") not in DELETING_STATUSES
    ]


def billed(found: list[Found]) -> list[Found]:
    """Those of ``found`` that cost money for as long as they exist."""
    return [each for each in found if BY_WORDS[each.kind].billed_by_the_hour]


def _find(personalize: Any, config: Config) -> Iterator[Found]:
    # Not parent by parent: an account may hold hundreds of parents, and the API takes few calls a second.
    listed = {row.key: _list(personalize, row) for row in DELETION_ORDER if row.ownership != "parent"}
    taggable = [each[row.arn_field] for row in DELETION_ORDER if row.taggable for each in listed[row.key]]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        checked = pool.map(lambda arn: _is_tagged(personalize, arn, config), taggable)
        mine = {arn for arn, is_tagged in zip(taggable, checked, strict=True) if is_tagged}
    foreign = {each["datasetArn"] for each in listed["dataset"]} - mine
    used = {_schema_of(personalize, arn) for arn in foreign}
    mine |= {
        each["schemaArn"]
        for each in listed["schema"]
        if each["schemaArn"] not in used and _is_named_by_us(personalize, each, config)
    }
    for row in DELETION_ORDER:
        if row.ownership == "parent" and row.scope is not None:
            scope = BY_KEY[row.scope].arn_field
            listed[row.key] = [
                each
                for parent in listed[row.scope]
                if parent[scope] in mine
                for each in _list(personalize, row, **{scope: parent[scope]})
                if each["name"].startswith(config.name(""))
            ]
            mine |= {each[row.arn_field] for each in listed[row.key]}
    for row in DELETION_ORDER:
        yield from (_found(row, each) for each in listed[row.key] if each[row.arn_field] in mine)


def _found(row: ResourceType, summary: Mapping[str, Any]) -> Found:
    status = summary.get("status", ACTIVE)
    return Found(kind=row.words, name=summary["name"], arn=summary[row.arn_field], status=status)


def _list(personalize: Any, row: ResourceType, **scope: str) -> list[dict[str, Any]]:
    """All pages of a List operation, over the whole account or of one parent."""
    pages = personalize.get_paginator(row.method("List")).paginate(**scope)
    return [each for page in pages for each in page[row.list_key]]


def _unless_gone(read: Callable[[], Any]) -> Any:
    """What ``read`` answers; None where the resource was being deleted when it was listed, and is gone."""
    from botocore.exceptions import ClientError

    try:
        return read()
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return None


def _is_tagged(personalize: Any, arn: str, config: Config) -> bool:
    found = _unless_gone(lambda: personalize.list_tags_for_resource(resourceArn=arn)["tags"]) or []
    return {PROJECT_TAG: config.project}.items() <= tag_dict(found, "tagKey", "tagValue").items()


def _schema_of(personalize: Any, dataset_arn: str) -> str | None:
    schema: str | None = _unless_gone(
        lambda: personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]["schemaArn"]
    )
    return schema


def _is_named_by_us(personalize: Any, schema: dict[str, Any], config: Config) -> bool:
    """Whether the schema's name is the one that the project would give to a schema of its content."""
    name = str(schema["name"])
    if not may_be_schema_of(config.project, name):  # most of an account's schemas need not be described
        return False
    text = _unless_gone(lambda: personalize.describe_schema(schemaArn=schema["schemaArn"])["schema"]["schema"])
    return text is not None and is_schema_of(config.project, name, text)
