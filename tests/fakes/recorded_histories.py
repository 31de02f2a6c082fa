"""The recorded histories, read back: see ``tests/display/record_histories.py``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from personalize_sfn.display import Run, read

__all__ = ["NAMES", "Recorded", "recorded"]

HISTORIES = Path(__file__).parents[1] / "display" / "histories"
GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
NAMES = sorted(file.stem for file in HISTORIES.glob("*.json"))


@dataclass(frozen=True)
class Recorded:
    """One execution on LocalAws, with all that it started."""

    arn: str
    events: dict[str, list[dict[str, Any]]]
    """By execution ARN, as GetExecutionHistory gives them."""
    definitions: dict[str, dict[str, Any]]
    """By execution ARN."""

    def run(self, until: datetime | None = None) -> Run:
        """How the execution stood at ``until``; None: at the end of the recording."""
        return self._run(self.arn, until)

    def times(self) -> list[datetime]:
        """When something happened, in any of its executions."""
        return sorted({event["timestamp"] for events in self.events.values() for event in events})

    def _run(self, arn: str, until: datetime | None) -> Run:
        events = [event for event in self.events[arn] if until is None or event["timestamp"] <= until]
        started = [child for span in read(arn, events).spans for child in span.started if child in self.events]
        return read(arn, events, {child: self._run(child, until) for child in started})


def recorded(name: str) -> Recorded:
    story = json.loads((HISTORIES / f"{name}.json").read_text())
    events = {arn: [_event(row) for row in told["events"]] for arn, told in story["executions"].items()}
    definitions = {arn: _definition(told["definition"]) for arn, told in story["executions"].items()}
    return Recorded(story["execution"], events, definitions)


def _definition(told: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / told).read_text()) if isinstance(told, str) else told
    return found


def _event(row: list[Any]) -> dict[str, Any]:
    number, before, kind, when, *details = row
    event = {"id": number, "previousEventId": before, "type": kind, "timestamp": datetime.fromtimestamp(when, UTC)}
    state = next((ending for ending in ("StateEntered", "StateExited") if kind.endswith(ending)), None)
    key = state or kind
    return event | ({f"{key[0].lower()}{key[1:]}EventDetails": details[0]} if details else {})
