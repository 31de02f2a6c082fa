"""Tests of ``tables``: tables for notebooks (HTML with inline styles) that are plain text elsewhere."""

from __future__ import annotations

from fakes.history_events import event
from personalize_sfn.display import render_events, table


def test_events_are_a_table_whatever_their_details_hold() -> None:
    shown = render_events([event(1, "ExecutionStarted", 0, input="{}", inputDetails={"truncated": False})])

    assert "truncated" in str(shown)
    assert "0.000 s" in shown._repr_html_()


def test_tables_escape_their_cells_and_have_no_style_sheet() -> None:
    html = table(("a",), (("<script>",),), "t & t")._repr_html_()

    assert "<script>" not in html
    assert "<style" not in html
    assert "t &amp; t" in html
