"""PutItems, PutUsers, PutActions and PutActionInteractions: rows that come one by one."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Call, Members


def put_items(call: Call, request: Request) -> Members:
    raise unsupported("PutItems")


def put_users(call: Call, request: Request) -> Members:
    raise unsupported("PutUsers")


def put_actions(call: Call, request: Request) -> Members:
    raise unsupported("PutActions")


def put_action_interactions(call: Call, request: Request) -> Members:
    raise unsupported("PutActionInteractions")
