"""Recommendations, rankings and actions with titles, beside what the user liked and which of it supports them."""

from __future__ import annotations

from personalize_sfn.recommendations.answered_by import AnsweredBy
from personalize_sfn.recommendations.asking import filter_arn
from personalize_sfn.recommendations.explanation import Because
from personalize_sfn.recommendations.query import actions, rank, recommend
from personalize_sfn.recommendations.result import Item, Recommendations

__all__ = ["AnsweredBy", "Because", "Item", "Recommendations", "actions", "filter_arn", "rank", "recommend"]
