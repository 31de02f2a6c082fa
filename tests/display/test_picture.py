"""Tests of ``picture``: what shows in a notebook, in a terminal and in a file: one value for all three."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from fakes.drawn_machines import LOOP
from personalize_sfn.display import render_definition


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
