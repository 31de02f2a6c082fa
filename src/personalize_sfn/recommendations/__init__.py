"""Recommendations for a user, with titles, beside what the user liked and which of it supports them."""

from __future__ import annotations

from personalize_sfn.recommendations.answer import Item, Recommendations
from personalize_sfn.recommendations.asking import recommend
from personalize_sfn.recommendations.because import Because

__all__ = ["Because", "Item", "Recommendations", "recommend"]
