"""Tests of ``svg``: a layout as SVG.  It paints its own background and follows the reader's light or dark theme."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from fakes.drawn_machines import PARALLEL
from personalize_sfn.display import render_definition


def test_the_picture_is_an_svg_with_every_node_and_its_own_background() -> None:
    svg = ET.fromstring(render_definition(PARALLEL, "mine").svg)
    texts = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]

    assert texts == ["Both", "Left", "Right"]
    assert svg.get("aria-label") == "mine"
    assert "prefers-color-scheme" in render_definition(PARALLEL).svg
    assert 'class="bg"' in render_definition(PARALLEL).svg
