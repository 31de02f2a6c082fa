"""Tests of ``local.personalize.data.csv_columns``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.csv_columns import FIELDS, problem, rows
from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes


def test_columns_beside_the_schema_are_passed_over_whatever_they_are_called() -> None:
    assert rows("X,X,,N,ITEM_ID,T\n7,8,9,1,a,b\n") == [("a", "b", 1)]


def test_items_may_lack_a_required_number_but_no_id_time_or_text() -> None:
    """Recorded of AWS: POC in a box, part 2, YEAR of type int."""
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "YEAR", "type": "int"},
        {"name": "PRICE", "type": "float"},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
        {"name": "GENRES", "type": "string", "categorical": True},
    ]
    header = "ITEM_ID,YEAR,PRICE,CREATION_TIMESTAMP,GENRES\n"
    assert rows(header + "1,,,5,a\n2,1990,2.5,6,b\n", fields) == [("1", None, None, 5, "a"), ("2", 1990, 2.5, 6, "b")]
    empty = "empty, and the field is not nullable"
    assert problem(header + "1,1,1,,a\n", fields) == f"(a.csv, row 2, CREATION_TIMESTAMP: {empty})"
    assert problem(header + "1,1,1,5,\n", fields) == f"(a.csv, row 2, GENRES: {empty})"
    users = [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}]
    assert problem("USER_ID,AGE\n1,\n", users, "Users") == f"(a.csv, row 2, AGE: {empty})"


def test_put_items_takes_no_time_that_an_import_would_refuse(aws: Aws, refused: Any) -> None:
    fields = [FIELDS[0], {"name": "CREATION_TIMESTAMP", "type": "long"}]
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=fields)), kind="Items")
    item = {"itemId": "1", "properties": json.dumps({"creationTimestamp": 1_600_000_000_000})}
    code, text = refused(aws.events.put_items, datasetArn=dataset, items=[item])
    said = "CREATION_TIMESTAMP: expected Unix time in seconds, 0 to 99999999999, got 1600000000000"
    assert (code, text) == ("InvalidInputException", f"properties: {said}")
    item = {"itemId": "a\0b", "properties": json.dumps({"creationTimestamp": 5})}
    code, text = refused(aws.events.put_items, datasetArn=dataset, items=[item])
    assert (code, text) == ("InvalidInputException", "ITEM_ID must be an id without NUL characters, got 'a\\x00b'")


@pytest.mark.parametrize("folder", ["a?b/", "run #2/", "100%25+1/", "ü 購入/", "a&b=c;d/"])
def test_keys_and_folders_may_hold_any_letters(aws: Aws, folder: str) -> None:
    dataset = aws.dataset()
    aws.environment.objects[f"{folder}in.csv"] = csv_bytes(two_tastes())
    for name, location in [("file", f"{folder}in.csv"), ("folder", folder)]:
        job = aws.imported(dataset, name=name, dataSource={"dataLocation": f"s3://{BUCKET}/{location}"})
        assert job["status"] == "ACTIVE", job
    arn = aws.personalize.create_dataset_export_job(
        jobName="out",
        datasetArn=dataset,
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/{folder}out/"}},
    )["datasetExportJobArn"]
    assert aws.settled("dataset_export_job", arn)["status"] == "ACTIVE"
    assert f"{folder}out/out-INTERACTIONS.csv" in aws.environment.objects
