from __future__ import annotations

import hashlib
import io

import pytest

from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig, SolutionConfig
from personalize_sfn.datasets import (
    csv_bytes,
    files,
    load_csv,
    load_movielens,
    prepare,
    s3,
    schemas,
    upload,
    upload_dataset,
    upload_interactions,
)
from personalize_sfn.errors import DataError


def test_an_upload_says_what_is_there(session, clicks):
    frame = prepare(clicks).frame
    done = upload(session, frame, "s3://data/movies/interactions.csv")
    body = session.client("s3").get_object(Bucket="data", Key="movies/interactions.csv")["Body"].read()
    assert body == csv_bytes(frame)
    assert done.etag == hashlib.md5(body).hexdigest()
    assert (done.uri, done.rows, done.bytes, done.uploaded) == (
        "s3://data/movies/interactions.csv",
        1_200,
        len(body),
        True,
    )
    assert load_csv(io.BytesIO(body)).frame.equals(frame)


def test_the_same_data_is_not_uploaded_twice_and_other_data_is(session, clicks):
    uri = "s3://data/interactions.csv"
    first = upload(session, prepare(clicks).frame, uri)
    written = session.client("s3").head_object(Bucket="data", Key="interactions.csv")["LastModified"]
    second = upload(session, prepare(clicks.copy()).frame, uri)
    assert (second.uploaded, second.etag) == (False, first.etag)
    assert session.client("s3").head_object(Bucket="data", Key="interactions.csv")["LastModified"] == written
    third = upload(session, prepare(clicks.tail(1_100)).frame, uri)
    assert third.uploaded
    assert third.etag != first.etag


def test_data_whose_etag_is_no_md5_is_known_by_its_metadata(session, clicks):
    """As in a bucket that encrypts with a KMS key; a multipart upload's ETag is no MD5 either."""
    frame = prepare(clicks).frame
    client = session.client("s3")
    body = csv_bytes(frame)
    md5 = hashlib.md5(body).hexdigest()
    metadata = {"personalize-sfn-md5": md5}
    parts = client.create_multipart_upload(Bucket="data", Key="k.csv", Metadata=metadata)["UploadId"]
    part = client.upload_part(Bucket="data", Key="k.csv", PartNumber=1, UploadId=parts, Body=body)["ETag"]
    client.complete_multipart_upload(
        Bucket="data", Key="k.csv", UploadId=parts, MultipartUpload={"Parts": [{"ETag": part, "PartNumber": 1}]}
    )
    done = upload(session, frame, "s3://data/k.csv")
    assert not done.uploaded
    assert done.etag != md5
    assert '"' not in done.etag


def test_a_bucket_that_is_not_there_is_named(session, clicks):
    with pytest.raises(DataError) as error:
        upload(session, prepare(clicks).frame, "s3://nowhere/interactions.csv")
    assert str(error.value) == (
        "s3://nowhere/interactions.csv: S3 refused: NoSuchBucket: The specified bucket does not exist; "
        "deploy makes the project's bucket"
    )


@pytest.mark.parametrize("uri", ["data/interactions.csv", "s3://data", "s3://data/folder/", "https://data/x.csv"])
def test_a_uri_that_names_no_object_is_refused(session, clicks, uri):
    with pytest.raises(DataError, match=r"expected an object's URI such as s3://bucket/interactions\.csv, got "):
        upload(session, clicks, uri)


def test_an_empty_frame_is_not_uploaded(session, clicks):
    with pytest.raises(DataError, match="nothing to upload, the frame has no rows"):
        upload(session, clicks.head(0), "s3://data/interactions.csv")


ITEMS = DatasetsConfig(items=DatasetConfig(schema=schemas.movielens_items()))


def test_movielens_goes_to_where_the_import_looks_for_it(session):
    movielens, config = load_movielens("shipped"), Config(project="movies", bucket="data", datasets=ITEMS)
    done = upload_interactions(session, config, movielens)
    assert (done.uri, done.rows) == ("s3://data/movies/interactions.csv", 86_619)
    assert done.report is not None
    assert done.report.dropped == {"rating of 2 or less": 13_385}
    items = upload_dataset(session, config, "ITEMS", movielens)
    assert (items.uri, items.rows) == ("s3://data/movies/items.csv", len(movielens.movies))


def test_a_frame_is_checked_before_it_is_uploaded(session, clicks):
    with pytest.raises(DataError, match="column TIMESTAMP: expected epoch seconds"):
        upload_interactions(session, Config(bucket="data"), clicks.assign(TIMESTAMP=clicks["TIMESTAMP"] * 1000))
    assert "Contents" not in session.client("s3").list_objects_v2(Bucket="data")


def test_the_path_of_a_csv_is_read_and_checked(session, clicks, tmp_path):
    path = tmp_path / "clicks.csv"
    path.write_bytes(csv_bytes(clicks))
    config = Config(bucket="data")
    assert upload_interactions(session, config, path).rows == len(prepare(clicks).frame)
    with pytest.raises(DataError, match=r"nowhere\.csv: cannot be read: No such file"):
        upload_interactions(session, config, "nowhere.csv")


def test_what_was_prepared_for_another_schema_is_not_uploaded(session, clicks):
    prepared = prepare(clicks, schemas.interactions())
    with pytest.raises(DataError) as error:
        upload_interactions(session, Config(bucket="data"), prepared)
    assert str(error.value) == (
        "the data was prepared for another schema (USER_ID, ITEM_ID, TIMESTAMP) than the config's "
        "datasets.interactions.schema (USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE): prepare it with that one"
    )
    assert upload_interactions(session, Config(bucket="data"), prepare(clicks)).rows == 1_200


def test_data_of_a_dataset_that_the_config_lacks_is_refused(session, clicks):
    with pytest.raises(DataError, match=r"there are items to upload, but the config has no datasets\.items"):
        upload_dataset(session, Config(bucket="data"), "ITEMS", clicks)


def test_columns_have_the_names_that_the_config_gives_them_in_frames_and_files(session, clicks, tmp_path):
    columns = {"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}
    interactions = DatasetConfig(schema=schemas.interactions(), columns=columns)
    config = Config(bucket="data", datasets=DatasetsConfig(interactions=interactions))
    own = clicks.rename(columns={new: old for old, new in columns.items()})
    own.to_csv(tmp_path / "clicks.csv", index=False)
    assert upload_interactions(session, config, tmp_path / "clicks.csv").rows == 1_200
    assert not upload_interactions(session, config, own).uploaded
    assert not upload_interactions(session, config, clicks).uploaded
    with pytest.raises(DataError, match=r"^data: there is no column 'at' to rename; the header has user, sku, when$"):
        upload_interactions(session, config, own.rename(columns={"at": "when"}))


def test_the_kind_of_a_dataset_may_be_written_in_any_case(session):
    config = Config(project="movies", bucket="data", datasets=ITEMS)
    assert upload_dataset(session, config, "items", load_movielens("shipped")).rows == 9_066
    kinds = "INTERACTIONS, ITEMS, USERS, ACTIONS, ACTION_INTERACTIONS"
    with pytest.raises(DataError, match=rf"^kind: expected one of {kinds}, got 'item'$"):
        upload_dataset(session, config, "item", load_movielens("shipped"))


@pytest.fixture
def large_clicks(monkeypatch, clicks, tmp_path):
    """The path of a CSV that is read in parts, and uploaded in parts of 5 MiB."""
    monkeypatch.setattr(files, "LARGE_BYTES", 0)
    path = tmp_path / "clicks.csv"
    path.write_bytes(csv_bytes(clicks))
    return path


def test_a_large_file_is_uploaded_as_the_same_bytes_as_its_frame(session, clicks, large_clicks):
    first = upload_interactions(session, Config(bucket="data"), large_clicks)
    body = session.client("s3").get_object(Bucket="data", Key=first.uri.removeprefix("s3://data/"))["Body"].read()
    assert body == csv_bytes(prepare(clicks).frame)
    assert (first.rows, first.bytes, first.uploaded) == (1_200, len(body), True)
    assert not upload_interactions(session, Config(bucket="data"), clicks).uploaded
    assert not upload_interactions(session, Config(bucket="data"), load_csv(large_clicks)).uploaded


def test_a_large_file_goes_up_in_parts_and_is_known_again(session, large_clicks, monkeypatch):
    monkeypatch.setattr(s3, "_PART", 5 << 20)
    with large_clicks.open("a") as file:
        file.writelines(f"{row % 50},{row},1260759144\n" for row in range(2_000, 350_000))
    sent = []
    first = upload_dataset(session, Config(bucket="data"), "INTERACTIONS", large_clicks, progress=sent.append)
    assert max(sent) == first.bytes > 5 << 20
    assert len(sent) > 1
    assert first.etag.endswith("-2") or first.etag.endswith("-3")
    second = upload_interactions(session, Config(bucket="data"), large_clicks)
    assert (second.uploaded, second.etag) == (False, first.etag)


def test_a_large_file_in_a_bucket_that_is_not_there_is_told_as_ever(session, large_clicks):
    with pytest.raises(DataError, match="S3 refused: NoSuchBucket: The specified bucket does not exist; deploy makes"):
        upload_interactions(session, Config(bucket="nowhere"), large_clicks)


def test_an_incremental_import_of_more_than_a_gigabyte_is_refused(session, large_clicks, monkeypatch):
    monkeypatch.setattr(s3, "_MOST_INCREMENTAL", 30_000)
    incremental = DatasetsConfig(interactions=DatasetConfig(import_mode="INCREMENTAL"))
    with pytest.raises(DataError) as error:
        upload_interactions(session, Config(bucket="data", datasets=incremental), large_clicks)
    assert str(error.value).startswith(
        "clicks.csv: expected at most 30,000 bytes for import_mode INCREMENTAL, found 35,887; "
    )
    assert "set datasets.interactions.import_mode to FULL" in str(error.value)
    full = Config(bucket="data")
    assert upload_interactions(session, full, large_clicks).uploaded


def test_an_upload_says_which_solution_has_too_few_events(session, clicks):
    solutions = {"similar": SolutionConfig(recipe="aws-sims", event_type="buy")}
    events = clicks.assign(EVENT_TYPE=["buy" if row % 4 == 0 else "view" for row in range(1_200)])
    done = upload_interactions(session, Config(bucket="data", solutions=solutions), events)
    assert done.report is not None
    assert done.report.notes[-1] == (
        "solution similar: expected at least 1,000 interactions of type 'buy', found 300; training will fail: "
        "add data, or train on more events"
    )
