"""Filter expressions of Amazon Personalize: read, checked against the schemas, applied.

    found = parse('EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.YEAR < 1990 IF CurrentUser.AGE > 18')
    check_columns(found, {"ITEMS": items_schema, "USERS": users_schema})
    mask = allowed(found, {"GENRE": '"Horror"'}, facts)      # one boolean for each candidate

https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
"""

from .columns import check_columns
from .evaluation import Column, Facts, allowed, event_type
from .grammar import parse
from .syntax import Condition, Expression, Filter

__all__ = ["Column", "Condition", "Expression", "Facts", "Filter", "allowed", "check_columns", "event_type", "parse"]
