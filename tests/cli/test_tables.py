"""What people see: progress, tables, in a narrow and a wide terminal, and in a log."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from rich.console import Console

from personalize_sfn.cli.commands.deploy import counted
from personalize_sfn.cli.progress import expected_stages, watching
from personalize_sfn.cli.tables import metrics_table, recommendation_table, report_line, timeline_table
from personalize_sfn.config import Config
from personalize_sfn.datasets import Report
from personalize_sfn.deploy import Change
from personalize_sfn.display import Run, Span, stages
from personalize_sfn.display.terminal import stage_table
from personalize_sfn.recommendations import Item, Recommendations

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:one"


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


def span(name: str, kind: str, began: float, ended: float | None) -> Span:
    end = None if ended is None else seconds(ended)
    return Span(name, kind, seconds(began), end, "RUNNING" if ended is None else "SUCCEEDED")


def training(ended: float | None = None) -> Run:
    spans = (
        span("Create Solution", "Task", 0, 1),
        span("Create Solution Version", "Task", 1, 2),
        span("Wait for Solution Version", "Wait", 2, 5),
        span("Check Solution Version", "Task", 5, ended),
    )
    for earlier, later in pairwise(spans):
        later.before = earlier
    return Run(ARN, "RUNNING" if ended is None else "SUCCEEDED", NOON, None if ended is None else seconds(ended), spans)


def text(renderable: object, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    file = console.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_every_stage_of_the_main_workflow_is_known_before_it_runs() -> None:
    assert expected_stages(Config()) == [
        "Dataset Group",
        "Interactions Schema",
        "Interactions Dataset",
        "Interactions Dataset Import Job",
        "Solution",
        "Solution Version",
        "Campaign",
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


def test_the_timeline_puts_stages_on_one_scale() -> None:
    first, second, total = text(timeline_table(training(ended=6)))
    assert first.split() == ["Solution", "1.0", "s", "━━━━"]
    assert second.split() == ["Solution", "Version", "5.0", "s", "━" * 20, "1", "poll"]
    assert second.index("━") - first.index("━") == 4
    assert total.split() == ["All", "of", "the", "main", "workflow", "6.0", "s"]


LONG = "Like Water for Chocolate (Como agua para chocolate) (1992)"
FOUND = Recommendations(
    "7",
    (Item("1", "Witness (1985)", ("Drama", "Thriller"), score=0.25), Item("2", LONG, ("Drama",), score=0.125)),
    (Item("3", "Tron [Director's Cut]", ("Sci-Fi",), rating=4.5),),
)


def test_in_80_columns_titles_are_cut_and_scores_are_not() -> None:
    header, first, second = text(recommendation_table(FOUND, 80), 80)
    assert header.split() == ["Recommended", "to", "user", "7", "Score", "User", "7", "liked", "Rated"]
    assert "0.2500" in first
    assert "Tron [Director's Cut]" in first
    assert "Drama" not in first
    assert "…" in second
    assert "0.1250" in second


def test_in_a_wide_terminal_genres_stand_beside_the_titles() -> None:
    first = text(recommendation_table(FOUND, 160), 160)[1]
    assert "Drama, Thriller" in first
    assert "Sci-Fi" in first


def test_of_what_was_liked_as_much_is_shown_as_is_recommended_rated_or_not() -> None:
    liked = tuple(Item(str(number), f"Liked {number}") for number in range(5))
    header, only = text(recommendation_table(Recommendations("7", (Item("9", "Solo", score=0.5),), liked), 100))
    assert header.split()[-1] == "Rated"
    assert only.split() == ["1", "Solo", "0.5000", "Liked", "0"]


def test_metrics_stand_by_their_cut() -> None:
    metrics = {"coverage": 0.08, "precision_at_5": 0.1075, "precision_at_10": 0.0955, "precision_at_25": 0.071}
    header, coverage, precision = text(metrics_table(metrics))
    assert header.split() == ["at", "5", "at", "10", "at", "25"]
    assert coverage.split() == ["coverage", "0.0800"]
    assert precision.split() == ["precision", "0.1075", "0.0955", "0.0710"]


def test_the_report_is_one_line_that_accounts_for_every_row() -> None:
    report = Report(name="x", dataset_type="Interactions", rows_read=1500, rows_kept=1200, dropped={"a": 300, "b": 0})
    assert report_line(report) == "1,200 of 1,500 rows kept (a: 300)"


def change(action: str, kind: str) -> Change:
    return Change(action=action, kind=kind, name="n", sentence="s", steps=())  # type: ignore[arg-type]


def test_what_was_made_is_counted_by_kind() -> None:
    made = [change("create", "bucket"), change("create", "bucket policy"), *[change("create", "role")] * 3]
    assert counted(made) == "1 bucket, 3 roles"
    assert counted([change("update", "function")]) == "1 function updated"
    assert counted([change("update", "bucket policy"), change("create", "function")]) == (
        "1 function created; 1 bucket policy updated"
    )
    assert counted([]) == "nothing to change"
