"""Hyperparameter optimisation as a solution's hpoConfig asks for it; the engine does the search.

https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.training.recipe_features import Choices, Tunable

if TYPE_CHECKING:
    from personalize_sfn.engine import Interactions, TrainingInput

DEFAULT_JOBS = 10
"""Trainings when hpoResourceConfig does not say; the first is that of the solution's own hyperparameters."""


@dataclass(frozen=True, slots=True)
class HpoConfig:
    """What hpoConfig asks for."""

    ranges: dict[str, Tunable]
    """By hyperparameter; empty for all that the recipe can tune, in its own ranges."""
    jobs: int = DEFAULT_JOBS

    @classmethod
    def of_config(cls, config: dict[str, Any], ranges: dict[str, Tunable]) -> HpoConfig:
        resources = config.get("hpoConfig", {}).get("hpoResourceConfig", {})
        return cls(ranges, int(resources.get("maxNumberOfTrainingJobs", DEFAULT_JOBS)))

    def on(
        self, recipe: str, hyperparameters: dict[str, str]
    ) -> Callable[[Interactions, TrainingInput], dict[str, str]]:
        """A search for that recipe: given data it answers the best values, as strings by name."""
        ranges = {name: _plain(range_) for name, range_ in self.ranges.items()}

        def search(data: Interactions, given: TrainingInput) -> dict[str, str]:
            from personalize_sfn.engine import tune

            return tune(recipe, data, ranges or None, self.jobs, given, hyperparameters=hyperparameters)[0]

        return search


def _plain(range_: Tunable) -> tuple[float, float] | tuple[str, ...]:
    return range_.values if isinstance(range_, Choices) else (range_.low, range_.high)
