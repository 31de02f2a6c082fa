"""Solutions of a configuration and their campaigns, and what AWS would refuse of them after the import was paid for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, Rules, Stated, shown
from personalize_sfn.recipes import OFFERED, RECIPES, closest

__all__ = [
    "CampaignConfig",
    "ObjectiveConfig",
    "SolutionConfig",
    "events_need_columns",
    "for_you",
    "metadata_needs_items",
    "objectives",
    "recipes_need_data",
]


def _recipe(value: str) -> str | None:
    """A recipe that a pipeline can be deployed with."""
    found = RECIPES.get(value)
    if found is None:
        meant = closest(value)
        hint = f"did you mean {meant}?" if meant else f"the recipes are {', '.join(OFFERED)}"
        return f"expected a recipe's name such as aws-user-personalization-v2, got {shown(value)}; {hint}"
    if found.answers == "use case":
        return f"{value} is a use case of a domain, which is served by a recommender: put it under recommenders"
    return None


_RECIPE = Stated(_recipe, {"enum": [*OFFERED]})


def _no_automatic_training(value: int) -> str | None:
    return (
        f"expected null, got {value}: automatic training is not offered for now. It would train, and bill, every "
        "time, and nothing would serve the new versions; train with run(session, config), or 'personalize-sfn run'"
    )


def _threshold_needs_event_type(solution: Any) -> Iterator[ConfigProblem]:
    if solution.event_value_threshold is not None and solution.event_type is None:
        yield ConfigProblem(
            "event_value_threshold",
            "needs event_type as well: Personalize applies the threshold to events of one type",
        )


def _known_hyperparameters(solution: Any) -> Iterator[ConfigProblem]:
    """Those of the recipe, each in its range."""
    found = RECIPES[solution.recipe]
    names = [each.name for each in found.hyperparameters]
    for name, value in solution.hyperparameters.items():
        known = found.hyperparameter(name)
        where = f"hyperparameters.{name}"
        if known is None:
            meant = rules.closest_of(name, names)
            hint = f"did you mean {meant}?" if meant else f"it has {', '.join(names) or 'none'}"
            yield ConfigProblem(where, f"{found.name} has no such hyperparameter; {hint}")
        elif known.text_of(value) is None:
            yield ConfigProblem(where, f"expected {known.expected}, got {shown(value)}")


def _percentiles(solution: Any) -> Iterator[ConfigProblem]:
    """Between the least and the most there is something left to train on."""
    found = RECIPES[solution.recipe]
    for name, value in solution.hyperparameters.items():
        least, most = found.hyperparameter(name), found.hyperparameter(name.replace("min_", "max_", 1))
        if least is None or most is None or least is most:
            continue
        low, high = least.text_of(value), most.text_of(solution.hyperparameters.get(most.name, most.default))
        if low is not None and high is not None and float(low) > float(high):
            default = "" if most.name in solution.hyperparameters else ", its default"
            yield ConfigProblem(
                f"hyperparameters.{name}", f"expected at most {most.name} ({high}{default}), got {shown(value)}"
            )


def _tunable(solution: Any) -> Iterator[ConfigProblem]:
    """Only some recipes have something that can be optimized; CreateSolution refuses the others after the import."""
    if solution.perform_hpo and not RECIPES[solution.recipe].tunable:
        tunable = [name for name in OFFERED if RECIPES[name].tunable]
        yield ConfigProblem(
            "perform_hpo",
            f"{solution.recipe} has no hyperparameter that can be optimized, only {', '.join(tunable)} have: "
            "leave it out, or choose one of these",
        )


def _recipes_with(feature: str) -> list[str]:
    return [each.name for each in RECIPES.values() if getattr(each, feature)]


def _exploration(solution: Any) -> Iterator[ConfigProblem]:
    """Only some recipes' campaigns explore by a setting."""
    exploring = _recipes_with("exploration")
    for name in ("exploration_weight", "exploration_item_age_cut_off_days"):
        if getattr(solution.campaign, name, None) is not None and solution.recipe not in exploring:
            yield ConfigProblem(
                f"campaign.{name}",
                f"only the recipe {' or '.join(exploring)} takes it, the recipe is {solution.recipe}",
            )


def _recipe_has_campaigns(solution: Any) -> Iterator[ConfigProblem]:
    """Segments of users are asked for in batches only."""
    if solution.campaign is not None and RECIPES[solution.recipe].answers == "segments":
        yield ConfigProblem(
            "campaign",
            f"Personalize makes no campaign of {solution.recipe}, which answers segments of users: leave it out, and "
            "ask by a batch",
        )


def objectives(config: Any) -> Iterator[ConfigProblem]:
    """Only some recipes take one, and it is a column of numbers that are always there.

    https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
    """
    taking = _recipes_with("objective")
    for key, solution in config.solutions.items():
        wanted, where = solution.objective, f"solutions.{key}.objective"
        if wanted is None:
            continue
        if solution.recipe not in taking:
            text = f"only the recipes {' and '.join(taking)} take one, the recipe is {solution.recipe}"
            yield ConfigProblem(where, text)
            continue
        items = config.datasets.items
        found = {} if items is None else rules.columns(items.schema)
        numbers = [name for name, each in found.items() if each.get("type") in ("int", "long", "float", "double")]
        if wanted.item_attribute not in numbers:
            yield ConfigProblem(
                f"{where}.item_attribute",
                f"expected a column of datasets.items that holds numbers and is never null, "
                f"got {shown(wanted.item_attribute)}; there are {', '.join(numbers) or 'none'}",
            )


def events_need_columns(config: Any) -> Iterator[ConfigProblem]:
    """Without the column no event is of the type, or reaches the threshold, and the training fails."""
    there = rules.columns(config.datasets.interactions.schema)
    for key, solution in config.solutions.items():
        for name, column in (("event_type", "EVENT_TYPE"), ("event_value_threshold", "EVENT_VALUE")):
            if getattr(solution, name) is not None and column not in there:
                yield ConfigProblem(
                    f"solutions.{key}.{name}",
                    f"needs a column {column} in datasets.interactions.schema: add it, or leave {name} out",
                )


def metadata_needs_items(config: Any) -> Iterator[ConfigProblem]:
    """Recommendations with metadata cost more; without items there is none."""
    for key, campaign in config.campaigns.items():
        if campaign.enable_metadata and config.datasets.items is None:
            yield ConfigProblem(
                f"solutions.{key}.campaign.enable_metadata",
                "needs datasets.items: recommendations carry columns of items; add it, or leave enable_metadata out",
            )


def recipes_need_data(config: Any) -> Iterator[ConfigProblem]:
    """What the recipe is trained on beside interactions is there."""
    for key, solution in config.solutions.items():
        found, items = RECIPES[solution.recipe], config.datasets.items
        where = f"solutions.{key}.recipe"
        if found.needs_actions and config.datasets.actions is None:
            yield ConfigProblem(where, f"{found.name} needs actions: add datasets.actions with a schema")
        if found.needs_items and items is None:
            yield ConfigProblem(where, f"{found.name} needs items: add datasets.items with a schema")
        elif found.needs_item_name and not any(each.get("itemName") for each in rules.columns(items.schema).values()):
            yield ConfigProblem(
                where,
                f"{found.name} needs one column of datasets.items.schema that holds the items' names: add itemName: "
                "true",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveConfig(Checked):
    """What recommendations are to bring besides being relevant: Personalize's optimizationObjective."""

    item_attribute: str
    """A column of the Items schema that holds numbers and cannot be null, such as PRICE: the more the better."""
    sensitivity: Literal["LOW", "MEDIUM", "HIGH"] = "MEDIUM"
    """How much it counts against relevance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignConfig(Checked):
    """The campaign that serves recommendations: billed by the hour from when it is ACTIVE until it is deleted."""

    name: str | None = None
    """Default: ``<project>-<key of the solution>``."""
    min_provisioned_tps: int = 1
    """Transactions a second that are provisioned, and billed, at least."""
    exploration_weight: float | None = None
    """0 (none) to 1; recipe aws-user-personalization only."""
    exploration_item_age_cut_off_days: int | None = None
    """Items younger than this are explored: aws-user-personalization only."""
    enable_metadata: bool = False
    """Whether recommendations may carry item metadata (extra cost); needs ``datasets.items``."""

    _where = "campaign"
    _checks: ClassVar[Checks] = {
        "name": rules.resource_name,
        "min_provisioned_tps": rules.between(1, None),
        "exploration_weight": rules.between(0, 1),
        "exploration_item_age_cut_off_days": rules.between(1, None, " day"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionConfig(Checked):
    """The recipe and how it is trained."""

    recipe: str = "aws-user-personalization-v2"
    """Name of the recipe, as in its ARN."""
    name: str | None = None
    """Default: ``<project>-<key>-<recipe without aws->``, so that another recipe makes another solution."""
    campaign: CampaignConfig | None = None
    """What serves it.  None: nothing does, so nothing is billed by the hour; batch jobs read it all the same."""
    hyperparameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """The recipe's, by name: numbers, true or false, or text; Personalize gets every value as text."""
    perform_hpo: bool = False
    """Try several hyperparameters and take the best; it is billed, and only some recipes can."""
    event_type: str | None = None
    """Train on interactions of this EVENT_TYPE only.  None: on all."""
    event_value_threshold: float | None = None
    """Only events whose EVENT_VALUE is at least this are used; needs ``event_type`` and a column EVENT_VALUE."""
    auto_training_days: int | None = None
    """None: never (Personalize's own default is every 7 days, and each training is billed).  Nothing else is offered
    for now: nothing would serve the versions that are trained."""
    objective: ObjectiveConfig | None = None
    """Recipes aws-user-personalization and aws-personalized-ranking only."""

    _where = "solution"
    _checks: ClassVar[Checks] = {
        "recipe": _RECIPE,
        "name": rules.resource_name,
        "event_type": rules.event_type,
        "auto_training_days": _no_automatic_training,
    }
    _rules: ClassVar[Rules] = (
        _threshold_needs_event_type,
        _known_hyperparameters,
        _percentiles,
        _tunable,
        _recipe_has_campaigns,
        _exploration,
    )

    @property
    def hyperparameter_texts(self) -> dict[str, str]:
        """The hyperparameters as Personalize takes them: every value a text."""
        recipe = RECIPES[self.recipe]
        found = {name: recipe.hyperparameter(name) for name in self.hyperparameters}
        texts = {name: known.text_of(self.hyperparameters[name]) for name, known in found.items() if known is not None}
        return {name: text for name, text in texts.items() if text is not None}


def for_you() -> Mapping[str, SolutionConfig]:
    """What a configuration that says nothing of solutions has."""
    return {"for-you": SolutionConfig(campaign=CampaignConfig())}
