"""Find and remove the Personalize resources of a project, and nothing else.

Ours is what carries the project's tag.  Schemas take no tags: ours is one with the project's name and the hash of its
own content in its name, used by no dataset of another dataset group.  Campaigns cost money for as long as they exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.config import Config, DatasetConfig
from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.resources import ACTIVE, PROJECT_TAG, WORKFLOW_TYPES, ResourceType
from personalize_sfn.session import Session

if TYPE_CHECKING:
    from personalize_sfn.display import Run

__all__ = ["Found", "clean_up", "ours"]

#: More at a time would only be throttled: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_PARALLEL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
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


def clean_up(
    session: Session,
    config: Config,
    *,
    dry_run: bool = False,
    progress: Callable[[Run], object] | None = None,
) -> list[Found]:
    """Remove the project's Personalize resources by its clean-up workflow, and wait until they are gone.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed, unless there is nothing to remove.
        dry_run: only tell what would go.
        progress: called with the execution as it stands, after each look at it.

    Returns:
        What was removed, or would be, in the order of deletion.

    Raises:
        WorkflowError: it is not deployed, or its clean-up failed; says at what and what to do.
        PersonalizeSfnError: AWS refuses a read, or something of the project is still there.
    """
    found = ours(session, config)
    if dry_run or not found:
        return found
    from personalize_sfn.execution import Workflow

    inputs = _arns_by_kind(found)
    workflow = Workflow.attach(session.arns.state_machine(config.name("clean-up")), session=session)
    workflow.execute(inputs=inputs).wait(progress=progress)
    if left := ours(session, config):
        raise PersonalizeSfnError(
            f"the clean-up workflow left {', '.join(map(str, left))}: run it again, or delete that in the console"
        )
    return found


def _arns_by_kind(found: list[Found]) -> dict[str, list[str]]:
    """The clean-up workflow's input: what an older config of the project named differently goes too.

    Raises:
        PersonalizeSfnError: there is something that the workflow cannot delete, and that would keep it waiting.
    """
    from personalize_sfn.workflows.clean_up import ORDER

    unknown = [each for each in found if each.kind not in {row.words for row in ORDER}]
    if unknown:
        raise PersonalizeSfnError(
            f"{', '.join(map(str, unknown))}: no stage of this project makes or deletes that kind, and its "
            "dataset group cannot go before it. Delete it first"
        )
    return {f"{row.arn_field}s": [each.arn for each in found if each.kind == row.words] for row in ORDER}


def ours(session: Session, config: Config) -> list[Found]:
    """Every resource of the project that can be deleted, in the order of deletion: what needs another comes before it.

    Import jobs and solution versions go with their dataset and solution and are not listed.  Reads only.

    Raises:
        PersonalizeSfnError: AWS refuses a read, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return list(_find(session.client("personalize"), config))
    except (BotoCoreError, ClientError) as error:
        raise PersonalizeSfnError(f"cannot look for the Personalize resources of {config.project}: {error}") from error


def _find(personalize: Any, config: Config) -> Iterator[Found]:
    rows = [row for row in WORKFLOW_TYPES if row.deletable]
    # Not parent by parent: an account may hold hundreds of parents, and the API takes few calls a second.
    listed = {row.key: _list(personalize, row) for row in rows}
    taggable = [each[row.arn_field] for row in rows if row.taggable for each in listed[row.key]]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        checked = pool.map(lambda arn: _is_tagged(personalize, arn, config), taggable)
        mine = {arn for arn, is_tagged in zip(taggable, checked, strict=True) if is_tagged}
    foreign = {each["datasetArn"] for each in listed["dataset"]} - mine
    used = {personalize.describe_dataset(datasetArn=arn)["dataset"]["schemaArn"] for arn in foreign}
    mine |= {
        each["schemaArn"]
        for each in listed["schema"]
        if each["schemaArn"] not in used and _is_named_by_us(personalize, each, config)
    }
    for row in reversed(rows):
        for each in listed[row.key]:
            if each[row.arn_field] in mine:
                status = each.get("status", ACTIVE)
                yield Found(kind=row.words, name=each["name"], arn=each[row.arn_field], status=status)


def _list(personalize: Any, row: ResourceType) -> list[dict[str, Any]]:
    """All pages of a List operation, over the whole account."""
    pages = personalize.get_paginator(row.method("List")).paginate()
    return [each for page in pages for each in page[row.list_key]]


def _is_tagged(personalize: Any, arn: str, config: Config) -> bool:
    tags = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    return {PROJECT_TAG: config.project}.items() <= {tag["tagKey"]: tag["tagValue"] for tag in tags}.items()


def _is_named_by_us(personalize: Any, schema: dict[str, Any], config: Config) -> bool:
    """Whether the schema's name is the one that the project would give to a schema of its content."""
    name = str(schema["name"])
    if not re.fullmatch(rf"{re.escape(config.project)}-(interactions|items|users)-[0-9a-f]{{12}}", name):
        return False
    text = personalize.describe_schema(schemaArn=schema["schemaArn"])["schema"]["schema"]
    return name.endswith(DatasetConfig(schema=json.loads(text)).schema_hash)
