"""The folder of events that are not sent yet."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from personalize_sfn.errors import EventError
from personalize_sfn.serving import event_spool
from personalize_sfn.serving.event_spool import EventSpool
from personalize_sfn.serving.outgoing_event import OutgoingEvent

HERE = "123456789012/us-east-1/shop"


def event(number: int) -> OutgoingEvent:
    return OutgoingEvent("u", "u", {"eventId": str(number), "eventType": "buy", "sentAt": 5, "itemId": "\u00e9\n"})


def spool(path: Path, destination: str = HERE) -> EventSpool:
    return EventSpool(path, destination)


def killed(path: Path, *numbers: int, done: tuple[int, ...] = ()) -> bytes:
    """What a process leaves that wrote these events and was killed: the content of its file."""
    one = spool(path)
    for number in numbers:
        one.add(event(number))
    one.done([event(number) for number in done])
    assert one._current is not None
    one.after_fork()  # closes the file, and so its lock, and does nothing else
    (file,) = path.glob("*.events")
    return file.read_bytes()


def recovered(path: Path, destination: str = HERE) -> list[str]:
    one = spool(path, destination)
    found = [each.event_id for each in one.recover()]
    one.after_fork()
    return found


def test_what_is_not_done_is_found_again_as_it_was(tmp_path: Path) -> None:
    killed(tmp_path, 1, 2, 3, done=(2,))
    assert spool(tmp_path).recover() == [event(1), event(3)]


def test_two_senders_never_have_the_same_events(tmp_path: Path) -> None:
    first = spool(tmp_path)
    first.add(event(1))
    second = spool(tmp_path)
    assert second.recover() == []  # the first one has it
    first.close()
    assert second.recover() == [event(1)]
    assert spool(tmp_path).recover() == []  # the second one has it
    second.done([event(1)])
    assert list(tmp_path.iterdir()) == []


def test_a_file_goes_when_all_its_events_are_done(tmp_path: Path) -> None:
    one = spool(tmp_path)
    one.add(event(1))
    one.done([event(1)])
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_a_long_run_keeps_the_folder_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_spool, "_LARGEST_FILE", 1000)
    one = spool(tmp_path)
    for number in range(200):
        one.add(event(number))
        if number >= 3:
            one.done([event(number - 3)])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 4000
    assert len(list(tmp_path.iterdir())) <= 3
    one.after_fork()
    assert recovered(tmp_path) == ["197", "198", "199"]


def test_a_file_that_was_cut_off_anywhere_gives_whole_events_only(tmp_path: Path) -> None:
    whole = killed(tmp_path / "all", 1, 2)
    starts = [place + 1 for place, byte in enumerate(whole[:-1]) if byte == 10]
    for length in range(len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / "a.events").write_bytes(whole[:length])
        # An event is whole with its last brace; the line feed after it is not needed.
        expected = [name for name, end in (("1", starts[1] - 1), ("2", len(whole) - 1)) if length >= end]
        assert recovered(folder) == expected


def test_a_damaged_line_is_left_out_and_counted(tmp_path: Path) -> None:
    content = killed(tmp_path, 1, 2, 3)
    (file,) = tmp_path.glob("*.events")
    lines = content.split(b"\n")
    file.write_bytes(b"\n".join([lines[0], lines[1], lines[2].replace(b"buy", b"bye"), b"\0" * 30, lines[3], b""]))
    one = spool(tmp_path)
    assert [each.event_id for each in one.recover()] == ["1", "3"]
    assert one.damaged_lines == 2


def test_events_of_another_account_region_or_project_are_left_alone(tmp_path: Path) -> None:
    killed(tmp_path, 1)
    assert recovered(tmp_path, "999999999999/us-east-1/shop") == []
    assert recovered(tmp_path) == ["1"]


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\xfe\n", b"[1]\n", b'00000000 {"for": "x"}\n'])
def test_a_file_that_is_no_spool_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.events").write_bytes(content)
    assert recovered(tmp_path) == []
    assert (tmp_path / "mine.events").read_bytes() == content


def test_links_folders_and_pipes_are_not_read(tmp_path: Path) -> None:
    killed(tmp_path / "elsewhere", 1)
    (target,) = (tmp_path / "elsewhere").iterdir()
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "link.events").symlink_to(target)
    (folder / "folder.events").mkdir()
    os.mkfifo(folder / "pipe.events")
    assert recovered(folder) == []


def test_only_its_user_reads_what_users_did(tmp_path: Path) -> None:
    killed(tmp_path / "spool", 1)
    (file,) = (tmp_path / "spool").iterdir()
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EventError) as refused:
        spool(tmp_path / "file")
    assert str(refused.value) == f"spool {tmp_path / 'file'}: File exists"


def test_a_disk_that_is_full_at_the_first_event_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    one = spool(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(EventError, match="No space left on device"):
            one.add(event(1))
    assert list(tmp_path.iterdir()) == []
    one.add(event(2))
    one.after_fork()
    assert recovered(tmp_path) == ["2"]


def test_a_half_written_line_that_cannot_be_taken_back_is_not_read_and_nothing_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = spool(tmp_path)
    one.add(event(1))
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) < 60:
            raise OSError(5, "Input/output error")
        return write(descriptor, data[: len(data) // 2])

    def fail(descriptor: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        patched.setattr(os, "ftruncate", fail)
        with pytest.raises(EventError, match="Input/output error"):
            one.add(event(2))
    one.add(event(3))
    one.after_fork()
    assert sorted(recovered(tmp_path)) == ["1", "3"]
