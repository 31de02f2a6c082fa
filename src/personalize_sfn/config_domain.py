"""Recommenders of a configuration: the use cases of its domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, shown
from personalize_sfn.recipes import RECIPES

__all__ = ["RecommenderConfig", "domains"]


def _use_case(value: str) -> str | None:
    """A use case of a domain, for a recommender."""
    found = RECIPES.get(value)
    if found is not None and found.answers == "use case":
        return None
    use_cases = [each.name for each in RECIPES.values() if each.answers == "use case"]
    return f"expected a use case, one of {', '.join(use_cases)}, got {shown(value)}"


_DOMAIN_RECIPES = {"ECOMMERCE": "aws-ecomm-", "VIDEO_ON_DEMAND": "aws-vod-"}


def domains(config: Any) -> Iterator[ConfigProblem]:
    """Recommenders need a domain, and are of its use cases; actions need none.

    https://docs.aws.amazon.com/personalize/latest/dg/domain-dataset-groups.html
    """
    for key, each in config.recommenders.items():
        if key in config.solutions:
            yield ConfigProblem(
                f"recommenders.{key}", "expected a key that no solution has: requests name either by it"
            )
        where = f"recommenders.{key}.recipe"
        prefix = _DOMAIN_RECIPES.get(config.domain)
        if prefix is None:
            yield ConfigProblem(where, f"{each.recipe} needs a domain: add domain: ECOMMERCE or VIDEO_ON_DEMAND")
        elif not each.recipe.startswith(prefix):
            names = [name for name in RECIPES if name.startswith(prefix)]
            yield ConfigProblem(
                where, f"expected a use case of {config.domain}, one of {', '.join(names)}, got {each.recipe}"
            )
        if RECIPES[each.recipe].needs_items and config.datasets.items is None:
            yield ConfigProblem(where, f"{each.recipe} needs items: add datasets.items with a schema")
        if each.enable_metadata and config.datasets.items is None:
            yield ConfigProblem(f"recommenders.{key}.enable_metadata", "needs datasets.items")
    if config.domain is not None:
        for kind in ("actions", "action_interactions"):
            if getattr(config.datasets, kind) is not None:
                yield ConfigProblem(f"datasets.{kind}", f"a domain has no {kind}: remove it, or leave domain out")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommenderConfig(Checked):
    """A use case of a domain: trained and served by itself, and billed by the hour until it is deleted."""

    recipe: str
    """Name of the use case, as in its ARN: ``aws-ecomm-recommended-for-you``."""
    name: str | None = None
    """Default: ``<project>-<key>``."""
    min_rps: int = 1
    """Recommendation requests a second that are provisioned, and billed, at least."""
    enable_metadata: bool = False
    """Whether recommendations may carry item metadata (extra cost); needs ``datasets.items``."""

    _where = "recommender"
    _checks: ClassVar[Checks] = {
        "recipe": _use_case,
        "name": rules.resource_name,
        "min_rps": rules.between(1, None),
    }
