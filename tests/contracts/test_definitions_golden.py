"""Whole definitions against files.  After a meant change: GOLDEN=rewrite pytest on this file, and read the diff."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas

GOLDEN = Path(__file__).parent / "golden"
ARNS = Arns("us-east-1", "123456789012")

ITEMS = dict(schemas.items(schemas.field("GENRES", categorical=True, nullable=True), schemas.field("PRICE", "float")))
PLAIN = Config(project="movies")
FULL = Config.from_dict(
    {
        "project": "shop",
        "bucket": "shop-data",
        "datasets": {
            "interactions": {"schema": dict(schemas.interactions("EVENT_TYPE", "EVENT_VALUE"))},
            "items": {"schema": ITEMS, "import_mode": "INCREMENTAL", "key": "feed/items/"},
        },
        "solutions": {
            "for-you": {
                "recipe": "aws-user-personalization",
                "hyperparameters": {"hidden_dimension": "55"},
                "perform_hpo": True,
                "event_type": "watch",
                "event_value_threshold": 0.5,
                "objective": {"item_attribute": "PRICE", "sensitivity": "LOW"},
                "campaign": {"min_provisioned_tps": 2, "exploration_weight": 0.0, "enable_metadata": True},
            },
            "similar": {"recipe": "aws-similar-items", "name": "alike", "campaign": {}},
            "segments": {"recipe": "aws-item-affinity"},
        },
        "roles": {"personalize_arn": "arn:aws:iam::123456789012:role/given"},
        "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/1",
        "tags": {"team": "shop"},
        "adopt": True,
    }
)
CONFIGS = {"plain": PLAIN, "full": FULL}
KEYS = tuple(workflows.definitions(PLAIN, ARNS))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", CONFIGS)
def test_the_definition_is_the_one_in_the_file(name, key):
    made = workflows.to_dict(workflows.definitions(CONFIGS[name], ARNS)[key])
    file = GOLDEN / f"{name}-{key}.json"
    if os.environ.get("GOLDEN") == "rewrite":
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(made, indent=1) + "\n")
    assert made == json.loads(file.read_text())


def test_each_file_is_of_a_workflow():
    assert {file.stem for file in GOLDEN.glob("*.json")} == {f"{name}-{key}" for name in CONFIGS for key in KEYS}
