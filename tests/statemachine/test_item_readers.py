"""Items that a distributed Map reads: one call, pages of a list, files of an inventory."""

import json

import pytest

from fakes.maps_of_items import GET, LIST, body, reading
from fakes.small_machines import (
    failure,
    kinds,
    output,
    ran,
)
from personalize_sfn.statemachine import TaskOutcome


def test_the_reader_is_asked_once_with_its_parameters_and_leaves_no_task_in_the_history():
    asked = []
    execution = ran(reading(), {"b": "bucket"}, lambda call: asked.append(call) or TaskOutcome({"Body": "[1]"}))
    assert [(call.resource, call.arguments) for call in asked] == [(GET, {"Bucket": "bucket", "Key": "k"})]
    assert kinds(execution)[2:5] == ["MapStateStarted", "MapRunStarted", "MapRunSucceeded"]
    assert execution.events[2]["mapStateStartedEventDetails"] == {"length": 0}


def pages(asked):
    """A bucket of three objects, one on a page."""

    def tasks(call):
        asked.append(call.arguments.get("ContinuationToken"))
        number = len(asked)
        more = {"IsTruncated": True, "NextContinuationToken": f"after {number}"} if number < 3 else {}
        return TaskOutcome({"Contents": [{"Key": f"{number}"}], **more})

    return tasks


@pytest.mark.parametrize(("most", "read"), [(0, 3), (2, 2), (3, 3)])
def test_a_bucket_is_listed_page_by_page_as_far_as_items_are_wanted(most, read):
    asked = []
    found = output(reading(LIST, {"MaxItems": most}), {"b": "x"}, pages(asked))
    assert found == [{"Key": f"{number}"} for number in range(1, read + 1)]
    assert asked == [None, "after 1", "after 2"][:read]


@pytest.mark.parametrize(
    ("config", "answer", "cause"),
    [
        ({"InputType": "JSON"}, TaskOutcome({"Body": "{}"}), "Attempting to map over non-iterable node."),
        (
            {"InputType": "JSON", "ItemsPointer": "/a/01"},
            TaskOutcome({"Body": '{"a":[[1],[2]]}'}),
            "The object cannot be read as JSON: ItemsPointer /a/01 points to nothing in it",
        ),
        (
            {"InputType": "JSON"},
            TaskOutcome({"Body": "{"}),
            "The object cannot be read as JSON: Expecting property name",
        ),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            TaskOutcome({"Body": "a,a"}),
            "CSV headers cannot contain duplicates.",
        ),
        ({"InputType": "JSON", "MaxItemsPath": "$.n"}, TaskOutcome({"Body": "[]"}), "field MaxItems must be positive"),
        ({"InputType": "JSON"}, TaskOutcome(error="S3.NoSuchKeyException", cause="no such key"), "no such key"),
    ],
)
def test_what_gives_no_items_fails_the_map_run(config, answer, cause):
    execution = ran(reading(config=config), {"b": "x", "n": -1}, lambda _: answer)
    assert execution.error == "States.ItemReaderFailed"
    assert execution.cause.startswith(cause)
    assert kinds(execution)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_a_limit_of_items_that_is_no_number_fails_in_awss_words():
    error, cause = failure(reading(config={"MaxItemsPath": "$.n"}), {"b": "x", "n": 1.5}, body("[]"))
    assert error == "States.Runtime"
    assert cause.endswith('The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.n')


MANIFEST = {
    "sourceBucket": "films",
    "destinationBucket": "arn:aws:s3:::inventories",
    "version": "2016-11-30",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size",
    "files": [{"key": "data/1.csv.gz", "size": 7300}, {"key": "data/2.csv.gz", "size": 10}],
}


LISTED = {"data/1.csv.gz": '"films","a%20b","1"\n"films","c","2"\n', "data/2.csv.gz": '"films","d","3"\n'}


def inventoried(manifest, asked=None):
    """Tasks that answer a manifest and the files that it lists."""

    def tasks(call):
        if asked is not None:
            asked.append((call.arguments["Bucket"], call.arguments["Key"], call.gzipped))
        return TaskOutcome({"Body": LISTED.get(call.arguments["Key"], json.dumps(manifest))})

    return tasks


def test_items_are_the_objects_that_an_inventory_lists():
    asked = []
    found = output(reading(config={"InputType": "MANIFEST"}), {"b": "x"}, inventoried(MANIFEST, asked))
    assert found == [
        {"Bucket": "films", "Key": "a%20b", "Size": "1"},
        {"Bucket": "films", "Key": "c", "Size": "2"},
        {"Bucket": "films", "Key": "d", "Size": "3"},
    ]
    assert asked == [("x", "k", False), ("inventories", "data/1.csv.gz", True), ("inventories", "data/2.csv.gz", True)]


@pytest.mark.parametrize(("most", "files"), [(1, 1), (2, 1), (3, 2)])
def test_no_more_files_of_an_inventory_are_read_than_items_are_wanted(most, files):
    asked = []
    config = {"InputType": "MANIFEST", "MaxItems": most}
    assert len(output(reading(config=config), {"b": "x"}, inventoried(MANIFEST, asked))) == most
    assert len(asked) == 1 + files


def test_an_inventory_without_files_gives_no_items():
    assert output(reading(config={"InputType": "MANIFEST"}), {"b": "x"}, inventoried({**MANIFEST, "files": []})) == []


@pytest.mark.parametrize(
    ("manifest", "cause"),
    [
        ({**MANIFEST, "fileFormat": "ORC"}, 'The inventory\'s files must be CSV, got "ORC"'),
        ({"files": []}, "The object is no manifest of an S3 Inventory: 'fileFormat'"),
        ([], "The object is no manifest of an S3 Inventory: "),
    ],
)
def test_what_is_no_manifest_of_an_inventory_fails_the_map_run(manifest, cause):
    execution = ran(reading(config={"InputType": "MANIFEST"}), {"b": "x"}, inventoried(manifest))
    assert execution.error == "States.ItemReaderFailed"
    assert execution.cause.startswith(cause)
