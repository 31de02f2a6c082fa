"""The hyperparameters of the algorithms, as AWS documents them: what DescribeAlgorithm shows and what HPO may tune.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html (the page of each recipe)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """With its default and its range at AWS (which may differ from what the engine here takes as the default)."""

    name: str
    kind: str
    """``integer``, ``continuous`` or ``categorical``."""
    default: str
    low: float = 0
    high: float = 1
    values: tuple[str, ...] = ()
    tunable: bool = False

    def ranged(self) -> dict[str, Any]:
        range_: dict[str, Any] = {"name": self.name, "isTunable": self.tunable}
        if self.kind == "categorical":
            return range_ | {"values": list(self.values)}
        return range_ | {"minValue": self.low, "maxValue": self.high}


_TRUTH = ("true", "false")


def _hidden(default: int, *, tunable: bool = True) -> Hyperparameter:
    return Hyperparameter("hidden_dimension", "integer", str(default), 32, 256, tunable=tunable)


_SEQUENCE = (
    Hyperparameter("bptt", "integer", "32", 2, 32, tunable=True),
    Hyperparameter("recency_mask", "categorical", "true", values=_TRUTH, tunable=True),
)
_RECENCY_BIAS = (Hyperparameter("apply_recency_bias", "categorical", "true", values=_TRUTH),)

#: By the algorithm's name; those that are not here have none.
ALGORITHMS: dict[str, tuple[Hyperparameter, ...]] = {
    "aws-user-personalization-v2": _RECENCY_BIAS,
    "aws-personalized-ranking-v2": _RECENCY_BIAS,
    "aws-user-personalization": (_hidden(149), *_SEQUENCE),
    "aws-personalized-ranking": (_hidden(149), *_SEQUENCE),
    "aws-hrnn": (_hidden(43), *_SEQUENCE),
    "aws-hrnn-metadata": (_hidden(43), *_SEQUENCE),
    "aws-hrnn-coldstart": (_hidden(149), *_SEQUENCE),
    "aws-similar-items": (
        Hyperparameter("popularity_discount_factor", "continuous", "0.0"),
        Hyperparameter("item_id_hidden_dim", "integer", "100", 30, 200, tunable=True),
        Hyperparameter("item_metadata_hidden_dim", "integer", "100", 30, 200, tunable=True),
    ),
    "aws-sims": (
        Hyperparameter("popularity_discount_factor", "continuous", "0.5", tunable=True),
        Hyperparameter("min_cointeraction_count", "integer", "3", 0, 10, tunable=True),
    ),
    "aws-item-affinity": (_hidden(149, tunable=False),),
    "aws-item-attribute-affinity": (_hidden(149, tunable=False),),
    "aws-next-best-action": (Hyperparameter("action_optimization_period", "integer", "14", 7, 28),),
}
