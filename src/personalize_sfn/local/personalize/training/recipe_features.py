"""What CreateSolution and the training may do with each recipe: the features that differ from recipe to recipe.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html
https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html
https://docs.aws.amazon.com/personalize/latest/dg/automatic-training.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from personalize_sfn.local.personalize.training.hyperparameters import ALGORITHMS, Hyperparameter


@dataclass(frozen=True, slots=True)
class WholeNumbers:
    """The range of a hyperparameter that HPO may tune; both ends belong to it."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """As WholeNumbers, with fractions."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a categorical hyperparameter."""

    values: tuple[str, ...]


Tunable = WholeNumbers | Numbers | Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRules:
    """One recipe's; the defaults are those of a recipe that has none of the features."""

    tunable: dict[str, Tunable] = field(default_factory=dict)
    """Hyperparameters that HPO can tune; empty where the recipe has no HPO that can be configured."""
    weighted_events: bool = False
    """Takes eventsConfig."""
    objective: bool = False
    """Takes optimizationObjective."""
    update_mode: bool = False
    """Can be trained with trainingMode UPDATE."""
    automatic_updates: str = ""
    """What the newest fully trained version learns by itself: new ``ITEMS`` or ``ACTIONS`` every two hours, what
    ``TRENDS`` as often as the solution says and at least every two hours; empty for nothing."""
    incremental: bool = False
    """Takes performIncrementalUpdate."""
    ranking_influence: bool = False
    """Takes rankingInfluence in campaigns and batch inference jobs: the only recipe whose guide knows of it."""
    needs: tuple[str, ...] = ()
    """Dataset types besides Interactions without which a training fails."""
    retrained_every: float = 7 * 86400.0
    """Seconds from one full training of a recommender to the next."""
    interactions: tuple[str, ...] = ("INTERACTIONS",)
    """Dataset types whose new rows are a reason to train again."""


def _tunable(algorithm: str) -> dict[str, Tunable]:
    """What HPO may tune of an algorithm; it is called as its recipe."""
    return {each.name: _range(each) for each in ALGORITHMS[algorithm] if each.tunable}


def _range(parameter: Hyperparameter) -> Tunable:
    if parameter.kind == "categorical":
        return Choices(parameter.values)
    if parameter.kind == "integer":
        return WholeNumbers(int(parameter.low), int(parameter.high))
    return Numbers(float(parameter.low), float(parameter.high))


_RULES = {
    "aws-user-personalization-v2": TrainingRules(weighted_events=True, automatic_updates="ITEMS"),
    "aws-personalized-ranking-v2": TrainingRules(weighted_events=True),
    "aws-user-personalization": TrainingRules(
        tunable=_tunable("aws-user-personalization"), objective=True, update_mode=True, automatic_updates="ITEMS"
    ),
    "aws-personalized-ranking": TrainingRules(tunable=_tunable("aws-personalized-ranking"), objective=True),
    "aws-hrnn": TrainingRules(tunable=_tunable("aws-hrnn")),
    "aws-hrnn-metadata": TrainingRules(tunable=_tunable("aws-hrnn-metadata")),
    "aws-hrnn-coldstart": TrainingRules(tunable=_tunable("aws-hrnn-coldstart"), update_mode=True),
    "aws-similar-items": TrainingRules(tunable=_tunable("aws-similar-items")),
    "aws-sims": TrainingRules(tunable=_tunable("aws-sims")),
    "aws-trending-now": TrainingRules(automatic_updates="TRENDS"),
    "aws-semantic-similarity": TrainingRules(incremental=True, ranking_influence=True, needs=("ITEMS",)),
    "aws-item-attribute-affinity": TrainingRules(needs=("ITEMS",)),
    "aws-vod-more-like-x": TrainingRules(needs=("ITEMS",)),
    "aws-vod-trending-now": TrainingRules(retrained_every=2 * 3600.0),
    "aws-vod-top-picks": TrainingRules(automatic_updates="ITEMS", needs=("ITEMS",)),
    "aws-ecomm-recommended-for-you": TrainingRules(automatic_updates="ITEMS"),
    "aws-next-best-action": TrainingRules(
        automatic_updates="ACTIONS", needs=("ACTIONS",), interactions=("INTERACTIONS", "ACTION_INTERACTIONS")
    ),
}

AUTO_ML_RECIPES = ("aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart")
"""What performAutoML tries when autoMLConfig names no recipes."""


def training_rules(recipe_name: str) -> TrainingRules:
    """The rules of a recipe, by its name with ``aws-``."""
    return _RULES.get(recipe_name, TrainingRules())


def recipes_with(feature: str) -> str:
    """The names of the recipes that have a feature (a field of TrainingRules), for the text of a refusal."""
    return ", ".join(name for name, rules in _RULES.items() if getattr(rules, feature))
