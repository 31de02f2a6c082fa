"""solutionConfig: what may be in it, with which recipe, over which datasets.

https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionConfig.html
https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config.html
"""

from __future__ import annotations

import re
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import schemas_of
from personalize_sfn.local.personalize.training.columns import NEVER_EXCLUDED, NUMBERS
from personalize_sfn.local.personalize.training.recipe_features import (
    Choices,
    Numbers,
    TrainingRules,
    Tunable,
    WholeNumbers,
    recipes_with,
    training_rules,
)
from personalize_sfn.local.personalize.training.recipes import check_hyperparameters
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members

MOST_TRAINING_JOBS, MOST_PARALLEL_JOBS = 40, 10
LONGEST_INTERVAL_DAYS = 30
DEFAULT_INTERVAL_DAYS = 7
_RANGES = (
    ("integerHyperParameterRanges", WholeNumbers),
    ("continuousHyperParameterRanges", Numbers),
    ("categoricalHyperParameterRanges", Choices),
)


def check_config(context: OperationContext, request: Members, recipe_name: str) -> None:
    """Does the solutionConfig of a CreateSolution request fit its recipe and its dataset group?

    Raises:
        AwsError: InvalidInputException.
    """
    config, rules = request.get("solutionConfig", {}), training_rules(recipe_name)
    if "eventValueThreshold" in config:
        if "eventType" not in request:
            raise invalid_input("eventValueThreshold needs an eventType")
        _number("eventValueThreshold", config["eventValueThreshold"])
    if "eventsConfig" in config:
        if "eventType" in request:
            raise invalid_input("eventType and solutionConfig.eventsConfig exclude each other: give one of them")
        check_events(config["eventsConfig"], recipe_name)
    check_hyperparameters(recipe_name, training_parameters(config))
    check_auto_training(config)
    if "hpoConfig" in config:
        _check_hpo(config["hpoConfig"], recipe_name, rules)
    if "trainingDataConfig" in config:
        check_columns(context, config["trainingDataConfig"], request["datasetGroupArn"])
    if "optimizationObjective" in config:
        _check_objective(context, config, recipe_name, request["datasetGroupArn"])


def training_parameters(config: dict[str, Any]) -> dict[str, str]:
    """A solution's hyperparameters, those of the feature transformation included."""
    return {**config.get("algorithmHyperParameters", {}), **config.get("featureTransformationParameters", {})}


def check_auto_training(config: dict[str, Any]) -> None:
    """Raises InvalidInputException unless the interval is one of 1 to 30 days."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    if expression is not None and not 1 <= interval_days(config) <= LONGEST_INTERVAL_DAYS:
        raise invalid_input(f"schedulingExpression: expected rate(1 day) to rate(30 days), got {expression}")


def interval_days(config: dict[str, Any]) -> int:
    """Days from one automatic training to the next."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    found = re.search(r"\d+", expression or "")
    return int(found[0]) if found else DEFAULT_INTERVAL_DAYS


def check_events(config: dict[str, Any], recipe_name: str) -> None:
    """Raises InvalidInputException when eventsConfig does not go with the recipe, or names an event twice or none."""
    if not training_rules(recipe_name).weighted_events:
        raise invalid_input(
            f"eventsConfig does not go with the recipe {recipe_name}, only with {recipes_with('weighted_events')}"
        )
    events = config.get("eventParametersList", [])
    if not events:
        raise invalid_input("eventsConfig.eventParametersList: expected 1 to 10 events, got none")
    names = [event.get("eventType") for event in events]
    for name in names:
        if not name:
            raise invalid_input("eventsConfig.eventParametersList: each event needs an eventType")
        if names.count(name) > 1:
            raise invalid_input(
                f"eventsConfig.eventParametersList: eventType {name} is there {names.count(name)} times"
            )


def hpo_ranges(config: dict[str, Any]) -> dict[str, Tunable]:
    """The ranges that hpoConfig gives, by hyperparameter; the recipe's own where it gives none."""
    given = config.get("hpoConfig", {}).get("algorithmHyperParameterRanges", {})
    ranges: dict[str, Tunable] = {}
    for key, kind in _RANGES:
        for entry in given.get(key, []):
            if kind is Choices:
                ranges[entry["name"]] = Choices(tuple(entry["values"]))
            elif kind is WholeNumbers:
                ranges[entry["name"]] = WholeNumbers(entry["minValue"], entry["maxValue"])
            else:
                ranges[entry["name"]] = Numbers(float(entry["minValue"]), float(entry["maxValue"]))
    return ranges


def _check_hpo(config: dict[str, Any], recipe_name: str, rules: TrainingRules) -> None:
    if config.get("hpoObjective"):
        raise invalid_input("hpoConfig.hpoObjective cannot be configured at this time: leave it out")
    resources = config.get("hpoResourceConfig", {})
    for name, most in (
        ("maxNumberOfTrainingJobs", MOST_TRAINING_JOBS),
        ("maxParallelTrainingJobs", MOST_PARALLEL_JOBS),
    ):
        text = resources.get(name, "1")
        if not re.fullmatch(r"\d{1,3}", text) or not 1 <= int(text) <= most:
            raise invalid_input(f"hpoResourceConfig.{name}: expected a whole number from '1' to '{most}', got {text!r}")
    given = config.get("algorithmHyperParameterRanges", {})
    for key, kind in _RANGES:
        members = ("values",) if kind is Choices else ("minValue", "maxValue")
        for entry in given.get(key, []):
            missing = [member for member in ("name", *members) if member not in entry]
            if missing:
                raise invalid_input(f"{key}: each range needs {', '.join(('name', *members))}; {missing[0]} is missing")
    for name, asked in hpo_ranges({"hpoConfig": config}).items():
        allowed = rules.tunable.get(name)
        if allowed is None:
            known = ", ".join(rules.tunable) or "none"
            raise invalid_input(f"HPO cannot tune {name!r} of the recipe {recipe_name}; what it can tune: {known}")
        if not _within(asked, allowed):
            raise invalid_input(f"HPO range of {name}: expected {_words(allowed)}, got {_words(asked)}")


def _within(asked: Tunable, allowed: Tunable) -> bool:
    if isinstance(asked, Choices) and isinstance(allowed, Choices):
        return bool(asked.values) and set(asked.values) <= set(allowed.values)
    if isinstance(asked, Choices) or isinstance(allowed, Choices) or type(asked) is not type(allowed):
        return False
    return allowed.low <= asked.low <= asked.high <= allowed.high


def _words(range_: Tunable) -> str:
    if isinstance(range_, Choices):
        return f"values of [{', '.join(range_.values)}]"
    kind = "whole numbers" if isinstance(range_, WholeNumbers) else "numbers"
    return f"{kind} from {range_.low} to {range_.high}"


def check_columns(context: OperationContext, config: dict[str, Any], group_arn: str) -> None:
    schemas = schemas_of(context, group_arn)
    excluded, included = (
        {kind.upper(): columns for kind, columns in config.get(name, {}).items()}
        for name in ("excludedDatasetColumns", "includedDatasetColumns")
    )
    both = sorted(excluded.keys() & included.keys())
    if both:
        raise invalid_input(f"trainingDataConfig: {both[0]} has both excluded and included columns: give one of them")
    for name, columns in {**excluded, **included}.items():
        schema = schemas.get(name)
        if schema is None:
            raise invalid_input(f"trainingDataConfig: the dataset group has no dataset of type {name}")
        for column in columns:
            if schema.field(column) is None:
                known = ", ".join(field.name for field in schema.fields)
                raise invalid_input(f"trainingDataConfig: {name} has no column {column}; it has {known}")
    for name, columns in excluded.items():
        for column in columns:
            if column in NEVER_EXCLUDED:
                raise invalid_input(f"trainingDataConfig: {column} of {name} cannot be excluded from training")


def _check_objective(context: OperationContext, config: dict[str, Any], recipe_name: str, group_arn: str) -> None:
    """The column must be one of numbers that cannot be null:

    https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
    """
    if not training_rules(recipe_name).objective:
        raise invalid_input(
            f"optimizationObjective does not go with the recipe {recipe_name}, only with {recipes_with('objective')}"
        )
    objective = config["optimizationObjective"]
    if objective.get("objectiveSensitivity", "OFF") == "OFF":
        return
    if "itemAttribute" not in objective:
        raise invalid_input("optimizationObjective: an objectiveSensitivity other than OFF needs an itemAttribute")
    column, schema = objective["itemAttribute"], schemas_of(context, group_arn).get("ITEMS")
    if schema is None:
        raise invalid_input("optimizationObjective: the dataset group has no dataset of type ITEMS")
    field = schema.field(column)
    if field is None:
        known = ", ".join(field.name for field in schema.fields)
        raise invalid_input(f"optimizationObjective: ITEMS has no column {column}; it has {known}")
    if field.type not in NUMBERS:
        raise invalid_input(f"optimizationObjective: {column} must be of a numerical type, it is of type {field.type}")
    if field.nullable:
        raise invalid_input(f"optimizationObjective: {column} must not be nullable in the schema of ITEMS")


def _number(name: str, text: str) -> None:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number:  # noqa: PLR0124 - not a number
        raise invalid_input(f"{name}: expected a number such as '3.5', got {text!r}")
