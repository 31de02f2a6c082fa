"""The timeline, read back from its SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from fakes.recorded_histories import NAMES, recorded
from personalize_sfn.display import Run, Span, render_timeline, stages
from personalize_sfn.display.layout import width_of

NS = "{http://www.w3.org/2000/svg}"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:r"


def minutes(number: float) -> datetime:
    return BEGAN + timedelta(minutes=number)


def rows(svg: str) -> list[ET.Element]:
    """The groups that hold a bar."""
    return [group for group in ET.fromstring(svg).iter(f"{NS}g") if group.find(f"{NS}rect") is not None]


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_has_a_bar_a_glyph_and_texts_inside_the_picture(name: str) -> None:
    told = recorded(name)
    run, now = told.run(), told.times()[-1]
    svg = render_timeline(run, now).svg
    width = float(ET.fromstring(svg).attrib["width"])

    for stage, group in zip(stages(run), rows(svg), strict=True):
        bar = group.find(f"{NS}rect")
        label, note = group.findall(f"{NS}text")
        assert bar is not None
        assert (label.text, group.get("class")) == (stage.label, stage.status)
        assert group.find(f"{NS}circle[@class='badge']") is not None
        assert float(label.attrib["x"]) + width_of(label.text or "", 13) < float(bar.attrib["x"])
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) < float(note.attrib["x"])
        assert float(note.attrib["x"]) + width_of(note.text or "", 11) < width - 16


def test_bars_stand_where_their_time_was_on_one_scale() -> None:
    spans = (
        Span("Create Solution", "Task", minutes(0), minutes(10), "SUCCEEDED"),
        Span("Create Campaign", "Task", minutes(10), minutes(40), "FAILED"),
    )
    picture = render_timeline(Run(ARN, "FAILED", BEGAN, minutes(40), spans))
    (x1, width1), (x2, width2) = (
        (float(bar.attrib["x"]), float(bar.attrib["width"]))
        for group in rows(picture.svg)
        if (bar := group.find(f"{NS}rect")) is not None
    )

    assert width2 == pytest.approx(3 * width1, abs=0.5)
    assert x2 == pytest.approx(x1 + width1, abs=0.5)
    assert picture.alt == "movies-main: 40 min 00 s. succeeded: Solution 10 min 00 s. failed: Campaign 30 min 00 s"
    assert "<b>movies-main: 40 min 00 s</b>" in picture._repr_html_()


def test_a_run_that_has_not_begun_has_no_bars() -> None:
    assert rows(render_timeline(Run(ARN), BEGAN).svg) == []
