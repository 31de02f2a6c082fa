"""What one resource type does beyond what all do."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.protocol import Members

Parents = Mapping[str, Record]


def _as_it_is(context: OperationContext, request: Members) -> Members:
    return request


def _no_members(context: OperationContext, request: Members, parents: Parents) -> Members:
    return {}


def _no_work(context: OperationContext, record: Record) -> Work | None:
    return None


def _nothing(context: OperationContext, record: Record, result: Any) -> None:
    return None


def _free(context: OperationContext, record: Record) -> str | None:
    return None


def _no_more(context: OperationContext, record: Record) -> Members:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The hooks of one resource type; the defaults do nothing."""

    pending_first: bool = True
    """Whether the first look after its creation shows it PENDING; no recording of AWS shows a solution so."""
    normalise: Callable[[OperationContext, Members], Members] = _as_it_is
    """Before anything is looked up: upper case, aliases such as ``$LATEST``, a name where none was given."""
    prepare: Callable[[OperationContext, Members, Parents], Members] = _no_members
    """Checks beyond the shape (raises AwsError); answers the members that Describe shows besides the request's own."""
    work: Callable[[OperationContext, Record], Work | None] = _no_work
    """What is done in the background before the resource is ACTIVE.  Called under the store's lock."""
    on_active: Callable[[OperationContext, Record, Any], None] = _nothing
    """Takes the work's result when the resource becomes ACTIVE; under the store's lock."""
    delete_blocker: Callable[[OperationContext, Record], str | None] = _free
    """Why the resource cannot be deleted now, or None."""
    computed_members: Callable[[OperationContext, Record], Members] = _no_more
    """Members that are computed when a client looks."""
