"""The pieces of HTML that results are made of."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from personalize_sfn.display import markup

ODD = "<script>alert('&\"')</script>"


def styles_of(html: str) -> list[dict[str, str]]:
    styles = [element.get("style", "") for element in ET.fromstring(f"<div>{html}</div>").iter()]
    return [dict(each.split(":", 1) for each in style.split(";")) for style in styles if style]


@pytest.mark.parametrize("piece", [markup.plain, markup.bold, markup.muted, markup.pill])
def test_texts_are_escaped(piece) -> None:
    html = piece(ODD)

    assert "<script" not in html
    assert "".join(ET.fromstring(f"<div>{html}</div>").itertext()) == ODD


def test_nothing_needs_a_style_sheet_a_script_or_a_class() -> None:
    cells = [[markup.bold("a"), markup.pill("b"), markup.bar(0.5)]]
    html = markup.side_by_side(markup.heading("t") + markup.grid(cells, ["x", "y", "z"], align="lr"))

    assert not re.search(r"<(script|style|link|img)|class=|on\w+=|https?:", html)


def test_a_bar_is_as_long_as_its_share_and_begins_where_it_is_told() -> None:
    (style,) = styles_of(markup.bar(0.25, "gone", 0.5))

    assert (style["width"], style["margin-left"]) == ("30px", "60px")


@pytest.mark.parametrize(("share", "width"), [(1e-6, "2px"), (1.0, f"{markup.BAR_WIDTH}px")])
def test_what_is_there_can_be_seen(share: float, width: str) -> None:
    assert styles_of(markup.bar(share))[0]["width"] == width


def test_of_nothing_there_is_no_bar() -> None:
    assert markup.bar(0) == ""


def test_cells_stand_left_or_right_as_told_whatever_the_page_says_of_tables() -> None:
    html = markup.grid([["a", "1", "b"]], align="lr")

    assert [style["text-align"] for style in styles_of(html) if "text-align" in style] == ["left", "right", "left"]
    assert '<tr style="background:none">' in html, "no stripes: they would be light in a dark page"


def test_empty_lines_and_blocks_are_left_out() -> None:
    assert markup.lines("a", "", "b") == "a<br>b"
    assert markup.side_by_side("", "a").count("<div") == 2
