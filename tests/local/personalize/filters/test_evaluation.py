"""Filter expressions, read and refused.  The examples are those of AWS's own documentation and notebooks."""

from __future__ import annotations

import numpy as np
import pytest

from personalize_sfn.filter_expressions import parse
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.filters import CandidateColumn, Facts, allowed

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
