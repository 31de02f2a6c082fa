"""Tests of ``picture``: what shows in a notebook, in a terminal and in a file: one value for all three."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from fakes.drawn_machines import LOOP
from personalize_sfn.display import Html, Picture, render_definition


def test_in_a_notebook_it_is_an_image_that_holds_its_data() -> None:
    picture = render_definition(LOOP)
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', picture._repr_html_())

    assert data is not None
    assert base64.b64decode(data[1]).decode() == picture.svg


def test_elsewhere_it_is_a_list_of_its_nodes() -> None:
    assert str(render_definition(LOOP, "campaign")) == ("campaign\n  - Campaign · polls until it is done")


def test_it_can_be_saved(tmp_path: Path) -> None:
    picture = render_definition(LOOP)

    assert picture.save(tmp_path / "graph.svg").read_text() == picture.svg


@pytest.mark.parametrize("is_open", [False, True])
def test_the_card_of_a_run_stands_above_its_pictures_and_below_those_that_failed(is_open: bool) -> None:
    picture = Picture("<svg></svg>", "", is_open=is_open, card=Html("<p>card</p>", ""), lead=Html("<p>strip</p>", ""))

    html = picture._repr_html_()

    assert html.index("strip") < html.index("card")
    assert (html.index("<img") < html.index("card")) is is_open
