"""What the tests of user personalization and its neighbours share."""

from __future__ import annotations

from personalize_sfn.engine import RECIPES
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.similar_items import RelatedItems
from personalize_sfn.engine.user_personalization import Personalization

__all__ = ["EVEN", "LEARNING", "OF_ITEMS", "OF_USERS", "PERSONAL", "RELATED", "camp", "ids"]


OF_USERS = [name for name, recipe in RECIPES.items() if recipe.model is Segments]
OF_ITEMS = [name for name in RECIPES if name not in OF_USERS]
PERSONAL = [name for name, recipe in RECIPES.items() if recipe.model is Personalization]
RELATED = [name for name, recipe in RECIPES.items() if recipe.model is RelatedItems]
LEARNING = PERSONAL + RELATED
EVEN = [f"item-{n}" for n in (0, 4, 8, 12, 16, 20)]


def ids(answer: list) -> list[str]:
    return [item.item_id for item in answer]


def camp(item_id: str) -> int:
    return int(item_id.removeprefix("item-")) % 2
