"""Filter expressions of Amazon Personalize: read, and checked against the schemas of the datasets.

    found = parse('EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.YEAR < 1990 IF CurrentUser.AGE > 18')
    check_columns(found, {"ITEMS": items_columns, "USERS": users_columns})

https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
"""

from personalize_sfn.filter_expressions.columns import FilterColumn, check_columns
from personalize_sfn.filter_expressions.grammar import parse
from personalize_sfn.filter_expressions.moving import filter_hash, resolved
from personalize_sfn.filter_expressions.syntax import (
    Filter,
    FilterCondition,
    FilterExpression,
    FilterExpressionError,
)

__all__ = [
    "Filter",
    "FilterColumn",
    "FilterCondition",
    "FilterExpression",
    "FilterExpressionError",
    "check_columns",
    "filter_hash",
    "parse",
    "resolved",
]
