"""What a CSV file may look like: lines, header, quotes, numbers, times; and that an export can be imported again."""

from __future__ import annotations

import json
import tracemalloc
from io import BytesIO
from typing import Any

import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.aws.request import plain_request
from personalize_sfn.local.personalize.data.csv_columns import NOT_CONFORMING, Gathering
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.wire.errors import WorkFailed

FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "T", "type": ["null", "string"]},
    {"name": "N", "type": ["null", "long"]},
]


def rows(data: str | bytes, fields: list[dict[str, Any]] = FIELDS, name: str = "Items") -> list[tuple[Any, ...]]:
    """The rows that an import of the file brings."""
    gathering = Gathering(read_schema(avro(name=name, fields=fields)))
    gathering.add_file(BytesIO(data if isinstance(data, bytes) else data.encode()), "a.csv")
    return list(zip(*(column.tolist() for column in gathering.table().values()), strict=True))


def problem(data: str | bytes, fields: list[dict[str, Any]] = FIELDS, name: str = "Items") -> str:
    """What the refusal of the file says behind AWS's own words."""
    with pytest.raises(WorkFailed) as failed:
        rows(data, fields, name)
    return str(failed.value).removeprefix(NOT_CONFORMING).strip()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_any_line_end_ends_a_record(end: str, last: str, bom: str) -> None:
    text = bom + end.join(["ITEM_ID,T,N", "1,a,1", "", "2,b,2"]) + last
    assert rows(text) == [("1", "a", 1), ("2", "b", 2)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("C:\\new\\table", "C:\\new\\table"),
        ('"C:\\new"', "C:\\new"),
        ('"C:\\\\new"', "C:\\new"),
        ("ends \\", "ends \\"),
        ('"ends \\\\"', "ends \\"),
        ('"say \\"hi\\", he said"', 'say "hi", he said'),
        ('"say ""hi"", he said"', 'say "hi", he said'),
        ('6" nail', '6" nail'),
        ('""""', '"'),
        (" padded ", " padded "),
        ("a\u2028b\x85c\x0bd", "a\u2028b\x85c\x0bd"),
        ("購入 😀", "購入 😀"),
        ("", None),
        ('""', None),
        ("NULL", "NULL"),
        ("NaN", "NaN"),
    ],
)
def test_a_text_is_read_as_it_is_written(cell: str, value: str | None) -> None:
    assert rows(f'ITEM_ID,T,N\n1,{cell},1\n2,"x",2\n') == [("1", value, 1), ("2", "x", 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '"ITEM_ID","T",N\n1,a,1\n',
            "Input CSV is missing the following columns:[ITEM_ID, T]. "
            "(a.csv, row 1: the header must not stand in quotation marks)",
        ),
        ('ITEM_ID,T,N,"X"\n1,a,1,\n', "(a.csv, row 1: the header must not stand in quotation marks)"),
        ("item_id,T,N\n1,a,1\n", "Input CSV is missing the following columns:[ITEM_ID]."),
        ("ITEM_ID, T,N\n1,a,1\n", "Input CSV is missing the following columns:[T]."),
        ("\nITEM_ID,T,N\n1,a,1\n", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("\ufeff", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("ITEM_ID;T;N\n1;a;1\n", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("ITEM_ID,T,N,T\n1,a,1,b\n", "(a.csv, row 1: the column T is there more than once)"),
        ("ITEM_ID,T,N\n1,a,1,\n", "(a.csv, row 2: 4 values, the header has 3)"),
        ("ITEM_ID,T,N\n\n\n1,a\n", "(a.csv, row 4: 2 values, the header has 3)"),
        ('ITEM_ID,T,N\n1,"two\nlines",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"two\rlines",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"a \\",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"a" b,1\n', "(a.csv, row 2: expected a comma after the double quote that closes, got ' '"),
        ("ITEM_ID,T,N\n1\0,a,1\n", "(a.csv, row 2, ITEM_ID: expected an id without NUL characters, got '1\\x00')"),
        ('ITEM_ID,T,N\n"",a,1\n', "(a.csv, row 2, ITEM_ID: empty, and the field is not nullable)"),
    ],
)
def test_what_is_no_file_of_records_is_refused_with_the_row(text: str, said: str) -> None:
    assert problem(text).startswith(said)


def test_a_byte_that_is_no_utf_8_is_named_wherever_it_stands() -> None:
    assert problem(b"ITEM_ID,T,N\n" + b"1,a,1\n" * 50_000 + b"2,\xe9,2\n") == "(a.csv: byte 300014 is no UTF-8)"


def test_columns_beside_the_schema_are_passed_over_whatever_they_are_called() -> None:
    assert rows("X,X,,N,ITEM_ID,T\n7,8,9,1,a,b\n") == [("a", "b", 1)]


@pytest.mark.parametrize("kind", ["int", "long", "float", "double"])
@pytest.mark.parametrize("nullable", [False, True])
@pytest.mark.parametrize("text", ["١٢٣", "１２３", "1_000", "x", "0x10", "nan", "inf", "--1", "1,5"[:1] + "'"])
def test_only_ascii_digits_make_a_number(kind: str, nullable: bool, text: str) -> None:
    fields = [FIELDS[0], {"name": "N", "type": ["null", kind] if nullable else kind}]
    said = problem(f"ITEM_ID,N\n1,5\n2,{text}\n", fields)
    assert said == f"(a.csv, row 3, N: expected {kind}, got {text!r})"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("long", "9223372036854775807", 2**63 - 1),
        ("long", "-9223372036854775808", -(2**63)),
        ("long", "1152921504606846983", 2**60 + 7),
        ("long", "007", 7),
        ("int", "-2147483648", -(2**31)),
        ("float", "1e-7", 1e-7),
        ("double", "0.1", 0.1),
    ],
)
@pytest.mark.parametrize("nullable", [False, True])
def test_numbers_keep_all_their_digits(kind: str, text: str, value: float, nullable: bool) -> None:
    fields = [FIELDS[0], {"name": "N", "type": ["null", kind] if nullable else kind}]
    assert rows(f"ITEM_ID,N\n1,{text}\n", fields) == [("1", value)]


@pytest.mark.parametrize(
    ("kind", "text"), [("int", "2147483648"), ("long", "9223372036854775808"), ("long", "1.0"), ("double", "1e999")]
)
def test_numbers_that_the_type_cannot_hold_are_refused(kind: str, text: str) -> None:
    fields = [FIELDS[0], {"name": "N", "type": kind}]
    assert problem(f"ITEM_ID,N\n1,{text}\n", fields) == f"(a.csv, row 2, N: expected {kind}, got {text!r})"


TIMES = [
    (text, f"expected Unix time in seconds, 0 to 99999999999, got {text}")
    for text in ("-1", "1600000000000", "253402300800000")
] + [(text, f"expected long, got {text!r}") for text in ("١٦٠٠٠٠٠٠٠٠", "1600000000.5", "2020-09-13", "NaT", "")[:4]]


@pytest.mark.parametrize(("text", "said"), TIMES)
def test_a_time_is_unix_seconds(text: str, said: str) -> None:
    fields = [{"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID")]
    fields.append({"name": "TIMESTAMP", "type": "long"})
    data = f"USER_ID,ITEM_ID,TIMESTAMP\nu,i,0\nu,i,{text}\n"
    assert problem(data, fields, "Interactions") == f"(a.csv, row 3, TIMESTAMP: {said})"
    created = [FIELDS[0], {"name": "CREATION_TIMESTAMP", "type": ["long", "null"]}]
    said = f"(a.csv, row 3, CREATION_TIMESTAMP: {said})"
    assert problem(f"ITEM_ID,CREATION_TIMESTAMP\n1,\n2,{text}\n", created) == said


def test_times_up_to_the_year_5138_are_taken() -> None:
    fields = [FIELDS[0], {"name": "CREATION_TIMESTAMP", "type": "long"}]
    assert rows("ITEM_ID,CREATION_TIMESTAMP\n1,0\n2,99999999999\n", fields) == [("1", 0), ("2", 99_999_999_999)]


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


@pytest.mark.parametrize(
    "data",
    [
        b"ITEM_ID,T,N\n" + b"\n" * 1_000_000,
        b"ITEM_ID,T,N\n1," + b"x" * 1_000_000 + b",1\n",
        b'ITEM_ID,T,N\n1,"' + b'""' * 250_000 + b"\n",
        b'ITEM_ID,T,N\n1,"' + b"\\" * 499_999 + b'",1\n',
        b"ITEM_ID,T,N" + b",X" * 250_000 + b"\n1,a,1\n",
        b"\r" * 1_000_000,
        b"," * 1_000_000,
        b"\xff" * 1_000_000,
        b"ITEM_ID,T,N\n" + b'"\n' * 250_000,
    ],
    ids=[
        "blank lines",
        "long text",
        "quotes",
        "backslashes",
        "wide header",
        "CR",
        "commas",
        "bad bytes",
        "open quotes",
    ],
)
def test_any_bytes_take_memory_in_proportion(data: bytes) -> None:
    gathering = Gathering(read_schema(avro(name="Items", fields=FIELDS)))
    tracemalloc.start()
    try:
        gathering.add_file(BytesIO(data), "a.csv")
    except WorkFailed as failed:
        assert len(str(failed)) < 1000  # noqa: PT017 - whether it fails depends on the data
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 100 * len(data)


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


@pytest.mark.parametrize("sent_at", [-1, 1_600_000_000_000])
def test_an_events_time_is_unix_seconds(aws: Aws, sent_at: int) -> None:
    group = aws.data()
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "sentAt": sent_at, "itemId": "i1"}
    body = json.dumps({"trackingId": tracker, "sessionId": "s", "eventList": [event]}).encode()
    status, _, answer = aws.service.handle(
        plain_request("personalize", "us-east-1", "POST", "/events", {}, body), owner_of("123456789012")
    )
    said = f"sentAt: expected Unix time in seconds, 0 to 99999999999, got {sent_at}"
    assert (status, json.loads(answer)) == (400, {"__type": "InvalidInputException", "message": said})


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
