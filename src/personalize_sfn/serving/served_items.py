"""What an application shows, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

__all__ = ["ServedItem", "ServedItems", "items_of"]


class ServedItem(NamedTuple):
    """One item to show."""

    item_id: str
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


def items_of(answer: Mapping[str, Any], source: Literal["campaign", "fallback"]) -> tuple[ServedItem, ...]:
    """Those of an answer of GetRecommendations."""
    if source == "fallback":  # the scores are of another user
        return tuple(ServedItem(each["itemId"], None, source, each.get("metadata", {})) for each in answer["itemList"])
    return tuple(
        ServedItem(each["itemId"], each.get("score"), source, each.get("metadata", {})) for each in answer["itemList"]
    )
