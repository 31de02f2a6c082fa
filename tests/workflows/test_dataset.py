"""The workflow of dataset group, schemas and datasets."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.workflows.dataset import dataset

ARNS = Arns("us-east-1", "123456789012")
ITEMS = DatasetConfig(schema=schemas.movielens_items())


def test_one_dataset_is_made_in_line_with_its_group_and_schema():
    states = workflows.to_dict(dataset(Config(project="movies"), ARNS))["States"]
    assert [name for name in states if name.startswith("Create ")] == [
        "Create Dataset Group",
        "Create Interactions Schema",
        "Create Interactions Dataset",
    ]
    assert states["Return Datasets"]["Parameters"] == {
        "datasetGroupArn.$": "$.datasetGroup.datasetGroupArn",
        "datasetArns": {"interactions.$": "$.dataset.datasetArn"},
    }


def test_several_datasets_are_made_at_the_same_time_and_each_keeps_its_arn():
    config = Config(project="movies", datasets=DatasetsConfig(items=ITEMS))
    states = workflows.to_dict(dataset(config, ARNS))["States"]
    assert [branch["StartAt"] for branch in states["Create Datasets"]["Branches"]] == [
        "Create Interactions Schema",
        "Create Items Schema",
    ]
    assert states["Return Datasets"]["Parameters"]["datasetArns"] == {
        "interactions.$": "$.branches[0].datasetArn",
        "items.$": "$.branches[1].datasetArn",
    }
