"""Tests of ``config_solutions``: what the configuration of solutions and their campaigns refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused
from personalize_sfn.config import Config
from personalize_sfn.datasets.schemas import field, items

WRONG = [
    ({"solutions": {"for-you": {"recipe": "My Recipe"}}}, "solutions.for-you.recipe", "got 'My Recipe'"),
    (
        {"solutions": {"for-you": {"perform_hpo": True}}},
        "solutions.for-you.perform_hpo",
        "aws-user-personalization-v2 has no hyperparameter that can be optimized, only aws-user-personalization, ",
    ),
    (
        {"solutions": {"for-you": {"recipe": "aws-popularity-count", "perform_hpo": True}}},
        "solutions.for-you.perform_hpo",
        "aws-popularity-count has no hyperparameter that can be optimized",
    ),
    (
        {"solutions": {"for-you": {"recipe": "user-personalization"}}},
        "solutions.for-you.recipe",
        "such as aws-user-personalization-v2",
    ),
    (
        {"solutions": {"for-you": {"auto_training_days": 7}}},
        "solutions.for-you.auto_training_days",
        "expected null, got 7: automatic training is not offered for now. It would train, and bill, every time, and "
        "nothing would serve the new versions",
    ),
    (
        {"solutions": {"for-you": {"event_value_threshold": 3.5}}},
        "solutions.for-you.event_value_threshold",
        "needs event_type as well: Personalize applies the threshold to events of one type",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"min_provisioned_tps": 0}}}},
        "solutions.for-you.campaign.min_provisioned_tps",
        "expected at least 1, got 0",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"min_provisioned_tps": "1"}}}},
        "solutions.for-you.campaign.min_provisioned_tps",
        "expected int, got '1'",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"min_provisioned_tps": True}}}},
        "solutions.for-you.campaign.min_provisioned_tps",
        "expected int, got True",
    ),
    (
        {"solutions": {"for-you": {"campagne": {}}}},
        "solutions.for-you.campagne",
        "unknown field; did you mean campaign?",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"tps": 1}}}},
        "solutions.for-you.campaign.tps",
        "unknown field; expected one of name, min_provisioned_tps",
    ),
    ({"solutions": {"for-you": {"campaign": 3}}}, "solutions.for-you.campaign", "expected a mapping, got 3"),
    ({"solutions": {}}, "solutions", "expected at least one, such as 'for-you: {campaign: {}}'"),
    ({"solutions": None}, "solutions", "expected a mapping, got nothing"),
    (
        {"solutions": {"For You": {}, "ok": {}}},
        "solutions.'For You'",
        "expected a key of up to 30 lower-case letters, digits and -, starting with a letter, got 'For You'",
    ),
    ({"solutions": {"k" * 31: {}}}, f"solutions.'{'k' * 31}'", "expected a key of up to 30 lower-case letters"),
    ({"solutions": {"7": {}}}, "solutions.'7'", "starting with a letter, got '7'"),
    ({"solutions": {"a.b": {}}}, "solutions.'a.b'", "got 'a.b'"),
    ({"solutions": {"a'b": {}}}, 'solutions."a\'b"', "expected a key of up to 30 lower-case letters"),
    ({"solutions": {"x": None}}, "solutions.x", "expected a mapping, got nothing"),
    (
        {"solutions": {"a": {}, "b": {"name": "personalize-sfn-a-user-personalization-v2"}}},
        "solutions.b.name",
        "expected a name of its own, got personalize-sfn-a-user-personalization-v2, which solutions.a has",
    ),
    (
        {"solutions": {"a": {"campaign": {}}, "b": {"campaign": {"name": "personalize-sfn-a"}}}},
        "solutions.b.campaign.name",
        "expected a name of its own, got personalize-sfn-a, which solutions.a has",
    ),
    (
        {"project": "p" * 28, "solutions": {"k" * 30: {}}},
        f"solutions.{'k' * 30}.name",
        "expected at most 63 characters, got 83: choose a shorter key, or give it a name",
    ),
    (
        {"solutions": {"vip": {"recipe": "aws-item-affinity", "campaign": {}}}},
        "solutions.vip.campaign",
        "Personalize makes no campaign of aws-item-affinity, which answers segments of users: leave it out, and ask by "
        "a batch",
    ),
    (
        {"solutions": {"for-you": {"name": "n" * 64}}},
        "solutions.for-you.name",
        "expected at most 63 characters, got 64",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"exploration_weight": 0.3}}}},
        "solutions.for-you.campaign.exploration_weight",
        "only the recipe aws-user-personalization takes it, the recipe is aws-user-personalization-v2",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"exploration_item_age_cut_off_days": 3}}}},
        "solutions.for-you.campaign.exploration_item_age_cut_off_days",
        "only the recipe aws-user-personalization takes it",
    ),
    (
        {"solutions": {"for-you": {"objective": {"item_attribute": "PRICE"}}}},
        "solutions.for-you.objective",
        "only the recipes aws-user-personalization and aws-personalized-ranking take one, the recipe is "
        "aws-user-personalization-v2",
    ),
    (
        {"solutions": {"for-you": {"recipe": "aws-user-personalization", "objective": {"item_attribute": "PRICE"}}}},
        "solutions.for-you.objective.item_attribute",
        "expected a column of datasets.items that holds numbers and is never null, got 'PRICE'; there are none",
    ),
    (
        {
            "solutions": {"for-you": {"recipe": "aws-personalized-ranking", "objective": {"item_attribute": "YEAR"}}},
            "datasets": {"items": {"schema": items(field("YEAR", "int", nullable=True), field("PRICE", "float"))}},
        },
        "solutions.for-you.objective.item_attribute",
        "got 'YEAR'; there are PRICE",
    ),
    (
        {"solutions": {"for-you": {"objective": {"item_attribute": "PRICE", "sensitivity": "OFF"}}}},
        "solutions.for-you.objective.sensitivity",
        "expected one of LOW, MEDIUM, HIGH, got 'OFF'",
    ),
    (
        {"solutions": {"for-you": {"event_type": "buy", "event_value_threshold": 3.5}}},
        "solutions.for-you.event_value_threshold",
        "needs a column EVENT_VALUE in datasets.interactions.schema: add it, or leave event_value_threshold out",
    ),
    (
        {
            "solutions": {
                "for-you": {
                    "recipe": "aws-sims",
                    "hyperparameters": {
                        "min_user_history_length_percentile": 0.6,
                        "max_user_history_length_percentile": "0.5",
                    },
                }
            }
        },
        "solutions.for-you.hyperparameters.min_user_history_length_percentile",
        "expected at most max_user_history_length_percentile (0.5), got 0.6",
    ),
    (
        {
            "solutions": {
                "for-you": {"recipe": "aws-sims", "hyperparameters": {"min_item_interaction_count_percentile": 0.95}}
            }
        },
        "solutions.for-you.hyperparameters.min_item_interaction_count_percentile",
        "expected at most max_item_interaction_count_percentile (0.9, its default), got 0.95",
    ),
    (
        {
            "solutions": {
                "for-you": {"recipe": "aws-hrnn", "hyperparameters": {"max_user_history_length_percentile": -0.1}}
            }
        },
        "solutions.for-you.hyperparameters.max_user_history_length_percentile",
        "expected a number from 0 to 1, got -0.1",
    ),
    (
        {"solutions": {"for-you": {"campaign": {"enable_metadata": True}}}},
        "solutions.for-you.campaign.enable_metadata",
        "needs datasets.items: recommendations carry columns of items; add it, or leave enable_metadata out",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)


def test_the_longest_key_and_project_fit_with_names_of_ones_own():
    key = "k" * 30
    config = Config.from_dict({"project": "p" * 28, "solutions": {key: {"name": "short", "campaign": {}}}})
    assert config.solution_name(key) == "short"
    assert config.campaign_name(key) == f"{'p' * 28}-{key}"


def test_a_solution_and_a_campaign_may_share_a_name():
    """They are of different types, so their ARNs differ."""
    config = Config.from_dict({"solutions": {"a": {"name": "same", "campaign": {"name": "same"}}}})
    assert (config.solution_name("a"), config.campaign_name("a")) == ("same", "same")
