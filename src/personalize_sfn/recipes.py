"""Amazon Personalize's recipes: what each answers, needs and can be told, known before anything is billed.

The facts are those of https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html (the page
of each recipe).  ``tests/contracts`` holds this table against the embedded Personalize.  Imports the standard library
only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Answers = Literal["user", "item", "ranking", "segments", "actions", "use case"]
"""What is asked: items for a user, items like an item, a list put in order, users, actions, a domain's use case."""


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """With its default and its range at AWS (which may differ from what the engine here takes as the default)."""

    name: str
    kind: Literal["integer", "continuous", "categorical"]
    default: str
    low: float = 0
    high: float = 1
    values: tuple[str, ...] = ()
    tunable: bool = False
    """Whether hyperparameter optimization may choose it."""
    featurization: bool = False
    """It belongs to ``featureTransformationParameters``, not to ``algorithmHyperParameters``."""

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        if self.kind == "categorical":
            return f"one of {', '.join(self.values)}"
        what = "a whole number" if self.kind == "integer" else "a number"
        if math.isinf(self.high):
            return f"{what} of at least {self.low:g}"
        return f"{what} from {self.low:g} to {self.high:g}"

    def text_of(self, value: object) -> str | None:
        """``value`` as Personalize takes it, which is always text; None for a value that it refuses.

        >>> Hyperparameter("bptt", "integer", "32", 2, 32).text_of(30)
        '30'
        """
        text = str(value).lower() if isinstance(value, bool) else value
        if self.kind == "categorical":
            found = text.lower() if isinstance(text, str) and set(self.values) == {"true", "false"} else text
            return found if isinstance(found, str) and found in self.values else None
        if isinstance(value, bool) or not isinstance(text, (str, int, float)):
            return None
        if isinstance(text, float) and text.is_integer() and abs(text) < 2**53:
            text = int(text)  # 30.0 means 30
        text = str(text) if not isinstance(text, int) or abs(text) < 10**20 else ""
        pattern = r"[+-]?[0-9]+" if self.kind == "integer" else r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
        if len(text) > 40 or not re.fullmatch(pattern, text):
            return None
        number = float(text)
        return text if self.low <= number <= self.high and math.isfinite(number) else None


_TRUTH = ("true", "false")


def _percentile(name: str, default: str) -> Hyperparameter:
    return Hyperparameter(name, "continuous", default, featurization=True)


def _hidden(default: int, *, tunable: bool = True) -> Hyperparameter:
    return Hyperparameter("hidden_dimension", "integer", str(default), 32, 256, tunable=tunable)


_SEQUENCE = (
    Hyperparameter("bptt", "integer", "32", 2, 32, tunable=True),
    Hyperparameter("recency_mask", "categorical", "true", values=_TRUTH, tunable=True),
)
_HISTORY = (
    _percentile("min_user_history_length_percentile", "0.0"),
    _percentile("max_user_history_length_percentile", "0.99"),
)
_RECENCY_BIAS = (Hyperparameter("apply_recency_bias", "categorical", "true", values=_TRUTH),)
_TRENDS = ("30 minutes", "1 hour", "2 hours", "3 hours", "1 day")
_NEW_ITEMS = (
    Hyperparameter("cold_start_max_interactions", "integer", "15", 1, math.inf, featurization=True),
    Hyperparameter("cold_start_max_duration", "continuous", "5.0", 0, math.inf, featurization=True),
    Hyperparameter(
        "cold_start_relative_from",
        "categorical",
        "latestItem",
        values=("currentTime", "latestItem"),
        featurization=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe by its name, as in its ARN."""

    name: str
    answers: Answers
    summary: str
    hyperparameters: tuple[Hyperparameter, ...] = ()
    objective: bool = False
    """Takes an objective beside relevance."""
    exploration: bool = False
    """Its campaigns take a configuration of exploration."""
    same_for_all: bool = False
    """Recommends the same to every user."""
    needs_items: bool = False
    """It cannot be trained without an Items dataset."""
    needs_item_name: bool = False
    """Its Items need one column with ``itemName: true``."""
    can_be_updated: bool = False
    """A version can be trained with ``trainingMode`` UPDATE: new items are added, what was learned stays."""
    by_attributes: bool = False
    """It is asked by attributes of items, not by an item."""
    needs_actions: bool = False
    """It cannot be trained without an Actions dataset."""
    batches: bool = True
    """Batch jobs answer by it: https://docs.aws.amazon.com/personalize/latest/dg/getting-batch-recommendations.html"""

    @property
    def tunable(self) -> bool:
        """Whether hyperparameter optimization (HPO) has anything to choose."""
        return any(each.tunable for each in self.hyperparameters)

    def hyperparameter(self, name: str) -> Hyperparameter | None:
        return next((each for each in self.hyperparameters if each.name == name), None)


_RECIPES = (
    Recipe(
        "aws-user-personalization-v2",
        "user",
        "Items for one user, out of a large catalogue, with all metadata: the default",
        _RECENCY_BIAS,
    ),
    Recipe(
        "aws-user-personalization",
        "user",
        "Items for one user, with exploration of new items",
        (_hidden(149), *_SEQUENCE, *_HISTORY),
        objective=True,
        exploration=True,
        can_be_updated=True,
    ),
    Recipe(
        "aws-popularity-count",
        "user",
        "The items with the most interactions, the same for every user",
        same_for_all=True,
    ),
    Recipe(
        "aws-trending-now",
        "user",
        "The items whose interactions grow fastest, the same for every user",
        (Hyperparameter("trend_discovery_frequency", "categorical", "2 hours", values=_TRENDS, featurization=True),),
        same_for_all=True,
        batches=False,
    ),
    Recipe(
        "aws-hrnn", "user", "Legacy: items for one user, by interactions alone", (_hidden(43), *_SEQUENCE, *_HISTORY)
    ),
    Recipe(
        "aws-hrnn-metadata",
        "user",
        "Legacy: as aws-hrnn, with metadata",
        (_hidden(43), *_SEQUENCE, *_HISTORY),
    ),
    Recipe(
        "aws-hrnn-coldstart",
        "user",
        "Legacy: as aws-hrnn-metadata, with new items",
        (_hidden(149), *_SEQUENCE, *_NEW_ITEMS, *_HISTORY),
        can_be_updated=True,
    ),
    Recipe(
        "aws-similar-items",
        "item",
        "Items like an item, by who interacted with them and by their metadata",
        (
            Hyperparameter("popularity_discount_factor", "continuous", "0.0"),
            Hyperparameter("item_id_hidden_dim", "integer", "100", 30, 200, tunable=True),
            Hyperparameter("item_metadata_hidden_dim", "integer", "100", 30, 200, tunable=True),
        ),
    ),
    Recipe(
        "aws-sims",
        "item",
        "Items that occur in the same users' histories as an item",
        (
            Hyperparameter("popularity_discount_factor", "continuous", "0.5", tunable=True),
            Hyperparameter("min_cointeraction_count", "integer", "3", 0, 10, tunable=True),
            _percentile("min_user_history_length_percentile", "0.005"),
            _percentile("max_user_history_length_percentile", "0.995"),
            _percentile("min_item_interaction_count_percentile", "0.01"),
            _percentile("max_item_interaction_count_percentile", "0.9"),
        ),
    ),
    Recipe(
        "aws-semantic-similarity",
        "item",
        "Items whose names and texts mean something like those of an item",
        needs_items=True,
        needs_item_name=True,
    ),
    Recipe("aws-personalized-ranking-v2", "ranking", "Puts a list of items in order for a user", _RECENCY_BIAS),
    Recipe(
        "aws-personalized-ranking",
        "ranking",
        "Puts a list of items in order for a user: the first version",
        (_hidden(149), *_SEQUENCE, *_HISTORY),
        objective=True,
    ),
    Recipe(
        "aws-item-affinity",
        "segments",
        "The users who are most likely to interact with an item",
        (_hidden(149, tunable=False),),
    ),
    Recipe(
        "aws-item-attribute-affinity",
        "segments",
        "The users who are most likely to interact with items that have an attribute",
        (_hidden(149, tunable=False),),
        needs_items=True,
        by_attributes=True,
    ),
    Recipe(
        "aws-next-best-action",
        "actions",
        "The actions that a user is most likely to take",
        (Hyperparameter("action_optimization_period", "integer", "14", 7, 28),),
        needs_actions=True,
        batches=False,
    ),
    Recipe("aws-ecomm-customers-who-viewed-x-also-viewed", "use case", "What those who viewed an item viewed besides"),
    Recipe("aws-ecomm-frequently-bought-together", "use case", "What is purchased together with an item"),
    Recipe("aws-ecomm-popular-items-by-purchases", "use case", "The items that are purchased most"),
    Recipe("aws-ecomm-popular-items-by-views", "use case", "The items that are viewed most"),
    Recipe("aws-ecomm-recommended-for-you", "use case", "Items for one user, without purchased ones"),
    Recipe("aws-vod-because-you-watched-x", "use case", "What those who watched a video watched besides"),
    Recipe("aws-vod-more-like-x", "use case", "Videos like a video", needs_items=True),
    Recipe("aws-vod-most-popular", "use case", "The videos that are watched most"),
    Recipe("aws-vod-top-picks", "use case", "Videos for one user", needs_items=True),
    Recipe("aws-vod-trending-now", "use case", "The videos whose interactions grow fastest"),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _RECIPES}

#: What a solution can have; use cases are recommenders'.
OFFERED: tuple[str, ...] = tuple(name for name, recipe in RECIPES.items() if recipe.answers != "use case")


def closest(name: str) -> str | None:
    """The name of a recipe that was probably meant.

    >>> closest("user_personalisation"), closest("arn:aws:personalize:::recipe/aws-sims"), closest("zzz")
    ('aws-user-personalization', 'aws-sims', None)
    """
    plain = re.sub(r"[\s_]+", "-", name.strip().lower().rsplit("/", 1)[-1])[:80]
    plain = plain if plain.startswith("aws-") else f"aws-{plain}"
    if plain in RECIPES:
        return plain
    return next(iter(get_close_matches(plain, RECIPES, n=1, cutoff=0.75)), None)
