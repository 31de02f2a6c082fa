"""What states take in and give out: requests, responses, paths and calls."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import (
    LAMBDA,
    calling,
    machine,
    nested,
    passing,
    task,
)
from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Aws
from personalize_sfn.local.aws.iam import Keys


def test_a_nested_execution_answers_in_pascal_case_with_parsed_input_and_output(aws: Aws) -> None:
    child = aws.create("child", passing(Parameters={"b.$": "$.a"}))
    output = aws.output(nested(child), {"a": 7})
    assert output["ExecutionArn"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:child:run"
    assert (output["Status"], output["Name"], output["Input"], output["Output"]) == (
        "SUCCEEDED",
        "run",
        {"a": 7},
        {"b": 7},
    )
    assert type(output["StartDate"]) is int
    assert output["StopDate"] >= output["StartDate"] > 1_700_000_000_000


def test_an_sdk_task_takes_pascal_case_and_answers_times_as_text(aws: Aws) -> None:
    aws.client("s3").create_bucket(Bucket="bucket-1")
    output = aws.output(task("arn:aws:states:::aws-sdk:s3:listBuckets"))
    assert output["Buckets"][0]["Name"] == "bucket-1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", output["Buckets"][0]["CreationDate"])
    location = aws.output(task("arn:aws:states:::aws-sdk:s3:getBucketLocation", {"Bucket": "bucket-1"}))
    assert location == {"LocationConstraint": None} or location == {}


def test_a_parameter_that_only_the_input_names_fails_the_task_by_its_name(aws: Aws) -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "End": True}
    state |= {"QueryLanguage": "JSONata", "Arguments": "{% $states.input %}"}
    ended = aws.run(machine("T", T=state), {"Colour": "red"})
    assert (ended["error"], ended["cause"].rpartition(". ")[2]) == (
        "States.Runtime",
        "The field 'Colour' is not supported by Step Functions",
    )


def test_a_function_call_answers_with_payload_status_version_and_metadata(aws: Aws) -> None:
    aws.functions["echo"] = lambda event: {"got": event}
    output = aws.output(calling("echo"), {"n": 1})
    assert (output["Payload"], output["StatusCode"], output["ExecutedVersion"]) == ({"got": {"n": 1}}, 200, "$LATEST")
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert output["SdkResponseMetadata"] == {"RequestId": "request-1"}


def test_a_function_can_be_called_without_waiting_for_it(aws: Aws) -> None:
    aws.functions["f"] = lambda event: None
    aws.output(task(LAMBDA, {"FunctionName": "f", "InvocationType": "Event"}))
    assert aws.invocation_types == ["Event"]


def test_tasks_call_with_the_keys_of_the_execution_role(aws: Aws) -> None:
    from moto.sts.models import sts_backends

    aws.functions["f"] = lambda event: None
    aws.output(calling("f"))
    aws.output(task(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"))
    roles = {sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(key).role_arn for key in aws.keys_seen}
    assert roles == {ROLE}


def test_a_role_that_cannot_be_assumed_fails_the_task(aws: Aws) -> None:
    refusal: Any = {"Error": {"Code": "AccessDenied", "Message": "not authorized to assume"}}

    def refuse(role_arn: str) -> Keys:
        raise ClientError(refusal, "AssumeRole")

    aws.install(refuse)
    ended = aws.run(calling("f"))
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert ended["cause"].startswith("not authorized to assume")


def test_the_users_profile_and_configuration_are_not_read(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nendpoint_url = http://127.0.0.1:9\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "of-another-account")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    aws.functions["f"] = lambda event: "here"
    assert aws.output(calling("f"))["Payload"] == "here"


def test_a_distributed_map_reads_its_items_from_s3_and_exports_its_results_there(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="items")
    s3.put_object(Bucket="items", Key="rows.csv", Body=b"id,title\n1,Heat\n2,Casino\n")
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **passing()}
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        "Parameters": {"Bucket": "items", "Key": "rows.csv"},
    }
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "items", "Prefix": "out"}}
    each = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "ResultWriter": writer, "End": True}
    output = aws.output(machine("M", M=each))
    manifest = json.loads(s3.get_object(Bucket="items", Key=output["ResultWriterDetails"]["Key"])["Body"].read())
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    written = json.loads(s3.get_object(Bucket="items", Key=file["Key"])["Body"].read())
    assert [json.loads(one["Output"]) for one in written] == [
        {"id": "1", "title": "Heat"},
        {"id": "2", "title": "Casino"},
    ]


def inventory_of(aws: Aws, body: bytes) -> dict[str, Any]:
    """The outcome of a Map over the objects of an inventory with one file."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="inventories")
    manifest = {
        "destinationBucket": "arn:aws:s3:::inventories",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key",
        "files": [{"key": "1.csv.gz"}],
    }
    s3.put_object(Bucket="inventories", Key="manifest.json", Body=json.dumps(manifest))
    s3.put_object(Bucket="inventories", Key="1.csv.gz", Body=body)
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **passing()}
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "MANIFEST"},
        "Parameters": {"Bucket": "inventories", "Key": "manifest.json"},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True}
    return aws.wait(aws.start(aws.create("inventory", machine("M", M=state))))


def test_a_distributed_map_reads_the_files_of_an_inventory(aws: Aws) -> None:
    outcome = inventory_of(aws, gzip.compress(b'"films","Am\xc3\xa9lie"\n'))
    assert json.loads(outcome["output"]) == [{"Bucket": "films", "Key": "Am\u00e9lie"}]


CUT_OFF = "the object is cut off, or larger than 1000 bytes when it is unzipped"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        pytest.param(b"no gzip", "the object is no gzip: ", id="no gzip"),
        pytest.param(gzip.compress(b'"films","a"\n')[:-9], CUT_OFF, id="cut off"),
        pytest.param(gzip.compress(bytes(10**6)), CUT_OFF, id="too large"),
    ],
)
def test_a_file_of_an_inventory_that_cannot_be_unzipped_fails_the_map(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, body: bytes, cause: str
) -> None:
    monkeypatch.setattr("personalize_sfn.local.stepfunctions.integrations._LARGEST_OBJECT", 1000)
    outcome = inventory_of(aws, body)
    assert outcome["error"] == "States.ItemReaderFailed"
    assert outcome["cause"].startswith(cause)


def test_a_distributed_map_takes_every_object_of_a_bucket_however_many_pages_they_fill(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="films")
    for key in ("a", "b", "c"):
        s3.put_object(Bucket="films", Key=key, Body=b"12")
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **passing()}
    reader = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Parameters": {"Bucket": "films", "MaxKeys": 1},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True}
    found = aws.output(machine("M", M=state))
    assert [(each["Key"], each["Size"], each["StorageClass"]) for each in found] == [
        (key, 2, "STANDARD") for key in ("a", "b", "c")
    ]
    assert all(isinstance(each["LastModified"], int) and each["Etag"].startswith('"') for each in found)
