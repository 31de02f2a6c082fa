"""A configuration as the values that a file of it would hold."""

from __future__ import annotations

import yaml

from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig, FunctionsConfig
from personalize_sfn.config_parsing import plain_values
from personalize_sfn.config_waits import PollingConfig, WaitConfig
from personalize_sfn.datasets import schemas


def test_the_values_make_the_same_configuration_again():
    config = Config(
        project="shop",
        tags={"version": "1.10", "octal": "010", "off": "no", "when": "2024-01-01", "at": "12:30", "exponent": "1e3"},
        datasets=DatasetsConfig(
            interactions=DatasetConfig(default_event_type=None), items=DatasetConfig(schema=schemas.movielens_items())
        ),
        polling=PollingConfig(campaign=WaitConfig(typical_seconds=1, timeout_seconds=2)),
        functions=FunctionsConfig(memory_mb=512),
    )

    assert Config.from_dict(plain_values(config)) == config
    assert Config.from_dict(yaml.safe_load(yaml.safe_dump(plain_values(config)))) == config


def test_nothing_is_left_out_and_nothing_is_shared():
    values = plain_values(Config())

    assert values["roles"] == {
        "step_functions_arn": None,
        "lambda_arn": None,
        "lambda_read_arn": None,
        "lambda_change_arn": None,
        "personalize_arn": None,
        "permissions_boundary_arn": None,
        "path": "/",
    }
    values["datasets"]["interactions"]["schema"]["fields"].clear()
    assert Config() == Config.from_dict({})
    assert Config().datasets.interactions.schema["fields"]
