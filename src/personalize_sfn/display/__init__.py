"""Graphs, progress, timelines and tables, made in Python: no JavaScript, no request to another host, no AWS call."""

from __future__ import annotations

from personalize_sfn.display.folded import folded_json
from personalize_sfn.display.formatting import GLYPHS, duration
from personalize_sfn.display.history import Run, RunStage, Span, read, stages
from personalize_sfn.display.mermaid import mermaid
from personalize_sfn.display.metrics import MetricsColumn, render_metrics
from personalize_sfn.display.picture import Html, Picture
from personalize_sfn.display.render import render_definition, render_progress, render_run
from personalize_sfn.display.tables import render_events, table, text_table
from personalize_sfn.display.timeline import render_timeline

__all__ = [
    "GLYPHS",
    "Html",
    "MetricsColumn",
    "Picture",
    "Run",
    "RunStage",
    "Span",
    "duration",
    "folded_json",
    "mermaid",
    "read",
    "render_definition",
    "render_events",
    "render_metrics",
    "render_progress",
    "render_run",
    "render_timeline",
    "stages",
    "table",
    "text_table",
]
