"""A filter against the schemas of its dataset group."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import avro
from personalize_sfn.filter_expressions import FilterExpressionError, parse
from personalize_sfn.filter_expressions.columns import check_columns
from personalize_sfn.local.personalize.data.schemas import read_schema

SCHEMAS = {
    "ITEMS": read_schema(
        avro(
            {"name": "GENRE", "type": "string", "categorical": True},
            {"name": "YEAR", "type": "int"},
            {"name": "PLOT", "type": ["null", "string"], "textual": True},
            fields=[{"name": "ITEM_ID", "type": "string"}],
            name="Items",
        )
    ).fields
}


def check(expression: str) -> None:
    check_columns(parse(expression), SCHEMAS)


def test_columns_of_the_schema_are_taken_in_any_case():
    check('INCLUDE ItemID WHERE Items.genre IN ("drama") AND Items.Year >= 1990')


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ('Interactions.EVENT_TYPE IN ("*")', "the dataset group has no INTERACTIONS dataset"),
        ('Items.COLOUR IN ("red")', "the ITEMS dataset has no column COLOUR"),
        ('Items.PLOT IN ("war")', "ITEMS.PLOT is textual and cannot be filtered by"),
        ("Items.GENRE > 5", "ITEMS.GENRE is a string; > compares numbers, use IN"),
        ('Items.YEAR IN ("1990")', "ITEMS.YEAR is a int; IN compares texts, use one of = != < <= > >="),
    ],
)
def test_a_column_that_cannot_be_filtered_by_is_refused_by_name(where: str, problem: str):
    with pytest.raises(FilterExpressionError) as refused:
        check(f"INCLUDE ItemID WHERE {where}")
    assert problem in str(refused.value)
