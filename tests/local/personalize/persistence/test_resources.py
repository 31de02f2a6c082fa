"""Tests of ``local.personalize.persistence.resources``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from fakes.personalize_aws import two_tastes
from fakes.restarted_personalize import running


def test_what_is_written_for_an_event_does_not_grow_with_the_events_before_it(tmp_path: Path):
    def kept() -> int:
        with sqlite3.connect(tmp_path / "resources.sqlite") as database:
            rows = database.execute("SELECT content FROM records WHERE resource_type = 'datasetGroup'")
            return len(rows.fetchone()[0])

    with running(tmp_path) as aws:
        group = aws.group()
        tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]

        def put(number: int) -> None:
            event = {"eventType": "w", "itemId": "i", "sentAt": 1_700_000_000, "eventId": f"event-{number:04}"}
            aws.events.put_events(trackingId=tracking_id, userId="u", sessionId="s", eventList=[event])

        put(0)
        before = kept()
        for number in range(1, 20):
            put(number)
        assert kept() == before


def test_tags_and_deletions_last(tmp_path: Path):
    with running(tmp_path) as aws:
        kept, gone = aws.group("kept", tags=[{"tagKey": "a", "tagValue": "b"}]), aws.group("gone")
        aws.personalize.delete_dataset_group(datasetGroupArn=gone)
        aws.personalize.tag_resource(resourceArn=kept, tags=[{"tagKey": "c", "tagValue": "d"}])
    with running(tmp_path) as aws:
        assert [group["datasetGroupArn"] for group in aws.personalize.list_dataset_groups()["datasetGroups"]] == [kept]
        tags = aws.personalize.list_tags_for_resource(resourceArn=kept)["tags"]
        assert tags == [{"tagKey": "a", "tagValue": "b"}, {"tagKey": "c", "tagValue": "d"}]


def test_a_new_import_leaves_no_file_of_the_old_one(tmp_path: Path):
    with running(tmp_path) as aws:
        dataset = aws.dataset()
        assert aws.imported(dataset, name="one")["status"] == "ACTIVE"
        first = {file.name for file in (tmp_path / "files").iterdir()}
        assert aws.imported(dataset, two_tastes(seed=2), name="two")["status"] == "ACTIVE"
        second = {file.name for file in (tmp_path / "files").iterdir()}
        assert len(first) == len(second) == 1
        assert first != second
