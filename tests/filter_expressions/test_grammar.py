"""Tests of ``grammar``: the grammar of filter expressions."""

from __future__ import annotations

import pytest

from personalize_sfn.filter_expressions import FilterExpressionError, parse

EXAMPLES = [
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")',
    'EXCLUDE itemId WHERE INTERACTIONS.event_type in ("Purchase")',
    "INCLUDE ItemID WHERE Interactions.event_type IN ('watched','favorited')",
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
    'EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") AND Items.DESCRIPTION NOT IN ("boot")',
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
    "INCLUDE ItemID WHERE Items.YEAR >= 1970 AND Items.YEAR < 1980",
    "INCLUDE ItemID WHERE Items.YEAR >= $YEAR1 AND Items.YEAR < $YEAR2",
    "INCLUDE ItemID WHERE Items.creation_timestamp > 1633240824",
    "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
    'INCLUDE ItemID WHERE Items.CATEGORY IN ("watch") AND Items.DESCRIPTION IN ("luxury") IF CurrentUser.AGE > 18',
    "INCLUDE ItemID WHERE ITEMS.CATEGORY_L1 IN CurrentItem.CATEGORY_L1",
    'EXCLUDE ItemID WHERE INTERACTIONS.event_type IN ("Purchase") | INCLUDE ItemID WHERE ITEMS.PROMOTED IN ("Y") '
    'AND ITEMS.CATEGORY_L1 NOT IN ("cold dispensed", "salty snacks")',
    "INCLUDE ItemID WHERE Items.ARTICLE_GENRE IN ($GENRELIST) AND Items.CREATION_TIMESTAMP > $CUTOFF "
    '| EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    'INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite")',
    "INCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ($MEMBERSHIP)",
    "EXCLUDE UserID WHERE Users.AGE < $AGE",
    'exclude UserId where users.country in ("England", "Japan購入")',
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_aws_is_read(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid Expression at 1: expected INCLUDE or EXCLUDE, got the end"),
        ("nonsense", 'at 1: expected INCLUDE or EXCLUDE, got "nonsense"'),
        ("INCLUDE Item WHERE Items.A = 1", 'at 9: expected ItemID, UserID or ActionID, got "Item"'),
        ("INCLUDE ItemID WHERE Items.A = 1 Items.B = 2", 'at 34: expected "|" and another expression, or the end'),
        ("INCLUDE ItemID WHERE Items.A BETWEEN 1", "expected IN, NOT IN or one of = != < <= > >="),
        ("INCLUDE ItemID WHERE Items.A IN (drama)", "at 34: expected a text in quotes or a placeholder such as $GENRE"),
        ("INCLUDE ItemID WHERE Items.A = drama", 'expected CurrentItem, got "drama"'),
        ('INCLUDE ItemID WHERE Items.A = "drama', "has no meaning in a filter"),
        ("INCLUDE ItemID WHERE Items.A = ١٢", "has no meaning in a filter"),
        ("INCLUDE ItemID WHERE Items.A IN ()", "expected a text in quotes"),
        ('INCLUDE ItemID WHERE Items.A IN ("*", *)', 'got "*"'),
        ("INCLUDE ItemID WHERE Users.A = 1", 'expected ITEMS or INTERACTIONS, got "Users"'),
        ("INCLUDE ItemID WHERE Interactions.ITEM_ID IN ('a')", "of interactions only EVENT_TYPE can be used"),
        (
            'INCLUDE ItemID WHERE Items.A = 1 AND Interactions.EVENT_TYPE IN ("buy")',
            "the conditions of one expression are about one dataset, these about INTERACTIONS and ITEMS",
        ),
        (
            "INCLUDE ItemID WHERE Items.A NOT IN ($A)",
            "Invalid input symbol: $A. Placeholders are not allowed with NOT_IN operator.",
        ),
        ("INCLUDE ItemID WHERE CurrentUser.AGE > 1", 'got "CurrentUser"'),
        ("INCLUDE ItemID WHERE Items.A = 1 IF Items.B = 2", 'expected CURRENTUSER, got "Items"'),
        ("INCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 2 OR CurrentUser.C = 3", 'got "OR"'),
        ("INCLUDE ItemID WHERE Items.A = 1; DROP", "';"),
        (
            "INCLUDE ItemID WHERE Items.A = 1 | INCLUDE UserID WHERE Users.B = 2",
            "all expressions of a filter are about the same",
        ),
        (
            "INCLUDE ItemID WHERE " + " AND ".join(f"Items.C{number} = 1" for number in range(11)),
            "at most 10 different columns, got 11",
        ),
    ],
)
def test_what_is_no_filter_is_refused_with_the_spot(text: str, message: str) -> None:
    with pytest.raises(FilterExpressionError) as error:
        parse(text)
    assert message in str(error.value)
