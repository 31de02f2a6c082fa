"""The hyperparameters of the algorithms, as AWS documents them: what DescribeAlgorithm shows and what HPO may tune."""

from __future__ import annotations

from typing import Any

from personalize_sfn.recipes import RECIPES, Hyperparameter

__all__ = ["ALGORITHMS", "Hyperparameter", "ranged"]

#: By the algorithm's name, which is the recipe's; those that are not here have none.
ALGORITHMS: dict[str, tuple[Hyperparameter, ...]] = {
    name: found
    for name, recipe in RECIPES.items()
    if (found := tuple(each for each in recipe.hyperparameters if not each.featurization))
}


def ranged(each: Hyperparameter) -> dict[str, Any]:
    """What DescribeAlgorithm says of a hyperparameter's range."""
    range_: dict[str, Any] = {"name": each.name, "isTunable": each.tunable}
    if each.kind == "categorical":
        return range_ | {"values": list(each.values)}
    return range_ | {"minValue": each.low, "maxValue": each.high}
