"""The strip: a chip a step, in its place from the first look to the last."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fakes.recorded_histories import recorded
from personalize_sfn.display import strip
from personalize_sfn.display.history import Run, Span, read
from personalize_sfn.display.steps import Plan, plan_of
from personalize_sfn.display.strip import Chip, chip_rows, strip_html

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def plan(kind: str = "plain") -> Plan:
    def golden(arn: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((GOLDEN / f"{kind}-{arn.split(':')[6].partition('-')[2]}.json").read_text())
        return found

    return plan_of(golden("arn:aws:states:us-east-1:1:stateMachine:movies-main"), golden)


def labels(rows: Any) -> list[tuple[str, list[str]]]:
    return [(row.name, [chip.label for chip in row.chips]) for row in rows]


def test_every_step_keeps_its_place_from_the_first_look_to_the_last() -> None:
    story = recorded("success")

    shown = [labels(chip_rows(story.run(at), plan(), at)) for at in story.times()[::5]]

    assert shown[0] == [("", list(plan().steps))]
    assert all(each == shown[0] for each in shown)


def test_a_run_that_succeeded_shows_only_what_it_did() -> None:
    run = Run("arn:aws:states:us-east-1:1:execution:m:r", "SUCCEEDED", NOW, NOW, (Span("Create A", "Task", NOW, NOW),))

    assert labels(chip_rows(run, Plan(("A", "B")), NOW)) == [("", ["A"])]


def test_what_failed_and_what_was_not_reached_are_told_apart() -> None:
    (row,) = chip_rows(recorded("fails-solution-version").run(), plan(), NOW)
    status = {chip.label: chip.status for chip in row.chips}

    assert (status["Solution"], status["Solution Version"], status["Campaign"]) == ("SUCCEEDED", "FAILED", "")


def test_a_step_that_did_its_work_is_not_blamed_for_one_below_that_failed() -> None:
    (row,) = chip_rows(recorded("fails-campaign").run(), plan(), NOW)

    assert [chip.label for chip in row.chips if chip.status == "FAILED"] == ["Campaign"]


def event(number: int, before: int, kind: str, name: str = "", **more: Any) -> dict[str, Any]:
    key = f"{kind[0].lower()}{kind[1:]}EventDetails"
    if kind.endswith("StateEntered"):
        key = "stateEnteredEventDetails"
    return {
        "id": number,
        "previousEventId": before,
        "type": kind,
        "timestamp": NOW + timedelta(seconds=number),
        key: {"name": name, **more},
    }


def of_two_items(running: int = 0) -> Run:
    """A Map over two solutions, of which one has begun its first step."""
    main = "arn:aws:states:us-east-1:1:execution:movies-main:r"
    arns = [main.replace("main", "solution") + f"-{i}" for i in range(2)]
    events = [
        event(1, 0, "ExecutionStarted"),
        event(2, 1, "MapStateEntered", "Each"),
        event(3, 2, "MapStateStarted", length=2),
        event(4, 3, "MapIterationStarted", "Each", index=0),
        event(5, 4, "TaskStateEntered", "Run Solution", input=json.dumps({"key": "for-you"})),
        event(6, 5, "TaskSubmitted", output=json.dumps({"ExecutionArn": arns[0]})),
        event(7, 3, "MapIterationStarted", "Each", index=1),
        event(8, 7, "TaskStateEntered", "Run Solution", input=json.dumps({"no": "name"})),
        event(9, 8, "TaskSubmitted", output=json.dumps({"ExecutionArn": arns[1]})),
    ]
    began = {arn: [event(10 + i, 0, "ExecutionStarted")] for i, arn in enumerate(arns)}
    began[arns[running]] += [event(12, 0, "TaskStateEntered", "Create Solution")]
    children = {arn: read(arn, told) for arn, told in began.items()}
    return read(main, events, children)


TWO = Plan(
    ("Data", "Solution", "Version", "Campaign", "Report"),
    follows={"Data": (), "Solution": ("Version", "Campaign", "Report"), "Version": ("Campaign", "Report")},
    of_items=frozenset({"Solution", "Version", "Campaign"}),
)


def test_each_item_of_a_map_has_a_row_called_by_its_key_or_its_number() -> None:
    assert labels(chip_rows(of_two_items(), TWO, NOW)) == [
        ("", ["Data"]),
        ("for-you", ["Solution", "Version", "Campaign"]),
        ("item 2", ["Solution", "Version", "Campaign"]),
        ("", ["Report"]),
    ]


def test_the_plan_knows_what_may_come_after_a_step_of_an_item() -> None:
    found = plan()

    assert {"Solution", "Solution Version", "Campaign"} <= found.of_items
    assert "Campaign" in found.follows["Solution Version"]
    assert "Solution" not in found.follows["Solution Version"]
    assert "Dataset Group" not in found.of_items


@pytest.mark.parametrize(
    ("chip", "note", "share"),
    [
        (Chip("A"), "to come", 0.0),
        (Chip("A", usual=timedelta(minutes=25)), "usually 25 min", 0.0),
        (Chip("A", "RUNNING", timedelta(minutes=10)), "10 min", 0.0),
        (Chip("A", "RUNNING", timedelta(minutes=10), timedelta(minutes=25)), "10 min of ~25 min", 0.4),
        (Chip("A", "RUNNING", timedelta(minutes=60), timedelta(minutes=25)), "60 min of ~25 min", 1.0),
        (Chip("A", "SUCCEEDED", timedelta(seconds=2), timedelta(minutes=25)), "2.0 s", 1.0),
        (Chip("A", "SUCCEEDED", timedelta(seconds=2)), "2.0 s", 1.0),
        (Chip("A", "FAILED", timedelta(seconds=2)), "failed · 2.0 s", 1.0),
        (Chip("A", "TIMED_OUT", timedelta(hours=2)), "timed out · 2 h 00 min", 1.0),
    ],
)
def test_a_chip_says_how_long_it_has_taken_over_how_long_it_usually_takes(chip: Chip, note: str, share: float) -> None:
    assert chip.note() == note
    assert chip.share == pytest.approx(share)


@pytest.mark.parametrize(("minutes", "is_late"), [(25, False), (37, False), (38, True)])
def test_a_chip_is_late_when_it_takes_half_as_long_again(minutes: int, is_late: bool) -> None:
    assert Chip("A", "RUNNING", timedelta(minutes=minutes), timedelta(minutes=25)).is_late is is_late


def test_labels_are_escaped_and_the_texts_of_a_chip_stand_apart() -> None:
    (row,) = chip_rows(Run("arn:aws:states:us-east-1:1:execution:m:r"), Plan(("<script>",)), NOW)

    html = strip_html([row])

    assert "<script" not in html
    assert "".join(ElementTree.fromstring(html).itertext()) == "○ <script> to come "


@pytest.mark.parametrize(("running", "shown"), [(0, "for-you"), (1, "item 2")])
def test_of_more_items_than_fit_those_that_run_or_failed_are_shown_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch, running: int, shown: str
) -> None:
    monkeypatch.setattr(strip, "_MOST_ITEMS", 1)

    names = [row.name for row in chip_rows(of_two_items(running), TWO, NOW)]

    assert names == ["", shown, "and 1 more", ""]
    assert "and 1 more" in strip_html(chip_rows(of_two_items(running), TWO, NOW))
