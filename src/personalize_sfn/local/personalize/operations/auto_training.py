"""What the service does by itself when its time has come."""

from __future__ import annotations

from personalize_sfn.local.personalize.operations.behaviour import Call


def on_clock(call: Call) -> None:
    """Called under the store's lock before each operation."""
