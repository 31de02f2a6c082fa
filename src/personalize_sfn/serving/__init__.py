"""For applications: live events in, recommendations out, for as long as the application runs."""

from __future__ import annotations

from personalize_sfn.serving.event_sender import EventSender, RefusedEvent

__all__ = ["EventSender", "RefusedEvent"]
