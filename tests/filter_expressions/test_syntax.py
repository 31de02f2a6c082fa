"""What a filter asks for, once it is read."""

from __future__ import annotations

from personalize_sfn.filter_expressions import parse

ITEMS = "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.YEAR > 1990 IF CurrentUser.AGE > $AGE"


def test_placeholders_are_those_of_where_and_of_if():
    (expression,) = parse(ITEMS).expressions
    assert expression.placeholders() == {"GENRE", "AGE"}


def test_columns_are_named_in_capitals_with_their_dataset():
    assert parse(ITEMS).columns() == {("ITEMS", "GENRE"), ("ITEMS", "YEAR"), ("CURRENTUSER", "AGE")}


def test_a_filter_on_interactions_or_on_the_current_user_needs_a_user():
    assert parse(ITEMS).needs_user
    assert parse('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")').needs_user
    assert not parse('INCLUDE ItemID WHERE Items.GENRE IN ("drama")').needs_user


def test_a_filter_that_compares_with_the_current_item_needs_it():
    assert parse("INCLUDE ItemID WHERE Items.GENRE = CurrentItem.GENRE").needs_current_item
    assert not parse(ITEMS).needs_current_item
