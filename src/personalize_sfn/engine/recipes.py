"""The recipes that the engine trains: a table, and what is done with a row of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.engine.actions import ActionOptions, Actions
from personalize_sfn.engine.hrnn import HrnnColdstartOptions, HrnnOptions
from personalize_sfn.engine.popularity import Popularity, PopularityOptions
from personalize_sfn.engine.segments import SegmentOptions, Segments
from personalize_sfn.engine.similar_items import RelatedItems, SimilarItemsOptions, SimsOptions
from personalize_sfn.engine.trending import Trending, TrendingOptions
from personalize_sfn.engine.user_personalization import (
    Personalization,
    PersonalizationOptions,
    PersonalizationV2Options,
)
from personalize_sfn.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRecipe:
    """A recipe's name at Amazon Personalize, the class that trains it, and its hyperparameters."""

    name: str
    model: Any
    """A class with ``fit(interactions, options, seed=...)`` and ``from_arrays(interactions, arrays)``."""
    options: Any
    """A frozen dataclass; a field's default is the hyperparameter's, its metadata may hold the allowed ``range`` or
    ``values``, ``tunable`` where hyperparameter optimisation may choose it, and ``unread`` where no model reads it."""
    metadata: tuple[str, ...] = ()
    """Which metadata its ``fit`` takes: Attributes of ``items`` and ``users``, the ``context`` of events."""
    objective: bool = False
    """Whether its ``fit`` takes an objective beside relevance."""
    use_case: bool = False
    """A use case of a domain: it takes no hyperparameters."""
    by_attributes: bool = False
    """Whether its segments are of items that have an attribute, not of one item."""
    event_type: str | None = None
    """The EVENT_TYPE that a use case is about: the caller passes only those events to `fit`.  None for all."""
    leaves_out: str | None = None
    """The EVENT_TYPE of a user's events whose items a use case leaves out of the answers: the caller masks them."""


_ALL = ("items", "users", "context")
_V1: dict[str, Any] = {
    "model": Personalization,
    "options": PersonalizationOptions,
    "metadata": _ALL,
    "objective": True,
}
_V2: dict[str, Any] = {"model": Personalization, "options": PersonalizationV2Options, "metadata": _ALL}
_POPULAR: dict[str, Any] = {"model": Popularity, "options": PopularityOptions}
_SIMILAR: dict[str, Any] = {"model": RelatedItems, "options": SimilarItemsOptions}
_SEGMENTS: dict[str, Any] = {"model": Segments, "options": SegmentOptions, "metadata": ("items",)}
_USE_CASE: dict[str, Any] = {"use_case": True}

# What use cases are about: https://docs.aws.amazon.com/personalize/latest/dg/domain-use-cases.html
RECIPES = {
    recipe.name: recipe
    for recipe in (
        EngineRecipe(name="aws-user-personalization-v2", **_V2),
        EngineRecipe(name="aws-user-personalization", **_V1),
        EngineRecipe(name="aws-personalized-ranking-v2", **_V2),
        EngineRecipe(name="aws-personalized-ranking", **_V1),
        EngineRecipe(name="aws-hrnn", model=Personalization, options=HrnnOptions),
        EngineRecipe(name="aws-hrnn-metadata", model=Personalization, options=HrnnOptions, metadata=_ALL),
        EngineRecipe(name="aws-hrnn-coldstart", model=Personalization, options=HrnnColdstartOptions, metadata=_ALL),
        EngineRecipe(name="aws-popularity-count", **_POPULAR),
        EngineRecipe(name="aws-trending-now", model=Trending, options=TrendingOptions),
        EngineRecipe(name="aws-sims", model=RelatedItems, options=SimsOptions),
        EngineRecipe(name="aws-similar-items", **_SIMILAR),
        EngineRecipe(name="aws-item-affinity", **_SEGMENTS),
        EngineRecipe(name="aws-item-attribute-affinity", **_SEGMENTS, by_attributes=True),
        EngineRecipe(name="aws-next-best-action", model=Actions, options=ActionOptions, metadata=("items",)),
        EngineRecipe(name="aws-ecomm-popular-items-by-views", **_POPULAR, **_USE_CASE, event_type="View"),
        EngineRecipe(name="aws-ecomm-popular-items-by-purchases", **_POPULAR, **_USE_CASE, event_type="Purchase"),
        EngineRecipe(name="aws-ecomm-frequently-bought-together", **_SIMILAR, **_USE_CASE, event_type="Purchase"),
        EngineRecipe(
            name="aws-ecomm-customers-who-viewed-x-also-viewed",
            **_SIMILAR,
            **_USE_CASE,
            event_type="View",
            leaves_out="Purchase",
        ),
        EngineRecipe(name="aws-ecomm-recommended-for-you", **_V2, **_USE_CASE, leaves_out="Purchase"),
        EngineRecipe(
            name="aws-vod-because-you-watched-x", **_SIMILAR, **_USE_CASE, event_type="Watch", leaves_out="Watch"
        ),
        EngineRecipe(name="aws-vod-more-like-x", **_SIMILAR, **_USE_CASE, leaves_out="Watch"),
        EngineRecipe(name="aws-vod-most-popular", **_POPULAR, **_USE_CASE, event_type="Watch"),
        EngineRecipe(name="aws-vod-top-picks", **_V2, **_USE_CASE, leaves_out="Watch"),
        EngineRecipe(name="aws-vod-trending-now", model=Trending, options=TrendingOptions, **_USE_CASE),
    )
}

REFUSED = {
    "aws-semantic-similarity": "it compares the texts of items by a large language model, and counting cannot; "
    "aws-similar-items trains here on interactions",
}
"""Recipes of the service that are not trained, and why."""


def recipe_named(name: str) -> EngineRecipe:
    """The recipe of that name, with or without ``aws-``.  Raises `ConfigError` for one that is not in the table."""
    recipe = RECIPES.get(name) or RECIPES.get(f"aws-{name}")
    if recipe is None:
        why = REFUSED.get(name) or REFUSED.get(f"aws-{name}")
        reason = f": {why}" if why else f"; choose one of {', '.join(RECIPES)}"
        raise ConfigError("recipe", f"{name!r} is not trained here{reason}")
    return recipe


def hyperparameters_of(recipe: str) -> dict[str, dataclasses.Field[Any]]:
    """A recipe's hyperparameters by name, as the fields of its options."""
    found = recipe_named(recipe)
    return {} if found.use_case else {field.name: field for field in dataclasses.fields(found.options)}


def parse_options(recipe: str, hyperparameters: Mapping[str, str] | None = None) -> Any:
    """A recipe's options from hyperparameters as Amazon Personalize takes them: strings by name.

    Raises `ConfigError` for a name that the recipe does not have, a value that cannot be read, or one out of range.
    """
    fields = hyperparameters_of(recipe)
    values: dict[str, Any] = {}
    for name, text in (hyperparameters or {}).items():
        where = f"hyperparameters.{name}"
        if name not in fields:
            raise ConfigError(where, f"{recipe} has no such hyperparameter; it has {', '.join(fields) or 'none'}")
        values[name] = _parsed(where, str(text), fields[name])
    return recipe_named(recipe).options(**values)


def _parsed(where: str, text: str, field: dataclasses.Field[Any]) -> bool | int | float | str:
    if isinstance(field.default, bool):
        if text.lower() not in ("true", "false"):
            raise ConfigError(where, f"expected true or false, got {text!r}")
        return text.lower() == "true"
    if "values" in field.metadata:
        if text not in field.metadata["values"]:
            raise ConfigError(where, f"expected one of {', '.join(field.metadata['values'])}, got {text!r}")
        return text
    low, high = field.metadata["range"]
    kind: type[int | float] = int if isinstance(field.default, int) else float
    try:
        value: int | float = kind(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high or value == float("inf"):
        what = "a whole number" if kind is int else "a number"
        limits = f"from {low} to {high}" if high < float("inf") else f"of at least {low}"
        raise ConfigError(where, f"expected {what} {limits}, got {text!r}")
    return value
