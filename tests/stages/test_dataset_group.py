"""The stage of a dataset group."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.stages import dataset_group

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/movies-personalize"


def request_of(config: Config) -> dict:
    return dataset_group.create_step(config, role_arn=ROLE).to_dict()["Parameters"]["Payload"]["request"]


def test_without_a_key_the_request_names_no_role():
    assert request_of(Config(project="movies")) == {"name": "movies"}


def test_a_key_goes_with_the_role_that_may_use_it():
    assert request_of(Config(project="movies", kms_key_arn=KEY)) == {
        "name": "movies",
        "kmsKeyArn": KEY,
        "roleArn": ROLE,
    }
