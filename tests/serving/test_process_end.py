"""How a program ends: nothing that ``put`` has taken is lost, in real processes against a real embedded AWS."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.live_shops import LiveShop, live_shop
from personalize_sfn import EventSender
from personalize_sfn.config import Config
from personalize_sfn.local import LocalAws


@pytest.fixture(scope="module")
def one_shop() -> Iterator[LiveShop]:
    with LocalAws() as aws:
        yield live_shop(aws, "shop")


@pytest.fixture
def shop(one_shop: LiveShop) -> Iterator[LiveShop]:
    yield one_shop
    one_shop.stop()
    one_shop.aws.personalize.faults.clear()
    one_shop.forget_events()


PUT_WITHOUT_END = """
n = 0
while True:
    n += 1
    told(events.put(f"u{n % 7}", str(n), "view"))
"""


def first_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def rest(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    """The whole lines that are still to come, and stderr, when it has ended."""
    assert process.stdout is not None
    assert process.stderr is not None
    lines, errors = process.stdout.read().split("\n")[:-1], process.stderr.read()
    process.wait(60)
    return lines, errors


def end(process: subprocess.Popen[str], number: int, already: list[str]) -> list[str]:
    """Send the signal while it puts; the ids of all events that it was told are taken."""
    process.send_signal(number)
    lines, errors = rest(process)
    assert process.returncode == -number, errors
    return already + lines


@pytest.mark.parametrize(("ending", "code"), [("", 0), ("raise KeyError('x')", 1)])
def test_nothing_is_lost_at_the_end_of_a_program_that_closes_nothing(shop: LiveShop, ending: str, code: int) -> None:
    process = shop.program(
        f"""
events = EventSender(session, config)
for n in range(100): told(events.put(f"u{{n % 7}}", str(n), "view"))
{ending}
"""
    )
    lines, errors = rest(process)
    assert process.returncode == code, errors
    assert len(lines) == 100
    assert sorted(shop.event_ids) == sorted(lines)


def test_nothing_is_lost_by_sigterm_and_the_exit_status_is_the_signals(shop: LiveShop) -> None:
    process = shop.program("events = EventSender(session, config)" + PUT_WITHOUT_END)
    taken = end(process, signal.SIGTERM, first_lines(process, 60))
    assert set(taken) <= set(shop.event_ids)
    assert len(set(shop.event_ids) - set(taken)) <= 1  # of a put that was under way


def test_sigterm_while_put_waits_for_room_loses_nothing(shop: LiveShop) -> None:
    shop.aws.personalize.faults.throttle("PutEvents", times=4)
    process = shop.program(
        "events = EventSender(session, config, max_queue=20)" + PUT_WITHOUT_END.replace('"view"', '"view", timeout=60')
    )
    taken = end(process, signal.SIGTERM, first_lines(process, 20))
    assert set(taken) <= set(shop.event_ids)


def test_with_a_spool_a_killed_program_loses_nothing(shop: LiveShop, tmp_path: Path) -> None:
    process = shop.program(f"events = EventSender(session, config, spool={str(tmp_path)!r})" + PUT_WITHOUT_END)
    taken = end(process, signal.SIGKILL, first_lines(process, 200))
    before = len(shop.event_ids)
    with EventSender(shop.aws.session(), Config(project=shop.project), spool=tmp_path):
        pass
    assert set(taken) <= set(shop.event_ids)
    assert len(shop.event_ids) == len(set(shop.event_ids)) > before
    assert list(tmp_path.iterdir()) == []


def test_children_that_were_forked_send_their_own_events_and_none_of_the_parents(
    shop: LiveShop, tmp_path: Path
) -> None:
    process = shop.program(
        f"""
import multiprocessing
events = EventSender(session, config, spool={str(tmp_path)!r})
told(events.put("parent", "1", "view"))
def work():
    told(events.put("child", "2", "view"))
child = multiprocessing.get_context("fork").Process(target=work)
child.start(); child.join()
if os.fork() == 0:
    told(events.put("grandchild", "3", "view"))
    sys.exit()
os.wait()
told(events.put("parent", "4", "view"))
"""
    )
    lines, errors = rest(process)
    assert process.returncode == 0, errors
    assert sorted(shop.event_ids) == sorted(lines)
    assert sorted(event.item_id for event in shop.events) == ["1", "2", "3", "4"]
    assert list(tmp_path.iterdir()) == []


def test_an_end_that_cannot_send_says_how_many_are_lost_and_does_not_hang(shop: LiveShop) -> None:
    shop.aws.personalize.faults.throttle("PutEvents", times=1000)
    process = shop.program("events = EventSender(session, config, exit_timeout=0.2)\nevents.put('u', '1', 'view')")
    errors = rest(process)[1]
    assert process.returncode == 0
    assert errors.strip() == "1 event was not sent in 0.2 s: Rate exceeded"
