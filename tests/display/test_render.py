"""Tests of ``render``: definitions and runs as pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

from fakes.drawn_machines import BEGAN, LOOP, seconds
from personalize_sfn.display import Run, Span, render_definition, render_progress


def test_the_alternative_text_names_what_is_drawn_and_its_status() -> None:
    spans = (Span("Create Campaign", "Task", seconds(0), seconds(1), "SUCCEEDED"),)
    run = Run("arn:aws:states:us-east-1:123456789012:execution:movies-campaign:r", began=BEGAN, spans=spans)

    shown = render_definition(LOOP, "campaign", detail=True)._repr_html_()
    assert 'alt="Graph of campaign: Campaign, Answer"' in shown
    assert (
        'alt="movies-campaign: running · 3.0 s. succeeded: Campaign. not reached: Answer"'
        in render_progress(LOOP, run, now=seconds(3), detail=True)._repr_html_()
    )


def test_a_wide_picture_shrinks_to_what_can_be_read_and_then_scrolls() -> None:
    html = render_definition(LOOP)._repr_html_()
    size = re.search(r'width="(\d+)" height="(\d+)" style="max-width:100%;min-width:(\d+)px;height:auto"', html)

    assert size is not None
    assert int(size[3]) == round(0.7 * int(size[1]))
    assert '<div style="overflow-x:auto">' in html


def test_a_header_says_what_went_wrong_and_where_to_find_it() -> None:
    run = Run(
        "arn:aws:states:us-east-1:123456789012:execution:main:r", "FAILED", BEGAN, seconds(1), (), "Broken", "<why>"
    )
    picture = replace(render_progress(LOOP, run), has_header=True)

    assert "<b>✕ main: failed · 1.0 s</b><br>Broken: &lt;why&gt;" in picture._repr_html_()
    assert f"<code>{run.arn}</code>" in picture._repr_html_()
    assert "<b>" not in render_progress(LOOP, run)._repr_html_()


def test_names_are_escaped() -> None:
    picture = render_definition({"StartAt": "<b>&", "States": {"<b>&": {"Type": "Pass", "End": True}}}, '"><script>')

    assert "<b>" not in picture.svg
    assert "<script>" not in picture._repr_html_()
    ET.fromstring(picture.svg)


def test_progress_marks_what_ran_how_long_and_how_often_it_was_polled() -> None:
    spans = (
        Span("Create Campaign", "Task", seconds(0), seconds(1), "SUCCEEDED"),
        Span("Check Campaign", "Task", seconds(1), seconds(2), "SUCCEEDED"),
        Span("Wait for Campaign", "Wait", seconds(2)),
    )
    run = Run("arn:aws:states:us-east-1:123456789012:execution:movies-campaign:r", began=BEGAN, spans=spans)

    picture = render_progress(LOOP, run, now=seconds(125), detail=True)

    assert str(picture) == ("▶ movies-campaign: running · 2 min 05 s\n  … Campaign · 2 min 05 s · 1 poll\n  ○ Answer")
    assert '<g class="WAITING">' in picture.svg
