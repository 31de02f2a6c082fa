"""Tests of ``folded``."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given

from fakes.hostile_texts import hostile, steers
from personalize_sfn.display import folded_json


def test_a_definition_is_folded_in_a_notebook_and_written_out_as_text() -> None:
    shown = folded_json("Wait for Campaign", {"Type": "Wait", "End": True})
    assert str(shown).splitlines() == ["Wait for Campaign", "{", '  "Type": "Wait",', '  "End": true', "}"]
    details = ET.fromstring(shown.html)
    assert (details.tag, details.get("open")) == ("details", None)
    assert next(each.text for each in details) == "Wait for Campaign"
    assert '"Type": "Wait"' in "".join(details.itertext())


@given(hostile)
def test_any_text_is_shown_as_text(text: str) -> None:
    shown = folded_json(text, {"Comment": text})
    ET.fromstring(shown.html)  # raises when it is not well-formed
    assert not steers(str(shown))
