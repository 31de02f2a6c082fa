"""Colours that can be told apart, and statuses that do not need them."""

from __future__ import annotations

import re
from itertools import combinations, product

import pytest

from personalize_sfn.display import GLYPHS
from personalize_sfn.display.palette import ANYWHERE, LOOKS, THEMES
from personalize_sfn.display.svg import STYLE

GROUNDS = ("bg", "group", "node")
TEXTS = ("fg", "mute")
ACCENTS = tuple(dict.fromkeys(look.accent for look in LOOKS.values()))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), list(product(TEXTS, GROUNDS)))
def test_every_text_can_be_read_on_every_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("accent", "ground"), list(product(("line", *ACCENTS), GROUNDS)))
def test_every_line_and_border_can_be_seen_on_every_ground(theme: str, accent: str, ground: str) -> None:
    assert contrast(THEMES[theme][accent], THEMES[theme][ground]) >= 3


#: White paper and ours, the stripes of Jupyter's tables, JupyterLab's dark, ours, VS Code's, mkdocs' slate.
PAGES = ("#ffffff", "#f5f5f5", "#111111", "#14191f", "#1f1f1f", "#1e2129")


@pytest.mark.parametrize(("colour", "page"), list(product(ANYWHERE.values(), PAGES)))
def test_every_bar_can_be_seen_on_light_and_dark_pages_alike(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", [status for status in LOOKS if status])
def test_every_glyph_can_be_read_on_its_badge(theme: str, status: str) -> None:
    assert contrast(THEMES[theme]["bg"], THEMES[theme][LOOKS[status].accent]) >= 4.5


def test_both_themes_have_all_colours_and_the_style_uses_no_other() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()
    colours = {colour for theme in THEMES.values() for colour in theme.values()}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}", STYLE)) == colours
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= THEMES["light"].keys()


def test_no_two_statuses_share_a_glyph_or_a_border_or_a_word() -> None:
    for (one, a), (other, b) in combinations(LOOKS.items(), 2):
        assert a.glyph != b.glyph, (one, other)
        assert (a.width, a.dashes) != (b.width, b.dashes), (one, other)
        assert a.word != b.word, (one, other)


def test_every_status_has_a_glyph_in_texts_too() -> None:
    assert GLYPHS.keys() == LOOKS.keys()
