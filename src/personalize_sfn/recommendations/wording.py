"""What a user did with items, in the words of the data: bought, watched, read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from personalize_sfn.config import Config

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DID", "did_of"]

DID = "interacted with"
"""Where the data do not say what, or say several things."""
#: By what a user did: event types that say so, in small letters.
_EVENT_TYPES = {
    "bought": ("purchase", "purchased", "buy", "bought", "order", "ordered", "sale", "transaction", "checkout"),
    "watched": ("watch", "watched", "stream", "streamed"),
    "viewed": ("view", "viewed", "detail_page_viewed", "pageview", "page_view"),
    "clicked": ("click", "clicked"),
    "read": ("read",),
    "listened to": ("listen", "listened"),
    "played": ("play", "played"),
    "booked": ("book", "booked", "booking", "reservation"),
    "liked": ("like", "liked", "favorite", "favourite"),
    "rated": ("rate", "rating", "rated"),
}
_DID = {event_type: did for did, names in _EVENT_TYPES.items() for event_type in names}


def did_of(config: Config, key: str, history: pd.DataFrame | None = None) -> str:
    """``bought``, ``watched``, ``liked``, ...: what the events that a solution or recommender learns from say.

    Args:
        config: the pipeline.
        key: of the solution or recommender.
        history: rows of users: if they have a RATING, users liked what they rate well; else EVENT_TYPE says it.
    """
    asked = config.solutions.get(key)
    if asked is not None and asked.event_type:
        return _said([asked.event_type])
    if history is not None and "RATING" in history:  # of which only what is rated well is shown
        return "liked"
    if history is not None and "EVENT_TYPE" in history and not history.empty:
        return _said(history["EVENT_TYPE"].dropna().astype(str).unique().tolist())
    if config.domain == "VIDEO_ON_DEMAND":  # whose use cases need events of the type Watch
        return "watched"
    event_type = config.datasets.interactions.default_event_type
    return _said([event_type] if event_type else [])


def _said(event_types: Iterable[str]) -> str:
    found = {_DID.get(each.lower(), DID) for each in event_types}
    return found.pop() if len(found) == 1 else DID
