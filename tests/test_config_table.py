"""A configuration as a table."""

from __future__ import annotations

import re

from personalize_sfn.config import CampaignConfig, Config, DatasetConfig, DatasetsConfig, SolutionConfig
from personalize_sfn.config_table import Setting, settings_of


def test_of_the_defaults_there_is_nothing_to_say() -> None:
    assert settings_of(Config()) == []


def test_what_differs_is_named_by_its_path_with_its_default() -> None:
    config = Config(
        project="shop",
        event_tracker=True,
        solutions={"similar": SolutionConfig(recipe="aws-sims", campaign=CampaignConfig(min_provisioned_tps=2))},
    )

    assert settings_of(config) == [
        Setting("project", "shop", "personalize-sfn"),
        Setting("solutions.similar.recipe", "aws-sims", "aws-user-personalization-v2"),
        Setting("solutions.similar.campaign.min_provisioned_tps", "2", "1"),
        Setting("event_tracker", "true", "false"),
    ]


def test_what_is_there_with_its_defaults_says_so() -> None:
    config = Config(solutions={"popular": SolutionConfig(campaign=CampaignConfig())})

    assert settings_of(config) == [Setting("solutions.popular.campaign", "with its defaults", "none")]


def test_a_schema_is_told_by_its_columns() -> None:
    schema = Config().datasets.interactions.schema
    channel = {**schema, "fields": [*schema["fields"], {"name": "CHANNEL", "type": "string"}]}
    (setting,) = settings_of(Config(datasets=DatasetsConfig(interactions=DatasetConfig(schema=channel))))

    assert setting.path == "datasets.interactions.schema"
    assert setting.value == "USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, CHANNEL"


def test_a_notebook_shows_the_table_and_folds_the_rest() -> None:
    html = Config(
        project="shop", filters={"few": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("<b>")'}
    )._repr_html_()

    assert "<summary" in html
    assert "forgetting: false" in html
    assert "&lt;b&gt;" in html
    assert not re.search(r"<(script|style|link|img)|class=", html)
