"""Tests of ``terminal``: a run in a terminal: its stages as a table that rich redraws in place."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from hypothesis import given

from fakes.hostile_texts import hostile, shown, steers
from fakes.timed_spans import seconds, text, training
from personalize_sfn.cli.tables import timeline_table
from personalize_sfn.display import Run, Span, render_timeline, stages
from personalize_sfn.display.terminal import stage_table

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@given(hostile)
def test_stages_and_timelines_print_any_name(name: str) -> None:
    span = Span(name, "Task", BEGAN, BEGAN + timedelta(seconds=1), status="FAILED")
    run = Run("arn:aws:states:us-east-1:1:execution:m:r", "FAILED", BEGAN, BEGAN + timedelta(seconds=1), (span,))

    for renderable in (timeline_table(run), stage_table([], [name])):
        assert not steers(shown(renderable))
    drawn = render_timeline(run)
    assert not steers(str(drawn))
    ET.fromstring(drawn.svg)  # raises when it is not well-formed


def test_the_table_shows_what_is_done_what_runs_and_what_is_to_come() -> None:
    lines = text(stage_table(stages(training()), ["Solution", "Solution Version", "Campaign"], seconds(9)))
    assert [line.split() for line in lines] == [
        ["✓", "Solution", "1.0", "s"],
        ["⠋", "Solution", "Version", "8.0", "s", "1", "poll"],
        ["○", "Campaign"],
    ]
