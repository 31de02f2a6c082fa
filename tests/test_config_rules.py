"""Tests of ``config_rules``."""

from __future__ import annotations

import pytest

from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.datasets.schemas import field, items
from personalize_sfn.errors import ConfigError

ITEMS = items(field("PRICE", "float"))
ACTIONS = dict(schemas.actions(schemas.field("KIND", categorical=True)))
WRONG = [
    ({"project": "Movies!"}, "project", "expected up to 28 lower-case letters"),
    ({"bucket": "s3://mine"}, "bucket", "expected an S3 bucket's name (not a URI), got 's3://mine'"),
    ({"bucket": "my..data"}, "bucket", "expected an S3 bucket's name (not a URI), got 'my..data'"),
    ({"bucket": "my.-data"}, "bucket", "expected an S3 bucket's name (not a URI), got 'my.-data'"),
    ({"bucket": "192.168.5.4"}, "bucket", "expected an S3 bucket's name (not a URI), got '192.168.5.4'"),
    ({"bucket": "xn--data"}, "bucket", "S3 keeps names that begin with xn--, sthree-, amzn-s3-demo- for itself"),
    ({"bucket": "data-s3alias"}, "bucket", "S3 keeps names that end in -s3alias, --ol-s3, .mrap, --x-s3, --table-s3"),
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
    ({"solution": {}}, "solution", "unknown field; did you mean solutions?"),
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
        {"polling": {"campaign": {"typical_seconds": 9, "timeout_seconds": 1}}},
        "polling.campaign.timeout_seconds",
        "(9)",
    ),
    ({"polling": {"campaign": {"typical_seconds": 9}}}, "polling.campaign.timeout_seconds", "is required"),
    ({"datasets": {"interactions": {"import_mode": "full"}}}, "datasets.interactions.import_mode", "FULL, INCREMENTAL"),
    ({"roles": {"lambda_arn": "admin"}}, "roles.lambda_arn", "expected a role's ARN"),
    ({"tags": {"aws:x": "1"}}, "tags.aws:x", "reserves"),
    ({"tags": {"team": "a;b"}}, "tags.team", "expected letters, digits, spaces"),
    ({"tags": {"team": "x" * 257}}, "tags.team", "expected at most 256 characters, got 257"),
    (
        {"tags": {f"tag{n}": "" for n in range(41)}},
        "tags",
        "expected at most 40 tags, got 41: AWS takes 50, and the others are this package's",
    ),
    ({"tags": {"team": "a", "Team": "b"}}, "tags.Team", "expected keys that differ in more than capitals"),
    ({"tags": {"Personalize-SFN:Project": "x"}}, "tags.Personalize-SFN:Project", "what clean-up may delete"),
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
    ({"tags": {"personalize-sfn:project": "x"}}, "tags.personalize-sfn:project", "what clean-up may delete"),
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
    (
        {"datasets": {"interactions": {"key": "movies/"}, "items": {"schema": ITEMS, "key": "movies/items.csv"}}},
        "datasets.interactions.key",
        "expected a folder without the CSV of items (movies/items.csv): Personalize imports every file in movies/",
    ),
    (
        {"datasets": {"interactions": {"key": "movies/"}, "items": {"schema": ITEMS}}, "project": "movies"},
        "datasets.interactions.key",
        "expected a folder without the CSV of items (movies/items.csv)",
    ),
    (
        {"datasets": {"interactions": {"key": "all.csv"}, "items": {"schema": ITEMS, "key": "all.csv"}}},
        "datasets.items.key",
        "expected a key of its own, got 'all.csv', which interactions have",
    ),
    (
        {"bucket": "b" * 63, "datasets": {"interactions": {"key": "k" * 188}}},
        "datasets.interactions.key",
        "expected at most 187 characters, got 188: Personalize takes 256 for s3://bucket/key",
    ),
    (
        {
            "datasets": {
                "items": {
                    "schema": items(*(field(f"{'C' * 148}{n:02}", categorical=True, nullable=True) for n in range(99)))
                }
            }
        },
        "datasets.items.schema",
        "expected at most 20,000 characters as JSON, got 20,",
    ),
    (
        {"roles": {"lambda_arn": f"arn:aws:iam::111122223333:role/{'r' * 226}"}},
        "roles.lambda_arn",
        "expected at most 256 characters, got 257",
    ),
    ({"roles": {"path": "/te am/"}}, "roles.path", "starts and ends with /"),
    ({"roles": {"path": "/größe/"}}, "roles.path", "starts and ends with /"),
    ({"roles": {"path": f"/{'p' * 149}/"}}, "roles.path", "expected at most 150 characters, got 151"),
    (
        {"polling": {"campaign": {"typical_seconds": 9, "timeout_seconds": 10_000_001}}},
        "polling.campaign.timeout_seconds",
        "expected 1 to 10,000,000 seconds, got 10000001",
    ),
    (
        {"recommenders": {"picks": {"recipe": "aws-ecomm-recommended-for-you"}}},
        "recommenders.picks.recipe",
        "aws-ecomm-recommended-for-you needs a domain: add domain: ECOMMERCE or VIDEO_ON_DEMAND",
    ),
    (
        {"domain": "ECOMMERCE", "recommenders": {"picks": {"recipe": "aws-vod-most-popular"}}},
        "recommenders.picks.recipe",
        "expected a use case of ECOMMERCE, one of aws-ecomm-",
    ),
    (
        {"domain": "VIDEO_ON_DEMAND", "recommenders": {"picks": {"recipe": "aws-vod-top-picks"}}},
        "recommenders.picks.recipe",
        "aws-vod-top-picks needs items: add datasets.items with a schema",
    ),
    (
        {"domain": "ECOMMERCE", "recommenders": {"for-you": {"recipe": "aws-ecomm-recommended-for-you"}}},
        "recommenders.for-you",
        "expected a key that no solution has",
    ),
    (
        {"domain": "ECOMMERCE", "datasets": {"actions": {"schema": ACTIONS}}},
        "datasets.actions",
        "a domain has no actions: remove it, or leave domain out",
    ),
    (
        {"filters": {"seen": "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE LIKE 1"}},
        "filters.seen",
        'expected IN, NOT IN or one of = != < <= > >=, got "LIKE"',
    ),
    (
        {"filters": {"cheap": "INCLUDE ItemID WHERE Items.PRICE < 10"}},
        "filters.cheap",
        "the dataset group has no ITEMS dataset",
    ),
    ({"filters": {"Seen": "x"}}, "filters.Seen", "expected a key of up to 30 lower-case letters"),
    ({"filters": {"long": "x" * 2_501}}, "filters.long", "expected 1 to 2,500 characters, got 2,501"),
    ({"filters_keep_days": -1}, "filters_keep_days", "expected 0 to 365 days, got -1"),
    ({"metric_attribution": {"metrics": {}}}, "metric_attribution.metrics", "expected 1 to 10 metrics, got 0"),
    (
        {"metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "AVG(Items.PRICE)"}}}},
        "metric_attribution.metrics.m.expression",
        "expected SAMPLECOUNT(), SUM(Items.COLUMN) or SUM(Interactions.COLUMN)",
    ),
    (
        {"metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "SUM(Items.PRICE)"}}}},
        "metric_attribution.metrics.m.expression",
        "expected a column of datasets.items.schema that holds numbers, got PRICE; there are none",
    ),
    (
        {
            "datasets": {"items": {"schema": dict(schemas.items(schemas.field("KIND", categorical=True)))}},
            "metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "SUM(Items.KIND)"}}},
        },
        "metric_attribution.metrics.m.expression",
        "expected a column of datasets.items.schema that holds numbers, got KIND; there are none",
    ),
    (
        {
            "domain": "ECOMMERCE",
            "recommenders": {
                "a": {"recipe": "aws-ecomm-recommended-for-you", "name": "same"},
                "b": {"recipe": "aws-ecomm-popular-items-by-views", "name": "same"},
            },
        },
        "recommenders.b.name",
        "expected a name of its own, got same, which recommenders.a has",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    with pytest.raises(ConfigError) as error:
        Config.from_dict(values)
    assert error.value.field == field
    assert problem in str(error.value)


def test_the_longest_key_and_project_fit_with_names_of_ones_own():
    key = "k" * 30
    config = Config.from_dict({"project": "p" * 28, "solutions": {key: {"name": "short", "campaign": {}}}})
    assert config.solution_name(key) == "short"
    assert config.campaign_name(key) == f"{'p' * 28}-{key}"


def test_a_solution_and_a_campaign_may_share_a_name():
    """They are of different types, so their ARNs differ."""
    config = Config.from_dict({"solutions": {"a": {"name": "same", "campaign": {"name": "same"}}}})
    assert (config.solution_name("a"), config.campaign_name("a")) == ("same", "same")
