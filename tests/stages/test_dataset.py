"""The stage of a dataset."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.stages import dataset

CONFIG = Config(project="movies")


def test_it_binds_the_schema_and_the_group_that_were_made_before_it():
    request = dataset.create_step(CONFIG, "ITEMS").to_dict()["Parameters"]["Payload"]["request"]
    assert request == {
        "name": CONFIG.dataset_name("ITEMS"),
        "datasetType": "ITEMS",
        "datasetGroupArn.$": "$.datasetGroup.datasetGroupArn",
        "schemaArn.$": "$.schema.schemaArn",
    }


def test_arns_may_be_given_as_they_are():
    made = dataset.create_step(CONFIG, dataset_group_arn="arn:group", schema_arn="arn:schema")
    request = made.to_dict()["Parameters"]["Payload"]["request"]
    assert (request["datasetGroupArn"], request["schemaArn"]) == ("arn:group", "arn:schema")


def test_states_of_two_types_have_two_names():
    assert [dataset.dataset(CONFIG, kind).create.state_id for kind in ("INTERACTIONS", "USERS")] == [
        "Create Interactions Dataset",
        "Create Users Dataset",
    ]
