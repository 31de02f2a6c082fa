"""What a filter expression says, once it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

ACTION_INTERACTIONS = "ACTION_INTERACTIONS"
INTERACTIONS = ("INTERACTIONS", ACTION_INTERACTIONS)
CURRENT_USER, CURRENT_ITEM = "CURRENTUSER", "CURRENTITEM"
ANY_EVENT = "*"


class FilterExpressionError(Exception):
    """What is wrong with an expression: where, what was expected and what came."""


@dataclass(frozen=True, slots=True)
class FilterPlaceholder:
    """``$NAME``: its value comes with each request."""

    name: str


@dataclass(frozen=True, slots=True)
class OfCurrentItem:
    """``CurrentItem.GENRE``: the value of the item that the request is about."""

    column: str


FilterValue: TypeAlias = "str | Decimal | FilterPlaceholder | OfCurrentItem"


@dataclass(frozen=True, slots=True)
class FilterCondition:
    """``Items.GENRE IN ("drama", $GENRE)``."""

    dataset: str
    """In capitals: ``ITEMS``, or ``CURRENTUSER`` after IF."""
    column: str
    """In capitals."""
    operator: str
    """``IN``, ``NOT IN``, ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``."""
    values: tuple[FilterValue, ...]


@dataclass(frozen=True, slots=True)
class FilterExpression:
    """One ``INCLUDE ... WHERE ... IF ...``."""

    include: bool
    subject: str
    """``ITEMID``, ``USERID`` or ``ACTIONID``."""
    where: tuple[tuple[FilterCondition, ...], ...]
    """Any of these, of which all conditions hold: AND binds tighter than OR."""
    when: tuple[FilterCondition, ...] = ()
    """The conditions on the current user that must all hold, or else the expression does nothing."""

    def conditions(self) -> Iterator[FilterCondition]:
        for group in self.where:
            yield from group
        yield from self.when

    def placeholders(self) -> set[str]:
        """Names of the parameters that a request gives."""
        return {
            value.name for each in self.conditions() for value in each.values if isinstance(value, FilterPlaceholder)
        }


@dataclass(frozen=True, slots=True)
class Filter:
    """Expressions joined by ``|``."""

    text: str
    expressions: tuple[FilterExpression, ...]

    @property
    def subject(self) -> str:
        return self.expressions[0].subject

    def conditions(self) -> Iterator[FilterCondition]:
        for expression in self.expressions:
            yield from expression.conditions()

    def columns(self) -> set[tuple[str, str]]:
        """Datasets and columns that it names."""
        return {(each.dataset, each.column) for each in self.conditions()}

    @property
    def needs_current_item(self) -> bool:
        return any(isinstance(value, OfCurrentItem) for each in self.conditions() for value in each.values)

    @property
    def needs_user(self) -> bool:
        """Whether it asks who the user is: their events or their row."""
        return any(each.dataset in (*INTERACTIONS, CURRENT_USER) for each in self.conditions())
