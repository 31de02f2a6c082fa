"""Items of a distributed Map: what an object or a list of objects gives, and batches."""

import json

import pytest

from fakes.maps_of_items import LIST, body, reading
from fakes.small_machines import output
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.definition import InvalidDefinitionError


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


def test_a_bucket_without_objects_gives_no_items():
    assert output(reading(LIST), {"b": "x"}, lambda _: TaskOutcome({"KeyCount": 0})) == []


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
