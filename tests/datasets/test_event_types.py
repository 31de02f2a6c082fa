"""Interactions without EVENT_TYPE get one constant; files and datasets of former days are used as they are."""

from __future__ import annotations

import io

import boto3
import pytest
from moto import mock_aws

from personalize_sfn.config import Config, DatasetConfig
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.datasets import csv_bytes, load_csv, load_movielens, prepare, schemas, upload_interactions
from personalize_sfn.errors import ConfigError, DataError
from personalize_sfn.session import Session


def config(**interactions) -> Config:
    return Config.from_dict({"project": "movies", "bucket": "data", "datasets": {"interactions": interactions}})


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        boto_session = boto3.Session(region_name="us-east-1")
        boto_session.client("s3").create_bucket(Bucket="data")
        yield Session(boto_session)


def uploaded(session: Session) -> list[str]:
    body = session.client("s3").get_object(Bucket="data", Key="movies/interactions.csv")["Body"].read()
    return body.decode().splitlines()


def test_a_table_without_event_types_gets_one_constant_and_the_report_says_so(clicks):
    prepared = prepare(clicks)
    assert prepared.schema == INTERACTIONS_SCHEMA
    assert set(prepared.frame["EVENT_TYPE"]) == {"interaction"}
    assert prepared.report.notes == ("no column EVENT_TYPE: every row gets 'interaction' (default_event_type)",)
    assert set(prepare(clicks, default_event_type="click").frame["EVENT_TYPE"]) == {"click"}


def test_event_types_that_are_there_stay(clicks):
    prepared = prepare(clicks.assign(EVENT_TYPE=["click", "buy"] * 600))
    assert set(prepared.frame["EVENT_TYPE"]) == {"click", "buy"}
    assert prepared.report.notes == ()


def test_the_constant_is_of_the_configuration_also_for_data_that_others_prepared(session, clicks):
    upload_interactions(session, config(default_event_type="click"), prepare(clicks))
    assert uploaded(session)[:2] == ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", "0,0,1260759144,click"]
    done = upload_interactions(session, config(default_event_type="click"), clicks)
    assert not done.uploaded
    assert done.report is not None
    assert done.report.notes == ("no column EVENT_TYPE: every row gets 'click' (default_event_type)",)


def test_movielens_is_watched(session):
    upload_interactions(session, config(), load_movielens("shipped"))
    assert uploaded(session)[1].endswith(",watch")


def test_null_means_the_three_columns_of_the_post(session, clicks):
    without = config(default_event_type=None)
    assert [each["name"] for each in without.datasets.interactions.schema["fields"]] == [
        "USER_ID",
        "ITEM_ID",
        "TIMESTAMP",
    ]
    upload_interactions(session, without, clicks)
    assert uploaded(session)[0] == "USER_ID,ITEM_ID,TIMESTAMP"
    assert list(prepare(clicks, default_event_type=None).frame) == ["USER_ID", "ITEM_ID", "TIMESTAMP"]


def test_null_beside_a_schema_with_event_types_demands_the_column(clicks):
    with pytest.raises(DataError, match=r"expected the column EVENT_TYPE \(Interactions need it\)"):
        prepare(clicks, schemas.interactions("EVENT_TYPE"), default_event_type=None)


def test_types_under_another_name_are_not_replaced_by_a_constant(clicks):
    with pytest.raises(DataError, match=r"columns=\{'event_type': 'EVENT_TYPE'\}"):
        prepare(clicks.assign(event_type="buy"))


def test_a_constant_that_no_training_would_use_is_refused(session, clicks):
    values = {"bucket": "data", "solutions": {"for-you": {"event_type": "buy"}}}
    with pytest.raises(
        DataError, match=r"every event would be 'interaction', but solutions\.for-you\.event_type trains on 'buy'"
    ):
        upload_interactions(session, Config.from_dict(values), clicks)
    values["datasets"] = {"interactions": {"default_event_type": "buy"}}
    assert upload_interactions(session, Config.from_dict(values), clicks).rows == 1_200


def test_event_types_in_the_configuration_need_the_column():
    with pytest.raises(ConfigError) as raised:
        Config.from_dict(
            {"datasets": {"interactions": {"default_event_type": None}}, "solutions": {"for-you": {"event_type": "x"}}}
        )
    assert str(raised.value) == (
        "solutions.for-you.event_type: needs a column EVENT_TYPE in datasets.interactions.schema: "
        "add it, or leave event_type out"
    )
    with pytest.raises(ConfigError, match=r"datasets\.users\.default_event_type: only interactions have events"):
        Config.from_dict({"datasets": {"users": {"schema": schemas.movielens_users(), "default_event_type": "x"}}})


class Personalize:
    """A deployed dataset of interactions, by the name of its schema."""

    def __init__(self, schema_arn: str) -> None:
        self.schema_arn = schema_arn

    def describe_dataset(self, *, datasetArn: str) -> dict:
        assert datasetArn.endswith(":dataset/movies/INTERACTIONS")
        return {"dataset": {"schemaArn": self.schema_arn}}


def test_a_file_of_a_dataset_from_before_event_types_stays_byte_for_byte(session, clicks, monkeypatch):
    deployed = config()
    former = session.arns.personalize(f"schema/{deployed.former_interactions_schema_name}")
    upload_interactions(session, config(default_event_type=None), clicks)
    client = session.client
    monkeypatch.setattr(
        Session, "client", lambda self, name: Personalize(former) if name == "personalize" else client(name)
    )
    done = upload_interactions(session, deployed, clicks)
    assert not done.uploaded
    assert done.report is not None
    assert "the deployed dataset has no EVENT_TYPE, so it is left out" in done.report.notes


def test_the_constant_is_read_again_as_it_was_written(clicks):
    frame = prepare(clicks).frame
    assert csv_bytes(load_csv(io.BytesIO(csv_bytes(frame))).frame) == csv_bytes(frame)


def test_the_former_default_is_another_schema_than_the_present_one():
    assert DatasetConfig(default_event_type=None).schema_hash != DatasetConfig().schema_hash
