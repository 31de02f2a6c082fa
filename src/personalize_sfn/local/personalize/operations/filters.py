"""Filters: which items, users or actions may be answered."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    raise unsupported("CreateFilter")


BEHAVIOUR = Behaviour(prepare=_prepare)
