"""What people see: progress, tables, in a narrow and a wide terminal, and in a log."""

from __future__ import annotations

from fakes.timed_spans import text, training
from personalize_sfn.cli.tables import metrics_table, recommendation_table, report_line, timeline_table
from personalize_sfn.datasets import Report
from personalize_sfn.recommendations import Item, Recommendations


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
