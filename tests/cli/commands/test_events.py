"""Tests of ``events``: ``personalize-sfn events put``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.live_shops import LiveShop, live_shop
from personalize_sfn.cli.commands import events
from personalize_sfn.local import LocalAws

HEADER = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n"


@pytest.fixture(scope="module")
def one_shop(one_aws: LocalAws) -> LiveShop:
    return live_shop(one_aws, "shop")


@pytest.fixture
def shop(one_shop: LiveShop, aws: LocalAws) -> Iterator[LiveShop]:
    yield one_shop
    one_shop.aws.personalize.faults.clear()
    one_shop.forget_events()


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text("project: shop\n")
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """300 events of 7 users."""
    path = tmp_path / "clicks.csv"
    path.write_text(HEADER + "".join(f"u{n % 7},i{n},view,{1_700_000_000 + n}\n" for n in range(300)))
    return path


def test_the_rows_of_a_file_become_live_events(shop: LiveShop, command: Callable, config_file: Path, csv: Path) -> None:
    done = command("--config", str(config_file), "events", "put", str(csv))
    assert (done.code, done.out.splitlines()[-1]) == (0, "✓ 300 of 300 events of clicks.csv sent"), done.err
    assert sorted(event.item_id for event in shop.events) == sorted(f"i{n}" for n in range(300))
    for user in range(7):
        own = [event.timestamp for event in shop.events if event.user_id == f"u{user}"]
        assert own == sorted(own)


def test_a_file_that_is_sent_twice_counts_once(shop: LiveShop, command: Callable, config_file: Path, csv: Path) -> None:
    for _ in range(2):
        done = command("--config", str(config_file), "events", "put", str(csv), "--json")
        assert done.json == {"file": str(csv), "rows": 300, "sent": 300, "refused": []}
    assert len(shop.events) == 300


def test_one_wrong_row_and_nothing_is_sent(shop: LiveShop, command: Callable, config_file: Path, csv: Path) -> None:
    csv.write_text(csv.read_text().replace("u3,i150,view", "u3,i150,").replace("1700000200", "soon"))
    done = command("--config", str(config_file), "events", "put", str(csv), "--json")
    assert done.code == 2
    assert done.json["message"] == (
        "clicks.csv: 2 of 300 rows are no events, nothing was sent:\n"
        "  line 152: event_type: expected 1 to 256 characters, got 0: ''\n"
        "  line 202: TIMESTAMP: expected seconds since 1970 or ISO 8601, got 'soon'"
    )
    assert shop.events == []


def test_what_personalize_refuses_is_named_with_its_line(
    shop: LiveShop, command: Callable, config_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text(HEADER + "\nu,1,view,5\n")
    shop.aws.personalize.faults.error_once("PutEvents", "InvalidInputException", "properties: no")
    done = command("--config", str(config_file), "events", "put", str(path), "--json")
    assert done.code == 1
    refused = ["line 3: view of item 1 by u: properties: no"]
    assert done.json == {"file": str(path), "rows": 1, "sent": 0, "refused": refused}


def test_when_personalize_does_not_answer_it_says_where_to_resume(
    shop: LiveShop, command: Callable, config_file: Path, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_AT_ONCE", 100)
    monkeypatch.setattr(events, "_SECONDS", 0.2)
    put, blocks = events._put, []

    def stop_before_the_third(sender, block) -> None:
        blocks.append(block)
        if len(blocks) == 3:
            shop.aws.personalize.faults.error_once("PutEvents", "AccessDeniedException", "not authorized", times=10_000)
        put(sender, block)

    monkeypatch.setattr(events, "_put", stop_before_the_third)
    monkeypatch.setattr(events, "_SECONDS", 30)
    asked = ("--config", str(config_file), "events", "put", str(csv))
    done = command(*asked)
    assert done.code == 1
    assert "not authorized. All rows before line 202 were sent; resume with" in done.err
    assert "events put" in done.err
    assert "--from-line 202" in done.err
    shop.aws.personalize.faults.clear()
    assert command(*asked, "--from-line", "202").code == 0
    assert len(shop.events) == 300


def test_without_a_tracker_it_says_what_to_set(shop: LiveShop, command: Callable, csv: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("project: other\n")
    done = command("--config", str(path), "events", "put", str(csv))
    assert done.code == 1
    assert "Set event_tracker: true in the configuration, deploy, and run the main workflow" in done.err


def test_a_pipe_is_refused_because_it_is_read_twice(command: Callable, config_file: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = command("--config", str(config_file), "events", "put", str(tmp_path / "pipe"))
    assert done.code == 2
    assert "is a device or pipe: save it as a file first" in done.err
