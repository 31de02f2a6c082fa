"""Recommenders of domain dataset groups: a use case that trains and serves."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents


def update_recommender(call: Call, request: Request) -> Members:
    raise unsupported("UpdateRecommender")


def start_recommender(call: Call, request: Request) -> Members:
    raise unsupported("StartRecommender")


def stop_recommender(call: Call, request: Request) -> Members:
    raise unsupported("StopRecommender")


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    raise unsupported("CreateRecommender")


BEHAVIOUR = Behaviour(prepare=_prepare)
