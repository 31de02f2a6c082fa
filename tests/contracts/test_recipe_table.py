"""The client's table of recipes against the embedded Personalize: neither takes what the other refuses."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import personalize_sfn
from personalize_sfn import engine
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.training.recipe_features import training_rules
from personalize_sfn.local.personalize.training.recipes import RECIPES as SERVICE
from personalize_sfn.local.personalize.training.recipes import check_hyperparameters
from personalize_sfn.recipes import OFFERED, RECIPES

PARAMETERS = [(name, each) for name, recipe in RECIPES.items() for each in recipe.hyperparameters]
SERVED = {each.name: each for each in SERVICE}


def test_both_have_the_same_recipes():
    assert RECIPES.keys() == SERVED.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_takes_is_the_same(name: str):
    ours, rules, service = RECIPES[name], training_rules(name), SERVED[name]
    assert ours.objective == rules.objective
    assert ours.tunable == bool(rules.tunable)
    assert ours.needs_items == ("ITEMS" in rules.needs)
    assert (ours.answers == "use case") == (service.domain is not None)
    assert (ours.answers == "actions") == (service.type == "PERSONALIZED_ACTIONS")
    assert (ours.answers == "segments") == (service.type == "USER_SEGMENTATION")
    assert (ours.answers == "ranking") == (service.type == "PERSONALIZED_RANKING")
    assert ours.can_be_updated == rules.update_mode
    assert ours.needs_actions == ("ACTIONS" in rules.needs)
    if ours.answers != "use case":  # no option of a recommender's configuration here
        assert ours.exploration == service.exploration


@pytest.mark.parametrize("name", engine.RECIPES)
def test_the_recommender_has_no_hyperparameter_that_the_table_lacks(name: str):
    assert {each.name for each in RECIPES[name].hyperparameters} == set(engine.hyperparameters_of(name))


def values(each) -> tuple[list[str], list[str]]:
    """Texts that the hyperparameter takes, and texts that it does not."""
    if each.kind == "categorical":
        return list(each.values), ["", "maybe", "3"]
    low, default = f"{each.low:g}", each.default
    high = [] if each.high == float("inf") else [f"{each.high:g}"]
    beyond = [f"{each.low - 1:g}", *([f"{each.high + 1:g}"] if high else [])]
    return [low, default, *high], [*beyond, "", "x", "nan", "1e999", *(["0.5"] if each.kind == "integer" else [])]


@pytest.mark.parametrize(("recipe", "each"), PARAMETERS, ids=[f"{name}-{each.name}" for name, each in PARAMETERS])
def test_a_value_is_taken_by_both_or_by_none(recipe: str, each):
    taken, refused = values(each)
    for text in taken:
        check_hyperparameters(recipe, {each.name: text})
        assert each.text_of(text) == text
    for text in refused:
        with pytest.raises(AwsError) as raised:
            check_hyperparameters(recipe, {each.name: text})
        assert raised.value.code == "InvalidInputException"
        assert each.text_of(text) is None


def test_use_cases_are_no_solutions_and_nothing_else_is_a_recommender():
    for name, recipe in RECIPES.items():
        wanted = {"solutions": {"a": {"recipe": name}}}
        if recipe.answers == "use case":
            with pytest.raises(ConfigError, match=rf"solutions\.a\.recipe: {name} is a use case of a domain"):
                Config.from_dict(wanted)
        else:
            with pytest.raises(ConfigError, match=r"recommenders\.a\.recipe: expected a use case, one of aws-ecomm"):
                Config.from_dict({"domain": "ECOMMERCE", "recommenders": wanted["solutions"]})


def test_segments_are_trained_without_a_campaign_and_refused_with_one():
    segments = [name for name in OFFERED if RECIPES[name].answers == "segments"]
    assert segments == ["aws-item-affinity", "aws-item-attribute-affinity"]
    for name in segments:
        items = {"items": {"schema": schemas.items(schemas.field("GENRES", categorical=True))}}
        assert Config.from_dict({"solutions": {"a": {"recipe": name}}, "datasets": items}).campaigns == {}
        with pytest.raises(ConfigError, match=rf"solutions\.a\.campaign: Personalize makes no campaign of {name}, "):
            Config.from_dict({"solutions": {"a": {"recipe": name, "campaign": {}}}, "datasets": items})


def test_no_code_compares_the_name_of_a_recipe():
    """What only some recipes do is a column of a table."""
    compared = [
        f"{path.name}:{node.lineno}"
        for path in Path(personalize_sfn.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in RECIPES
    ]
    assert compared == []


def test_service_and_engine_agree_on_segments_of_attributes():
    by_attributes = [name for name, recipe in engine.RECIPES.items() if recipe.by_attributes]
    assert by_attributes == [name for name, recipe in SERVED.items() if recipe.by_attributes]
    assert by_attributes == [name for name, recipe in RECIPES.items() if recipe.by_attributes]
    assert by_attributes == ["aws-item-attribute-affinity"]
