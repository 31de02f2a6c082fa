"""Tests of ``export_csv``: a dataset export job's work: the rows of a dataset as CSV."""

from __future__ import annotations

import json

from fakes.csv_columns import FIELDS, rows
from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes


def _exported(aws: Aws, dataset: str, name: str, mode: str = "ALL") -> bytes:
    arn = aws.personalize.create_dataset_export_job(
        jobName=name,
        datasetArn=dataset,
        ingestionMode=mode,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
    )["datasetExportJobArn"]
    assert aws.settled("dataset_export_job", arn)["status"] == "ACTIVE"
    return aws.environment.objects[f"out/{name}-{dataset.rsplit('/', maxsplit=1)[1]}.csv"]


def test_items_that_were_put_go_through_export_and_import_unchanged(aws: Aws) -> None:
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": ["null", "string"]},
        {"name": "GENRE", "type": "string", "categorical": True},
        {"name": "SKU", "type": ["null", "long"]},
        {"name": "PRICE", "type": ["double", "null"]},
        {"name": "ADULT", "type": ["null", "boolean"]},
    ]
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=fields)), kind="Items")
    texts = [
        "C:\\new",
        "ends \\",
        'say "hi"',
        '\\"',
        "a,b",
        " padded ",
        "購入\u2028",
        None,
        "",
        "null",
        "-",
        "\t",
        "\\n",
    ]
    values = [
        {"title": text, "genre": text or "", "sku": 2**60 + n, "price": n / 7, "adult": n % 2 == 0}
        | ({"sku": None, "price": None, "adult": None} if n == 3 else {})
        for n, text in enumerate(texts)
    ]
    for n, value in enumerate(values):
        aws.events.put_items(datasetArn=dataset, items=[{"itemId": f'i "{n}"\\', "properties": json.dumps(value)}])
    first = _exported(aws, dataset, "first")
    job = aws.imported(dataset, first)
    assert job["status"] == "ACTIVE", job
    assert _exported(aws, dataset, "bulk", mode="BULK") == first
    expected = [(f'i "{n}"\\', each["title"] or None, *list(each.values())[1:]) for n, each in enumerate(values)]
    assert rows(first, fields) == expected


def test_a_line_break_in_a_text_is_exported_as_a_space(aws: Aws) -> None:
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=FIELDS)), kind="Items")
    aws.events.put_items(datasetArn=dataset, items=[{"itemId": "1", "properties": json.dumps({"t": "two\r\nlines"})}])
    assert _exported(aws, dataset, "first") == b'ITEM_ID,T,N\n1,"two  lines",\n'


def test_interactions_with_live_events_go_through_export_and_import_unchanged(aws: Aws) -> None:
    group = aws.group()
    more = [
        {"name": "EVENT_TYPE", "type": ["null", "string"]},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "DEVICE", "type": ["null", "string"]},
        {"name": "IMPRESSION", "type": ["null", "string"]},
    ]
    dataset = aws.dataset(group, aws.schema(schema=avro(*more)))
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,DEVICE,IMPRESSION"
    bulk = [(*row, "watch" if row[2] % 7 else "", row[2] / 3 if row[2] % 5 else "", "", "") for row in two_tastes()]
    assert aws.imported(dataset, csv_bytes(bulk, header), name="bulk")["status"] == "ACTIVE"
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["trackingId"]
    event = {
        "eventType": 'a "b"',
        "sentAt": 1_700_000_000,
        "itemId": "i,1\\",
        "eventValue": 0.5,
        "impression": ["x", "y"],
    }
    aws.events.put_events(
        trackingId=tracker, sessionId="s", userId="u", eventList=[event | {"properties": json.dumps({"device": "\\"})}]
    )
    first = _exported(aws, dataset, "first")
    assert first.endswith(b'u,"i,1\\\\",1700000000,"a \\"b\\"",0.5,"\\\\",x|y\n')
    job = aws.imported(dataset, first, name="again")
    assert job["status"] == "ACTIVE", job
    assert _exported(aws, dataset, "second", mode="BULK") == first
