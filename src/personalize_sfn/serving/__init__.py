"""For applications: live events in, recommendations out, for as long as the application runs."""

from __future__ import annotations

from personalize_sfn.serving.event_delivery import RefusedEvent
from personalize_sfn.serving.event_sender import EventSender
from personalize_sfn.serving.recommender import Recommender
from personalize_sfn.serving.served_items import ServedItem, ServedItems

__all__ = ["EventSender", "Recommender", "RefusedEvent", "ServedItem", "ServedItems"]
