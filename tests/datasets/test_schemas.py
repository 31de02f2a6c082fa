from __future__ import annotations

import json

from personalize_sfn.config import DatasetConfig
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA, INTERACTIONS_SCHEMA_OF_THE_POST
from personalize_sfn.datasets import schemas


def test_the_default_interactions_are_the_configs():
    assert schemas.interactions("EVENT_TYPE") == INTERACTIONS_SCHEMA
    assert schemas.interactions() == INTERACTIONS_SCHEMA_OF_THE_POST


def test_builders_write_personalizes_avro():
    schema = schemas.interactions("EVENT_TYPE", "EVENT_VALUE", schemas.field("DEVICE", categorical=True))
    assert schema["fields"][3:] == [
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "DEVICE", "type": "string", "categorical": True},
    ]
    assert [column["name"] for column in schemas.users(schemas.field("AGE", "int"))["fields"]] == ["USER_ID", "AGE"]


def test_the_text_of_a_schema_is_canonical_and_the_configs():
    schema = schemas.movielens_items()
    shuffled = {key: schema[key] for key in reversed(list(schema))}
    text = schemas.schema_json(schema)
    assert text == schemas.schema_json(shuffled) == DatasetConfig(schema=schema).schema_text
    assert json.loads(text) == schema
