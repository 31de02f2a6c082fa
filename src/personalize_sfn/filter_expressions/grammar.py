r"""The grammar of filter expressions.

    filter     = expression { "|" expression }
    expression = ("INCLUDE" | "EXCLUDE") ("ItemID" | "UserID" | "ActionID") "WHERE" or [ "IF" user { "AND" user } ]
    or         = and { "OR" and }        and = condition { "AND" condition }
    condition  = dataset "." column (["NOT"] "IN" ( "(" value { "," value } ")" | current ) | comparison)
    comparison = ("=" | "!=" | "<" | "<=" | ">" | ">=") (number | text | "$" name | current)
    current    = "CurrentItem" "." column

Keywords, datasets and columns in any case.  https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from personalize_sfn.filter_expressions.quotes import QUOTED, within_quotes
from personalize_sfn.filter_expressions.syntax import (
    ANY_EVENT,
    CURRENT_ITEM,
    CURRENT_USER,
    INTERACTIONS,
    Filter,
    FilterCondition,
    FilterExpression,
    FilterExpressionError,
    FilterPlaceholder,
    FilterValue,
    OfCurrentItem,
)

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?"
"""As a regular expression, for ASCII digits."""
MOST_COLUMNS = 10
"""Different columns in one filter."""
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
#: Which datasets say something about which subject.
DATASETS = {
    "ITEMID": ("ITEMS", "INTERACTIONS"),
    "USERID": ("USERS", "INTERACTIONS"),
    "ACTIONID": ("ACTIONS", "ACTION_INTERACTIONS"),
}

_TOKEN = re.compile(
    rf"""\s*(?:(?P<string>{QUOTED})|(?P<number>{NUMBER})|(?P<name>[A-Za-z_]\w*)"""
    r"""|\$(?P<placeholder>\w+)|(?P<sign><=|>=|!=|[=<>().,|*]))""",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int
    """In the expression, from 1."""


def parse(text: str) -> Filter:
    """Read a filter expression.

    Raises:
        FilterExpressionError: says where, what was expected and what came.
    """
    return _Parser(text).filter()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0

    def filter(self) -> Filter:
        expressions = [self._expression()]
        while self._take("|"):
            expressions.append(self._expression())
        if self._next.kind != "end":
            self._fail('"|" and another expression, or the end')
        if len({expression.subject for expression in expressions}) > 1:
            raise FilterExpressionError(
                "Invalid Expression: all expressions of a filter are about the same: ItemID, UserID or ActionID"
            )
        found = Filter(self._text, tuple(expressions))
        if len(found.columns()) > MOST_COLUMNS:
            raise FilterExpressionError(
                f"Invalid Expression: at most {MOST_COLUMNS} different columns, got {len(found.columns())}"
            )
        return found

    def _expression(self) -> FilterExpression:
        include = self._keyword("INCLUDE", "EXCLUDE") == "INCLUDE"
        subject = self._keyword("ITEMID", "USERID", "ACTIONID", shown="ItemID, UserID or ActionID")
        self._keyword("WHERE")
        first = self._next.position
        where = [self._all(subject)]
        while self._take("OR"):
            where.append(self._all(subject))
        datasets = {each.dataset for group in where for each in group}
        if len(datasets) > 1:
            raise FilterExpressionError(
                f"Invalid Expression at {first}: the conditions of one expression are about one dataset, these about "
                f"{' and '.join(sorted(datasets))}. Join two expressions by |"
            )
        when = []
        if self._take("IF"):
            when.append(self._condition((CURRENT_USER,)))
            while self._take("AND"):
                when.append(self._condition((CURRENT_USER,)))
        return FilterExpression(include, subject, tuple(where), tuple(when))

    def _all(self, subject: str) -> tuple[FilterCondition, ...]:
        found = [self._condition(DATASETS[subject])]
        while self._take("AND"):
            found.append(self._condition(DATASETS[subject]))
        return tuple(found)

    def _condition(self, datasets: tuple[str, ...]) -> FilterCondition:
        place = self._next.position
        dataset = self._keyword(*datasets)
        self._sign(".")
        column = self._name()
        if dataset in INTERACTIONS and column != "EVENT_TYPE":
            raise FilterExpressionError(
                f"Invalid Expression at {place}: of interactions only EVENT_TYPE can be used, got {column}"
            )
        operator = self._operator()
        values = self._values(dataset, operator)
        if ANY_EVENT in values and dataset not in INTERACTIONS:
            raise FilterExpressionError(
                f"Invalid Expression at {place}: * stands for any EVENT_TYPE of interactions only"
            )
        return FilterCondition(dataset, column, operator, values)

    def _operator(self) -> str:
        if self._take("NOT"):
            self._keyword("IN")
            return "NOT IN"
        if self._take("IN"):
            return "IN"
        if self._next.kind == "sign" and self._next.text in COMPARISONS:
            return self._advance().text
        return self._fail(f"IN, NOT IN or one of {' '.join(COMPARISONS)}")

    def _values(self, dataset: str, operator: str) -> tuple[FilterValue, ...]:
        if operator not in ("IN", "NOT IN"):
            return (self._compared(dataset),)
        if self._next.kind == "name":
            return (self._current_item(dataset),)
        self._sign("(")
        found = [self._listed(dataset, operator)]
        while self._take(","):
            found.append(self._listed(dataset, operator))
        self._sign(")")
        return tuple(found)

    def _listed(self, dataset: str, operator: str) -> FilterValue:
        token = self._next
        if token.kind == "placeholder":
            if operator == "NOT IN":
                raise FilterExpressionError(
                    f"Invalid input symbol: ${token.text}. Placeholders are not allowed with NOT_IN operator."
                )
            return FilterPlaceholder(self._advance().text)
        if token.kind == "string":
            return within_quotes(self._advance().text)
        if token.text == ANY_EVENT and dataset in INTERACTIONS:
            return self._advance().text
        return self._fail("a text in quotes or a placeholder such as $GENRE")

    def _compared(self, dataset: str) -> FilterValue:
        token = self._next
        if token.kind == "number":
            return Decimal(self._advance().text)
        if token.kind == "string":
            return within_quotes(self._advance().text)
        if token.kind == "placeholder":
            return FilterPlaceholder(self._advance().text)
        if token.kind == "name":
            return self._current_item(dataset)
        return self._fail("a number, a text in quotes, a placeholder such as $YEAR or CurrentItem.<column>")

    def _current_item(self, dataset: str) -> OfCurrentItem:
        if dataset != "ITEMS":
            self._fail("a value")
        self._keyword(CURRENT_ITEM, shown="CurrentItem")
        self._sign(".")
        return OfCurrentItem(self._name())

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _advance(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _take(self, text: str) -> bool:
        """Pass over the keyword or sign if it is next."""
        if self._next.kind in ("name", "sign") and self._next.text.upper() == text:
            self._at += 1
            return True
        return False

    def _keyword(self, *expected: str, shown: str = "") -> str:
        if self._next.kind != "name" or self._next.text.upper() not in expected:
            self._fail(shown or " or ".join(expected))
        return self._advance().text.upper()

    def _name(self) -> str:
        if self._next.kind != "name":
            self._fail("the name of a column")
        return self._advance().text.upper()

    def _sign(self, sign: str) -> None:
        if not self._take(sign):
            self._fail(f'"{sign}"')

    def _fail(self, expected: str) -> NoReturn:
        token = self._next
        there = f'"{token.text}"' if token.kind != "end" else "the end"
        raise FilterExpressionError(f"Invalid Expression at {token.position}: expected {expected}, got {there}")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise FilterExpressionError(
                f"Invalid Expression at {start + 1}: {text[start : start + 10]!r} has no meaning in a filter"
            )
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]
