"""Items of a distributed Map: read, listed, put into batches."""

import json

import pytest

from fakes.small_machines import failure, kinds, output, ran
from personalize_sfn.statemachine import StateMachine, TaskOutcome
from personalize_sfn.statemachine.definition import InvalidDefinitionError

GET, LIST = "arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"


def reading(resource=GET, config=None, **fields):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P"}
    processor["States"] = {"P": {"Type": "Pass", "End": True}}
    reader = {"Resource": resource, "Parameters": {"Bucket.$": "$.b", "Key": "k"}, "ReaderConfig": config or {}}
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True, **fields}
    return StateMachine({"StartAt": "M", "States": {"M": state}})


def body(text):
    return lambda call: TaskOutcome({"Body": text})


@pytest.mark.parametrize(
    ("config", "text", "expected"),
    [
        ({"InputType": "JSON"}, "[1,{}]", [1, {}]),
        ({"InputType": "JSON", "MaxItems": 1}, "[1,2]", [1]),
        ({"InputType": "JSON", "ItemsPointer": "/a~1b/1/~0c"}, '{"a/b":[0,{"~c":[7]}]}', [7]),
        ({"InputType": "JSON", "MaxItemsPath": "$.n"}, "[1,2]", [1]),
        ({"InputType": "JSONL"}, '{"a":1}\n\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "a,b\n1\n,,,\n\n x,'y',z\n",
            [{"a": "1", "b": ""}, {"a": "", "b": ""}, {"a": " x", "b": "'y'"}],
        ),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["h"], "CSVDelimiter": "PIPE"},
            "1|2\n3",
            [{"h": "1"}, {"h": "3"}],
        ),
    ],
)
def test_items_come_from_an_object_of_each_kind(config, text, expected):
    assert output(reading(config=config), {"b": "bucket", "n": 1}, body(text)) == expected


def test_the_reader_is_asked_once_with_its_parameters_and_leaves_no_task_in_the_history():
    asked = []
    execution = ran(reading(), {"b": "bucket"}, lambda call: asked.append(call) or TaskOutcome({"Body": "[1]"}))
    assert [(call.resource, call.arguments) for call in asked] == [(GET, {"Bucket": "bucket", "Key": "k"})]
    assert kinds(execution)[2:5] == ["MapStateStarted", "MapRunStarted", "MapRunSucceeded"]
    assert execution.events[2]["mapStateStartedEventDetails"] == {"length": 0}


def test_items_may_be_the_objects_of_a_bucket():
    """As recorded on AWS, which writes Etag; the time is in seconds."""
    listed = [
        {"ETag": '"1"', "Key": "a", "LastModified": "2026-11-29T13:00:00.500Z", "Size": 1, "StorageClass": "STANDARD"},
        {"ETag": '"2"', "Key": "b", "LastModified": "2026-11-29T13:00:01Z", "Size": 2, "StorageClass": "STANDARD"},
    ]
    assert output(reading(LIST), {"b": "x"}, lambda _: TaskOutcome({"Contents": listed})) == [
        {"Etag": '"1"', "Key": "a", "LastModified": 1795957200, "Size": 1, "StorageClass": "STANDARD"},
        {"Etag": '"2"', "Key": "b", "LastModified": 1795957201, "Size": 2, "StorageClass": "STANDARD"},
    ]


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


def test_a_bucket_without_objects_gives_no_items():
    assert output(reading(LIST), {"b": "x"}, lambda _: TaskOutcome({"KeyCount": 0})) == []


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


def test_items_are_put_into_batches_by_count_and_by_bytes():
    def batched(**batcher):
        found = output(reading(ItemBatcher=batcher), {"b": "x", "n": 2}, body(json.dumps(["a" * 10] * 5)))
        assert all(len(json.dumps(batch, separators=(",", ":"))) <= 50 for batch in found)
        return [len(batch["Items"]) for batch in found]

    assert batched(MaxItemsPerBatch=2) == [2, 2, 1]
    assert batched(MaxItemsPerBatchPath="$.n") == [2, 2, 1]
    assert batched(MaxInputBytesPerBatch=50) == [3, 2]
    assert batched(MaxInputBytesPerBatch=49) == [2, 2, 1]


def test_a_batch_carries_its_input():
    found = output(reading(ItemBatcher={"MaxItemsPerBatch": 9, "BatchInput": {"b.$": "$.b"}}), {"b": "x"}, body("[1]"))
    assert found == [{"BatchInput": {"b": "x"}, "Items": [1]}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"config": {"InputType": "PARQUET"}},
            "UNSUPPORTED_LOCALLY: InputType 'PARQUET' is not supported, only JSON, CSV, JSONL, MANIFEST",
        ),
        (
            {"config": {"InputType": "MANIFEST", "ManifestType": "ATHENA_DATA"}},
            "UNSUPPORTED_LOCALLY: ManifestType 'ATHENA_DATA' is not supported, only S3_INVENTORY",
        ),
        (
            {"config": {"Transformation": "LOAD_AND_FLATTEN"}},
            "UNSUPPORTED_LOCALLY: Transformation 'LOAD_AND_FLATTEN' is not supported, only NONE",
        ),
        (
            {"ResultWriter": {"WriterConfig": {"OutputType": "JSONL"}}},
            "UNSUPPORTED_LOCALLY: JSON Lines that stay in the state are not supported: export them, or set OutputType "
            "to JSON at /States/M/ResultWriter/WriterConfig/OutputType",
        ),
        (
            {"ResultWriter": {"WriterConfig": {"Transformation": "SQUASH"}}},
            "SCHEMA_VALIDATION_FAILED: Transformation must be one of NONE, COMPACT, FLATTEN",
        ),
        ({"ResultWriter": {"WriterConfig": "FLATTEN"}}, "WriterConfig must be an object"),
        ({"ResultWriter": {}}, "Missing required field 'Resource' at /States/M/ResultWriter"),
        ({"config": {"ItemsPointer": "films"}}, "ItemsPointer must be a JSON Pointer, such as /films/new"),
        ({"Label": "all of them"}, "Label must be a text of 1 to 40 characters without spaces, brackets, wildcards"),
        ({"Label": "a" * 41}, "Label must be a text of 1 to 40 characters"),
        (
            {"ResultWriter": {"Resource": "r"}},
            "SCHEMA_VALIDATION_FAILED: Missing required field 'Parameters' at /States/M/ResultWriter",
        ),
        (
            {"config": {"InputType": "CSV", "CSVDelimiter": ","}},
            "CSVDelimiter must be one of COMMA, PIPE, SEMICOLON, SPACE, TAB",
        ),
        ({"config": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}, "Missing required field 'CSVHeaders'"),
    ],
)
def test_what_is_not_read_or_written_here_is_refused_by_name(fields, said):
    with pytest.raises(InvalidDefinitionError) as raised:
        reading(**fields)
    assert said in str(raised.value)


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
