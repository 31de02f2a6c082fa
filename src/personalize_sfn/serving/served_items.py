"""What an application shows, and where it came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

__all__ = ["ServedItem", "ServedItems", "items_of", "topped_up"]


class ServedItem(NamedTuple):
    """One item to show."""

    item_id: str
    """Of an answer of :meth:`Recommender.actions <personalize_sfn.serving.Recommender.actions>`: the action's."""
    score: float | None = None
    """Personalize's, between 0 and 1; some recipes give none, nor does a fallback."""
    source: Literal["campaign", "fallback"] = "campaign"
    metadata: Mapping[str, str] = MappingProxyType({})
    """The columns of Items that were asked for, by their names in lower case."""


@dataclass(frozen=True, slots=True)
class ServedItems:
    """The items for one page, best first."""

    items: tuple[ServedItem, ...]
    source: Literal["campaign", "topped up", "fallback", "none"]
    """``topped up``: the campaign gave too few, the rest is the fallback's.  ``none``: the campaign did not answer, and
    there is no fallback (yet)."""
    recommendation_id: str | None = None
    """For :meth:`EventSender.put <personalize_sfn.serving.EventSender.put>`; None: the campaign did not answer."""
    reason: str = field(default="", compare=False)
    """Why the campaign did not answer."""

    @property
    def item_ids(self) -> tuple[str, ...]:
        return tuple(item.item_id for item in self.items)


def items_of(
    found: Iterable[Mapping[str, Any]], source: Literal["campaign", "fallback"], id_member: str = "itemId"
) -> tuple[ServedItem, ...]:
    """Those that an answer lists; the scores of a fallback are of another user."""
    return tuple(
        ServedItem(
            each[id_member], None if source == "fallback" else each.get("score"), source, each.get("metadata", {})
        )
        for each in found
    )


def topped_up(
    found: Sequence[ServedItem], more: Sequence[ServedItem], wanted: int, without: Collection[str]
) -> tuple[ServedItem, ...]:
    """``found`` and as many of ``more`` as it takes, no item twice."""
    seen = {*without, *(each.item_id for each in found)}
    items = list(found)
    for each in more:
        if len(items) >= wanted:
            break
        if each.item_id not in seen:
            seen.add(each.item_id)
            items.append(each)
    return tuple(items)
