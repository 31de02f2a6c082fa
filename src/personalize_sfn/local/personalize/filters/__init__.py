"""Filter expressions of Amazon Personalize: read, checked against the schemas, applied.

    found = parse('EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.YEAR < 1990 IF CurrentUser.AGE > 18')
    check_columns(found, {"ITEMS": items_schema, "USERS": users_schema})
    mask = allowed(found, {"GENRE": '"Horror"'}, facts)      # one boolean for each candidate

https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
"""

from personalize_sfn.local.personalize.filters.columns import check_columns
from personalize_sfn.local.personalize.filters.evaluation import CandidateColumn, Facts, allowed, event_type
from personalize_sfn.local.personalize.filters.grammar import parse
from personalize_sfn.local.personalize.filters.syntax import Filter, FilterCondition, FilterExpression

__all__ = [
    "CandidateColumn",
    "Facts",
    "Filter",
    "FilterCondition",
    "FilterExpression",
    "allowed",
    "check_columns",
    "event_type",
    "parse",
]
