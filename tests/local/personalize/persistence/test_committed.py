"""The log that a killed process leaves: a bit of it that was flipped is noticed, or has no effect."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from fakes.data_directories import everything
from fakes.data_directory_rows import copied, rows_of
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence import DataDirectory, committed

WAL, COMMITTED = "resources.sqlite-wal", "committed"
pytestmark = pytest.mark.skipif(not committed._BOOT.exists(), reason="only Linux tells when the machine was started")


def killed(path: Path) -> Path:
    """A data directory as a killed process leaves it: the last of its transactions are in SQLite's log alone."""
    with running(path / "living") as aws:
        group = aws.data()
        aws.campaign(aws.trained(group, "aws-popularity-count"))
        tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
        for number in range(5):
            event = {"eventType": "w", "itemId": "i1", "sentAt": 1_700_000_000 + number}
            aws.events.put_events(trackingId=tracking_id, userId="u1", sessionId="s", eventList=[event])
        shutil.copytree(path / "living", path / "killed")
    assert (path / "killed" / WAL).stat().st_size > 0
    return path / "killed"


def flipped(file: Path, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)


def test_no_flipped_bit_of_the_log_loses_a_transaction_without_a_word(tmp_path: Path):
    original = killed(tmp_path)
    rows = rows_of(copied(original, tmp_path / "whole"))
    size, draw = (original / WAL).stat().st_size * 8, random.Random(5)
    of_header = draw.sample(range(32 * 8), 12)
    refused = 0
    for bit in (*of_header, *(draw.randrange(size) for _ in range(40))):
        data = copied(original, tmp_path / "data")
        flipped(data / WAL, bit)
        try:
            assert rows_of(data) == rows
        except LocalAwsError as error:
            assert f"{data}/resources.sqlite or {data}/{WAL} is damaged: " in str(error)  # noqa: PT017 - or no error
            refused += 1
    assert refused


def test_a_log_that_lost_transactions_is_left_as_it_is_and_can_be_taken_all_the_same(tmp_path: Path):
    data = killed(tmp_path)
    flipped(data / WAL, 24 * 8)  # in the checksum of its first line, so that SQLite takes nothing of it
    before = {name: content for name, content in everything(data).items() if not name.endswith("-shm")}
    with pytest.raises(
        LocalAwsError, match=r"\d+ of \d+ transactions are missing\. Put the data directory back"
    ) as error:
        DataDirectory(data)
    assert str(error.value).endswith(f", or remove {data / COMMITTED} to go on without them")
    assert {name: content for name, content in everything(data).items() if not name.endswith("-shm")} == before
    (data / COMMITTED).unlink()
    rows_of(data)
    rows_of(data)


def test_a_flipped_bit_of_the_number_is_noticed(tmp_path: Path):
    original = killed(tmp_path)
    draw = random.Random(6)
    size = (original / COMMITTED).stat().st_size * 8
    for bit in draw.sample(range(size), 20):
        data = copied(original, tmp_path / "data")
        flipped(data / COMMITTED, bit)
        with pytest.raises(LocalAwsError) as error:
            DataDirectory(data)
        expected = f"{data / COMMITTED} is damaged. Remove it to go on with what the database holds"
        assert str(error.value) == expected


def test_after_a_fall_of_the_machine_the_number_may_be_ahead_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = killed(tmp_path)
    (data / WAL).write_bytes(b"")
    boot = tmp_path / "boot_id"
    boot.write_text("the next one\n")
    monkeypatch.setattr(committed, "_BOOT", boot)
    rows_of(data)
    rows_of(data)


def test_a_commit_whose_number_was_not_written_yet_is_kept(tmp_path: Path):
    data = killed(tmp_path)
    rows = rows_of(copied(data, tmp_path / "whole"))
    before = (data / COMMITTED).read_bytes()
    number = int(before.split()[0])
    said = before.decode().rsplit(" ", 1)[0].replace(f"{number:020}", f"{number - 1:020}")
    (data / COMMITTED).write_text(f"{said} {committed._digest(said)}\n")
    assert rows_of(data) == rows
    assert int((data / COMMITTED).read_text().split()[0]) == number


def test_every_transaction_is_counted_once(tmp_path: Path):
    directory = DataDirectory(tmp_path)
    for number in range(3):
        with directory.transaction() as rows:
            rows.put("buckets", "123456789012", f"bucket-{number}", "{}")
    with pytest.raises(KeyError), directory.transaction() as rows:
        raise KeyError(rows)
    assert int((tmp_path / COMMITTED).read_text().split()[0]) == 3
    directory.close()
