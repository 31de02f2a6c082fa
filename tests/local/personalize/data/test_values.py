"""What a CSV file may look like: lines, header, quotes, numbers, times; and that an export can be imported again."""

from __future__ import annotations

import json

import pytest

from fakes.csv_columns import FIELDS, problem, rows
from fakes.personalize_aws import Aws
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.aws.request import plain_request


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
