"""Tests of ``stages.schema``."""

from __future__ import annotations

import pytest

from personalize_sfn import stages
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.errors import ConfigError

CONFIG = Config(project="movies")
WITHOUT_METADATA = {**INTERACTIONS_SCHEMA, "name": "Items", "fields": [{"name": "ITEM_ID", "type": "string"}]}


def test_a_schema_has_no_wait_and_no_choice():
    stage = stages.schema.schema(CONFIG)
    assert (stage.status, stage.wait, stage.choice, stage.failures) == (None, None, None, [])


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (INTERACTIONS_SCHEMA, "datasets.items.schema: expected a schema of the name 'Items', got 'Interactions'"),
        (WITHOUT_METADATA, "datasets.items.schema: schema 'Items' would be refused"),
    ],
)
def test_a_schema_that_personalize_would_refuse_makes_no_stage(schema, problem):
    config = Config(datasets=DatasetsConfig(items=DatasetConfig(schema=schema)))
    with pytest.raises(ConfigError) as raised:
        stages.schema.schema(config, "ITEMS")
    assert str(raised.value).startswith(problem)
    assert raised.value.field == "datasets.items.schema"
