"""Hyperparameter optimisation: a seeded random search over the ranges of a solution, on a hold-out of its own.

https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.training import SEED, attributes_given
from personalize_sfn.local.personalize.training_rules import Choices, Tunable, WholeNumbers, training_rules

if TYPE_CHECKING:
    from personalize_sfn.engine import Interactions
    from personalize_sfn.engine.attributes import Attributes

DEFAULT_JOBS = 10
"""Trainings when hpoResourceConfig does not say; the first is always that of the solution's own hyperparameters."""
METRIC = "normalized_discounted_cumulative_gain_at_25"
_VALIDATION_SEED = SEED + 1
"""The users that HPO validates with are others than those of the version's metrics."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What hpoConfig asks for."""

    ranges: dict[str, Tunable]
    """By hyperparameter; empty for all that the recipe can tune, in its own ranges."""
    jobs: int = DEFAULT_JOBS

    @classmethod
    def of_config(cls, config: dict[str, Any], ranges: dict[str, Tunable]) -> Tuning:
        resources = config.get("hpoConfig", {}).get("hpoResourceConfig", {})
        return cls(ranges, int(resources.get("maxNumberOfTrainingJobs", DEFAULT_JOBS)))

    def on(
        self, recipe: str, hyperparameters: dict[str, str]
    ) -> Callable[[Interactions, Attributes | None, Attributes | None], dict[str, str]]:
        """A search for that recipe: given data, items and users it answers the best values, as strings by name."""
        ranges = self.ranges or training_rules(recipe).tunable

        def search(data: Interactions, items: Attributes | None, users: Attributes | None) -> dict[str, str]:
            from personalize_sfn.engine import evaluate

            about = attributes_given(items, users)
            draw = random.Random(SEED)  # noqa: S311 - a search, no secret
            best: tuple[float, dict[str, str]] | None = None
            tried: list[dict[str, str]] = []
            for job in range(self.jobs):
                values = _start(ranges, hyperparameters, recipe) if job == 0 else _drawn(ranges, draw)
                if values in tried:
                    continue
                tried.append(values)
                measured = evaluate(
                    recipe, data, hyperparameters=hyperparameters | values, seed=_VALIDATION_SEED, **about
                )
                if best is None or measured[METRIC] > best[0]:
                    best = measured[METRIC], values
            return best[1] if best is not None else {}

        return search


def _start(ranges: dict[str, Tunable], hyperparameters: dict[str, str], recipe: str) -> dict[str, str]:
    """The solution's own values, or the recipe's defaults, where they lie within the ranges."""
    from personalize_sfn.engine import parse_options

    options = parse_options(recipe, hyperparameters)
    return {name: _within(range_, getattr(options, name)) for name, range_ in ranges.items()}


def _within(range_: Tunable, value: Any) -> str:
    if isinstance(range_, Choices):
        text = str(value).lower()
        return text if text in range_.values else range_.values[0]
    return str(min(max(value, range_.low), range_.high))


def _drawn(ranges: dict[str, Tunable], draw: random.Random) -> dict[str, str]:
    return {name: _one(range_, draw) for name, range_ in ranges.items()}


def _one(range_: Tunable, draw: random.Random) -> str:
    if isinstance(range_, Choices):
        return draw.choice(range_.values)
    if isinstance(range_, WholeNumbers):
        return str(draw.randint(range_.low, range_.high))
    return str(round(draw.uniform(range_.low, range_.high), 6))
