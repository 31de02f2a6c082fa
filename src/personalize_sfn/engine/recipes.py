"""The recipes that the engine trains: a table, and what is done with a row of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.errors import ConfigError

from .personalization import Personalization, PersonalizationOptions, PersonalizationV2Options
from .popularity import Popularity, PopularityOptions
from .related import RelatedItems, SimilarItemsOptions, SimsOptions


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe's name at Amazon Personalize, the class that trains it, and its hyperparameters."""

    name: str
    model: Any
    """A class with ``fit(interactions, options, seed=...)`` and ``from_arrays(interactions, arrays)``."""
    options: Any
    """A frozen dataclass; a field's default is the hyperparameter's, its metadata may hold the allowed ``range``."""


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("aws-user-personalization-v2", Personalization, PersonalizationV2Options),
        Recipe("aws-user-personalization", Personalization, PersonalizationOptions),
        Recipe("aws-personalized-ranking-v2", Personalization, PersonalizationV2Options),
        Recipe("aws-personalized-ranking", Personalization, PersonalizationOptions),
        Recipe("aws-popularity-count", Popularity, PopularityOptions),
        Recipe("aws-sims", RelatedItems, SimsOptions),
        Recipe("aws-similar-items", RelatedItems, SimilarItemsOptions),
    )
}


def recipe_named(name: str) -> Recipe:
    """The recipe of that name, with or without ``aws-``.  Raises `ConfigError` for one that is not in the table."""
    recipe = RECIPES.get(name) or RECIPES.get(f"aws-{name}")
    if recipe is None:
        raise ConfigError("recipe", f"{name!r} is not trained here; choose one of {', '.join(RECIPES)}")
    return recipe


def parse_options(recipe: str, hyperparameters: Mapping[str, str] | None = None) -> Any:
    """A recipe's options from hyperparameters as Amazon Personalize takes them: strings by name.

    Raises `ConfigError` for a name that the recipe does not have, a value that cannot be read, or one out of range.
    """
    options = recipe_named(recipe).options
    fields = {field.name: field for field in dataclasses.fields(options)}
    values: dict[str, Any] = {}
    for name, text in (hyperparameters or {}).items():
        where = f"hyperparameters.{name}"
        if name not in fields:
            raise ConfigError(where, f"{recipe} has no such hyperparameter; it has {', '.join(fields) or 'none'}")
        values[name] = _parsed(where, str(text), fields[name])
    return options(**values)


def _parsed(where: str, text: str, field: dataclasses.Field[Any]) -> bool | int | float:
    if isinstance(field.default, bool):
        if text.lower() not in ("true", "false"):
            raise ConfigError(where, f"expected true or false, got {text!r}")
        return text.lower() == "true"
    low, high = field.metadata["range"]
    kind: type[int | float] = int if isinstance(field.default, int) else float
    try:
        value: int | float = kind(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        what = "a whole number" if kind is int else "a number"
        raise ConfigError(where, f"expected {what} from {low} to {high}, got {text!r}")
    return value
