"""Texts of services and of data never steer a terminal, act as markup, or break a drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakes.hostile_texts import STEERING, hostile, shown, steers
from personalize_sfn.cli.settings import literal
from personalize_sfn.cli.tables import recommendation_table
from personalize_sfn.display import mermaid, render_definition, table
from personalize_sfn.errors import WorkflowError
from personalize_sfn.recommendations import Item, Recommendations
from personalize_sfn.text import one_line, printable


@pytest.mark.parametrize("character", [each for each in STEERING if each not in "\n\t"])
def test_a_character_that_steers_a_terminal_is_replaced(character: str) -> None:
    assert printable(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn"))))
def test_a_text_without_control_characters_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_a_line_break_in_a_cell_is_a_space() -> None:
    assert one_line("Tron\r\n  2. Alien\u2028x") == "Tron 2. Alien x"


@given(hostile)
@example("\\[")
@example("[a]\\\\")
def test_markup_in_a_text_is_printed_not_obeyed(text: str) -> None:
    assert shown(f"[bold]{literal(text)}[/]").strip() == one_line(text).strip()


@given(hostile)
def test_recommendations_print_any_title_genre_and_user(text: str) -> None:
    item = Item("1", text, (text,), 0.5)
    found = Recommendations(text, (item,), (item,))

    assert not steers(str(found))
    assert not steers(shown(recommendation_table(found, 200)))
    assert "<" not in literal(text) or "<script" not in found._repr_html_()


@given(hostile)
def test_graphs_of_any_state_name_are_well_formed(text: str) -> None:
    definition = {"StartAt": text, "States": {text: {"Type": "Pass", "Next": "end"}, "end": {"Type": "Succeed"}}}
    picture = render_definition(definition, text)

    ET.fromstring(picture.svg)
    assert not steers(str(picture))
    assert not steers(mermaid(definition))
    assert mermaid(definition).count("\n") == 4, "a name cannot add a line"


@given(hostile)
def test_tables_and_errors_print_any_text(text: str) -> None:
    assert not steers(str(table(("a", "b"), [(text, text)], "")))
    assert not steers(str(WorkflowError(text, error=text, cause=text)))
