"""Filter expressions, read and refused.  The examples are those of AWS's own documentation and notebooks."""

from __future__ import annotations

import numpy as np
import pytest

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.filters import CandidateColumn, Facts, allowed, parse

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
    with pytest.raises(AwsError) as error:
        parse(text)
    assert error.value.code == "InvalidInputException"
    assert error.value.message.startswith("Could not create filter. ")
    assert message in error.value.message


FACTS = Facts(
    {
        "GENRE": CandidateColumn(np.array(["drama", "drama|comedy", "Drama", None], dtype=object)),
        "YEAR": CandidateColumn(np.array([1970, 1980, 1990, None], dtype=object)),
    },
    4,
    events={"BUY": [0], "VIEW": [0, 1]},
    user={"AGE": 20, "COUNTRY": "NL"},
    item={"GENRE": "comedy|war", "YEAR": 1985},
)


@pytest.mark.parametrize(
    ("text", "values", "passed"),
    [
        ('INCLUDE ItemID WHERE Items.GENRE IN ("drama")', {}, [0, 1]),
        ('INCLUDE ItemID WHERE Items.GENRE NOT IN ("comedy")', {}, [0, 2]),
        ('EXCLUDE ItemID WHERE Items.GENRE IN ("comedy")', {}, [0, 2, 3]),
        ("INCLUDE ItemID WHERE Items.YEAR >= 1980", {}, [1, 2]),
        ("INCLUDE ItemID WHERE Items.YEAR != 1980", {}, [0, 2]),
        ("INCLUDE ItemID WHERE Items.YEAR < $Y", {"Y": "1980"}, [0]),
        ("INCLUDE ItemID WHERE Items.YEAR = $Y", {"Y": '"1980"'}, [1]),
        ("INCLUDE ItemID WHERE Items.GENRE IN ($G)", {"G": '"comedy","Drama"'}, [1, 2]),
        ("INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE", {}, [1]),
        ("INCLUDE ItemID WHERE Items.YEAR < CurrentItem.YEAR", {}, [0, 1]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', {}, [2, 3]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")', {}, [1, 2, 3]),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("Buy")', {}, [1, 2, 3]),
        # AND binds tighter than OR
        ('INCLUDE ItemID WHERE Items.YEAR = 1990 OR Items.GENRE IN ("drama") AND Items.YEAR = 1980', {}, [1, 2]),
        ('INCLUDE ItemID WHERE Items.YEAR = 1970 | INCLUDE ItemID WHERE Items.GENRE IN ("comedy")', {}, [0, 1]),
        ('INCLUDE ItemID WHERE Items.YEAR > 0 | EXCLUDE ItemID WHERE Items.GENRE IN ("comedy")', {}, [0, 2]),
        ('EXCLUDE ItemID WHERE Items.GENRE IN ("comedy") | INCLUDE ItemID WHERE Items.YEAR > 0', {}, [0, 2]),
        # an IF that does not hold switches its expression off
        ("EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 30", {}, [0, 1, 2, 3]),
        ('EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 18 AND CurrentUser.COUNTRY IN ("NL")', {}, [3]),
        # an EXCLUDE without its parameter is switched off
        ("EXCLUDE ItemID WHERE Items.YEAR > $Y", {}, [0, 1, 2, 3]),
    ],
)
def test_a_filter_lets_through_what_it_says(text: str, values: dict[str, str], passed: list[int]) -> None:
    assert np.flatnonzero(allowed(parse(text), values, FACTS)).tolist() == passed


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("INCLUDE ItemID WHERE Items.YEAR > $Y", {}, "the filter's INCLUDE needs a value for Y"),
        ("INCLUDE ItemID WHERE Items.YEAR > $Y", {"Y": "then"}, "Y: expected a number, got then"),
        *[
            ("INCLUDE ItemID WHERE Items.YEAR = $Y", {"Y": text}, f"Y: expected a number, got {text}")
            for text in ("nan", "inf", "1_980", "١٩٨٠", '"then"', '"', "0x7bc", "")
        ],
        ("INCLUDE ItemID WHERE Items.GENRE IN ($G)", {"G": "drama"}, 'G: expected texts in quotes such as "drama"'),
        ("INCLUDE ItemID WHERE Items.GENRE IN ($G)", {"G": '"drama'}, 'G: expected texts in quotes such as "drama"'),
        ("INCLUDE ItemID WHERE Items.GENRE = $G", {"G": "drama"}, 'G: expected a text in quotes such as "drama"'),
        ("INCLUDE ItemID WHERE Items.GENRE = $G", {"G": "5"}, 'G: expected a text in quotes such as "drama", got 5'),
    ],
)
def test_values_that_cannot_be_used_are_refused(text: str, values: dict[str, str], message: str) -> None:
    with pytest.raises(AwsError, match="filterValues") as error:
        allowed(parse(text), values, FACTS)
    assert error.value.code == "InvalidInputException"
    assert message in error.value.message


SKU = 2**60 + 7
NUMBERS = Facts(
    {
        "SKU": CandidateColumn(np.array([SKU - 1, SKU, SKU + 1, -SKU, None], dtype=object)),
        "PRICE": CandidateColumn(np.array([0.1, 2.0, -3.5, 1e300, None], dtype=object)),
        "CODE": CandidateColumn(np.array(["0012", "12", "F", "F|M", None], dtype=object)),
        "TITLE": CandidateColumn(np.array(['say "hi"', "C:\\new", "ends \\", " padded ", "naïve\0"], dtype=object)),
        "NOTHING": CandidateColumn(np.array([None] * 5, dtype=object)),
    },
    5,
    user={"GENDER": "F", "AGE": 30},
    item={"SKU": SKU, "CODE": "F|M", "PRICE": 2.0},
)


@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        # longs have more digits than a floating-point number keeps
        (f"Items.SKU = {SKU}", [1]),
        (f"Items.SKU != {SKU}", [0, 2, 3]),
        (f"Items.SKU > {SKU}", [2]),
        (f"Items.SKU >= {SKU}", [1, 2]),
        (f"Items.SKU < {SKU}", [0, 3]),
        (f"Items.SKU <= -{SKU}", [3]),
        (f"Items.SKU = +{SKU}", [1]),
        (f"Items.SKU = 000{SKU}", [1]),
        (f"Items.SKU = {SKU}.000", [1]),
        (f"Items.SKU > {SKU}.5", [2]),
        (f"Items.SKU >= {SKU}.5", [2]),
        (f"Items.SKU < {SKU}.5", [0, 1, 3]),
        (f"Items.SKU = {SKU}.5", []),
        (f"Items.SKU != {SKU}.5", [0, 1, 2, 3]),
        ("Items.SKU < 1e30", [0, 1, 2, 3]),
        ("Items.SKU > 1e30", []),
        ("Items.SKU < -1e30", []),
        ("Items.SKU > 9223372036854775808", []),
        ("Items.SKU = CurrentItem.SKU", [1]),
        ("Items.PRICE = 0.1", [0]),
        ("Items.PRICE = .1", [0]),
        ("Items.PRICE = 1E-1", [0]),
        ("Items.PRICE = 1e300", [3]),
        ("Items.PRICE < -3.4999", [2]),
        ("Items.PRICE > 2", [3]),
        ("Items.PRICE = CurrentItem.PRICE", [1]),
        # texts: exactly, or one of the categories
        ('Items.CODE = "12"', [1]),
        ('Items.CODE = "0012"', [0]),
        ('Items.CODE = "F"', [2, 3]),
        ('Items.CODE != "F"', [0, 1]),
        ('Items.CODE = "f"', []),
        ('Items.CODE = " F"', []),
        ("Items.CODE = CurrentItem.CODE", [3]),
        ('Items.CODE IN ("12")', [1]),
        ("Items.TITLE = 'say \"hi\"'", [0]),
        ('Items.TITLE IN ("say \\"hi\\"")', [0]),
        ('Items.TITLE = "C:\\new"', [1]),
        ('Items.TITLE = "C:\\\\new"', [1]),
        ('Items.TITLE IN ("ends \\\\")', [2]),
        ('Items.TITLE = " padded "', [3]),
        ('Items.TITLE = "naïve\0"', [4]),
        ('Items.NOTHING = "x"', []),
        ("Items.NOTHING != 1", []),
        # the current user
        ('Items.PRICE > 0 IF CurrentUser.GENDER = "F"', [0, 1, 3]),
        ('Items.PRICE > 0 IF CurrentUser.GENDER = "M"', [0, 1, 2, 3, 4]),
        ('Items.PRICE > 0 IF CurrentUser.GENDER != "M" AND CurrentUser.AGE = 30', [0, 1, 3]),
        ('Items.PRICE > 0 IF CurrentUser.UNKNOWN = "M"', [0, 1, 2, 3, 4]),
    ],
)
def test_values_are_compared_as_they_are_written(condition: str, passed: list[int]) -> None:
    found = allowed(parse(f"INCLUDE ItemID WHERE {condition}"), {}, NUMBERS)
    assert np.flatnonzero(found).tolist() == passed


@pytest.mark.parametrize(
    ("column", "value", "passed"),
    [
        ("SKU", str(SKU), [1]),
        ("SKU", f'"{SKU}"', [1]),
        ("SKU", f" {SKU}.0 ", [1]),
        ("PRICE", "1e-1", [0]),
        ("CODE", '"0012"', [0]),
        ("CODE", "'F'", [2, 3]),
        ("TITLE", '"say \\"hi\\""', [0]),
        ("NOTHING", '"x"', []),
    ],
)
def test_a_placeholders_value_is_compared_as_it_is_written(column: str, value: str, passed: list[int]) -> None:
    found = allowed(parse(f"INCLUDE ItemID WHERE Items.{column} = $V"), {"V": value}, NUMBERS)
    assert np.flatnonzero(found).tolist() == passed
