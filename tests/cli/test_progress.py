"""Tests of ``cli.progress``."""

from __future__ import annotations

import io

from rich.console import Console

from fakes.timed_spans import seconds, text, training
from personalize_sfn.cli.progress import expected_stages, watching
from personalize_sfn.config import Config
from personalize_sfn.display import stages
from personalize_sfn.display.terminal import stage_table


def test_every_stage_of_the_main_workflow_is_known_before_it_runs() -> None:
    assert expected_stages(Config()) == [
        "Dataset Group",
        "Interactions Schema",
        "Interactions Dataset",
        "Interactions Dataset Import Job",
        "Solution",
        "Solution Version",
        "Campaign",
        "Report Solutions",
    ]


def test_progress_shows_what_is_done_what_runs_and_what_is_to_come() -> None:
    lines = text(stage_table(stages(training()), ["Solution", "Solution Version", "Campaign"], seconds(9)))
    assert [line.split() for line in lines] == [
        ["✓", "Solution", "1.0", "s"],
        ["⠋", "Solution", "Version", "8.0", "s", "1", "poll"],
        ["○", "Campaign"],
    ]


def test_where_nobody_looks_each_stage_is_a_line_once() -> None:
    console = Console(file=io.StringIO(), width=80)
    with watching(console, Config()) as progress:
        progress(training())
        progress(training())
        progress(training(ended=6))
    file = console.file
    assert isinstance(file, io.StringIO)
    assert file.getvalue().splitlines() == ["✓ Solution (1.0 s)", "✓ Solution Version (5.0 s, 1 poll)"]
