"""Events from a CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.errors import DataError
from personalize_sfn.serving.event_csv import CsvEvent, EventCsv
from personalize_sfn.serving.outgoing_event import EventColumns

SCHEMA = {
    "fields": [
        *INTERACTIONS_SCHEMA["fields"],
        {"name": "DEVICE", "type": ["null", "string"]},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "IS_NEW", "type": ["null", "boolean"]},
    ]
}


def read(path: Path, text: str | bytes, **options: Any) -> list[CsvEvent]:
    file = path / "events.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    from_line = options.pop("from_line", 2)
    return list(EventCsv(file, EventColumns(SCHEMA), **options).events(from_line))


def members(found: CsvEvent) -> dict[str, Any]:
    assert found.event is not None, found.problem
    return {name: value for name, value in found.event.members.items() if name != "eventId"}


def test_a_row_is_an_event(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,42,buy,1700000000\n")
    assert (found.line, found.event and (found.event.user_id, found.event.session_id)) == (2, ("u1", "u1"))
    assert members(found) == {"eventType": "buy", "itemId": "42", "sentAt": 1_700_000_000}


def test_every_column_finds_its_place(tmp_path: Path) -> None:
    header = (
        "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,SESSION_ID,EVENT_VALUE,RECOMMENDATION_ID,IMPRESSION,"
        "EVENT_ATTRIBUTION_SOURCE,EVENT_ID,DEVICE,PRICE,IS_NEW,OTHER"
    )
    (found,) = read(tmp_path, f"{header}\nu,i,buy,2024-04-17T09:30:00Z,s,2.5,RID,1|2,mail,e,tv,3,TRUE,x\n")
    assert found.event is not None
    assert (found.event.session_id, found.event.event_id) == ("s", "e")
    assert members(found) == {
        "eventType": "buy",
        "itemId": "i",
        "sentAt": 1_713_346_200,
        "eventValue": 2.5,
        "recommendationId": "RID",
        "impression": ["1", "2"],
        "metricAttribution": {"eventAttributionSource": "mail"},
        "properties": '{"device": "tv", "price": 3.0, "isNew": true}',
    }


def test_empty_values_are_none_and_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        '\ufeffUSER_ID;ITEM_ID;TIMESTAMP;DEVICE\r\nu;"a\nb";5;\r\n\r\nv;"say ""hi""; now";6;tv\r\n',
        default_event_type="view",
    )
    assert [(row.line, members(row)) for row in rows] == [
        (2, {"eventType": "view", "itemId": "a\nb", "sentAt": 5}),
        (5, {"eventType": "view", "itemId": 'say "hi"; now', "sentAt": 6, "properties": '{"device": "tv"}'}),
    ]


def test_columns_may_have_other_names_and_times_another_unit(tmp_path: Path) -> None:
    names = {"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}
    text = "user\tsku\tat\nu\ti\t1700000000999\n"
    (found,) = read(tmp_path, text, names=names, time_unit="ms", default_event_type="view")
    assert members(found)["sentAt"] == 1_700_000_000


def test_the_id_comes_from_the_content_so_that_a_file_can_be_sent_again(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,i,buy,5\nu,i,buy,6\nu,i,buy,5\n"
    first, second = read(tmp_path, text), read(tmp_path, text)
    ids = [row.event and row.event.event_id for row in first]
    assert ids == [row.event and row.event.event_id for row in second]
    assert ids[0] == ids[2] != ids[1]


def test_reading_begins_at_a_line(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,1,buy,5\nu,2,buy,6\nu,3,buy,7\n"
    assert [members(row)["itemId"] for row in read(tmp_path, text, from_line=3)] == ["2", "3"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",i,buy,5,", "session_id: expected one, because the event has no user_id"),
        ("u,i,,5,", "event_type: expected 1 to 256 characters, got 0: ''"),
        ("u,i,buy,,", "TIMESTAMP: expected seconds since 1970 or ISO 8601, got ''"),
        ("u,i,buy,yesterday,", "TIMESTAMP: expected seconds since 1970 or ISO 8601, got 'yesterday'"),
        (
            "u,i,buy,1700000000000,",
            "TIMESTAMP: expected s since 1970, got 1700000000000: is --time-unit right?",
        ),
        ("u,i,buy,-5,", "sent_at: expected seconds since 1970, got -5"),
        ("u,i,buy,5,cheap", "PRICE: expected a value of type float, got 'cheap'"),
        ("u,i,buy,5", "expected 5 values, found 4"),
        (f"u,{'i' * 300},buy,5,", f"item_id: expected 1 to 256 characters, got 300: '{'i' * 79}"),
    ],
)
def test_a_row_that_is_no_event_is_named(tmp_path: Path, row: str, problem: str) -> None:
    good = "u,i,buy,5,1"
    text = f"USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,PRICE\n{good}\n{row}\n{good}\n"
    found = read(tmp_path, text, default_event_type="not of a file that has the column")
    assert [(each.line, each.problem) for each in found] == [(2, ""), (3, problem), (4, "")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "USER_ID,ITEM\nu,i\n",
            "events.csv: line 1: expected the columns ITEM_ID, TIMESTAMP, EVENT_TYPE, found USER_ID, ITEM; "
            "say what the file calls them with --columns",
        ),
        ("", "events.csv: line 1: expected the columns USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, found nothing"),
        (
            b"USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,\xff,buy,5\n",
            "cannot be read: 'utf-8' codec can't decode byte 0xff",
        ),
        (
            'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,"i,buy,5\n',
            "events.csv: line 2 or after it: unexpected end of data",
        ),
    ],
)
def test_a_file_that_is_no_csv_of_events_is_refused(tmp_path: Path, text: Any, message: str) -> None:
    with pytest.raises(DataError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)


def test_columns_that_events_do_not_have_are_named(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE,COLOUR\n")
    assert EventCsv(path, EventColumns(SCHEMA)).unused_columns() == ("COLOUR",)


def test_a_file_of_any_size_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" + "u,i,5,buy\n" * 100_000 + "broken\n")
    rows = EventCsv(path, EventColumns(SCHEMA)).events()
    assert [next(rows).line for _ in range(3)] == [2, 3, 4]
