"""The results of a distributed Map are exported by its ResultWriter."""

import json

import pytest

from fakes.small_machines import failure, kinds, only, ran
from personalize_sfn.statemachine import TaskOutcome

PUT = "arn:aws:states:::s3:putObject"
WRITER = {"Resource": PUT, "Parameters": {"Bucket": "results", "Prefix": "jobs"}}


def writing(writer=WRITER, **fields):
    """A Map that fails at the item 0 and exports the rest."""
    choice = {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "F"}], "Default": "S"}
    states = {"C": choice, "F": {"Type": "Fail", "Error": "Zero"}, "S": {"Type": "Succeed"}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "C"}
    return only(Type="Map", ItemProcessor={**processor, "States": states}, ResultWriter=writer, **fields)


def exported(given, **fields):
    """The execution, and what was put by its key without the folder of the map run."""
    put = {}

    def tasks(call):
        assert call.resource == PUT
        put[call.arguments["Key"].rpartition("/")[2]] = call.arguments
        return TaskOutcome({"ETag": "e"})

    return ran(writing(**fields), given, tasks), put


def test_each_item_is_exported_with_its_input_and_output():
    execution, put = exported([1, 2])
    folder = execution.output["ResultWriterDetails"]["Key"].rpartition("/")[0]
    assert folder.startswith("jobs/")
    assert [each["Key"] for each in put.values()] == [f"{folder}/SUCCEEDED_0.json", f"{folder}/manifest.json"]
    items = json.loads(put["SUCCEEDED_0.json"]["Body"])
    assert [(each["Status"], each["Input"], each["Output"]) for each in items] == [
        ("SUCCEEDED", "1", "1"),
        ("SUCCEEDED", "2", "2"),
    ]
    manifest = json.loads(put["manifest.json"]["Body"])
    size = len(put["SUCCEEDED_0.json"]["Body"].encode())
    assert manifest == {
        "DestinationBucket": "results",
        "MapRunArn": execution.output["MapRunArn"],
        "ResultFiles": {
            "FAILED": [],
            "PENDING": [],
            "SUCCEEDED": [{"Key": f"{folder}/SUCCEEDED_0.json", "Size": size}],
        },
    }
    assert kinds(execution)[2:6] == ["MapStateStarted", "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded"]


def test_tolerated_failures_are_exported_apart():
    _, put = exported([0, 1], ToleratedFailureCount=1)
    assert list(put) == ["SUCCEEDED_0.json", "FAILED_0.json", "manifest.json"]
    (failed,) = json.loads(put["FAILED_0.json"]["Body"])
    assert (failed["Status"], failed["Error"], failed["Input"]) == ("FAILED", "Zero", "0")


def test_a_map_without_items_exports_a_manifest():
    execution, put = exported([])
    assert (execution.status, list(put)) == ("SUCCEEDED", ["manifest.json"])


def test_an_export_that_fails_fails_the_map():
    answer = TaskOutcome(error="S3.NoSuchBucketException", cause="no bucket")
    assert failure(writing(), [1], lambda _: answer) == ("States.ResultWriterFailed", "no bucket")
    assert "MapRunFailed" in kinds(ran(writing(), [1], lambda _: answer))


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"Transformation": "FLATTEN", "OutputType": "JSON"}, [1, 2, 3, "x"]),
        ({"Transformation": "COMPACT"}, [[1, 2], [3], "x"]),
        ({}, [[1, 2], [3], "x"]),
    ],
)
def test_results_that_stay_in_the_state_are_formatted(config, expected):
    assert ran(writing({"WriterConfig": config}), [[1, 2], [3], "x"]).output == expected


def test_results_that_stay_in_the_state_may_be_described():
    execution = ran(writing({"WriterConfig": {"Transformation": "NONE"}}), [[1]])
    (item,) = execution.output
    assert (item["Status"], item["Input"], item["Output"]) == ("SUCCEEDED", "[1]", "[1]")


def test_an_item_that_failed_is_described_however_the_others_are_formatted():
    execution = ran(writing({"WriterConfig": {"Transformation": "FLATTEN"}}, ToleratedFailureCount=1), [0, [1, 2]])
    failed, *others = execution.output
    assert (failed["Status"], failed["Error"], failed["Input"], others) == ("FAILED", "Zero", "0", [1, 2])


def test_results_are_exported_as_they_are_to_be_formatted():
    writer = {**WRITER, "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}
    execution, put = exported([[1, 2], 0, {"a": "b c"}], writer=writer, ToleratedFailureCount=1)
    assert put["SUCCEEDED_0.jsonl"]["Body"] == '1\n2\n{"a":"b c"}\n'
    assert json.loads(put["FAILED_0.jsonl"]["Body"])["Input"] == "0"
    folder = execution.output["ResultWriterDetails"]["Key"].rpartition("/")[0]
    written = json.loads(put["manifest.json"]["Body"])["ResultFiles"]["SUCCEEDED"]
    assert written == [{"Key": f"{folder}/SUCCEEDED_0.jsonl", "Size": 16}]
