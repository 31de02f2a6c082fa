"""The steps of our workflows, and how far a run has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.recorded_histories import recorded
from personalize_sfn.display.steps import plan_of, step_of

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"


def golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text())
    return found


def of_project(kind: str) -> Any:
    def definition_of(arn: str) -> Mapping[str, Any]:
        return golden(f"{kind}-{arn.split(':')[6].partition('-')[2]}")

    return definition_of


def test_the_steps_of_main_are_those_of_the_workflows_that_it_starts_in_their_order() -> None:
    plan = plan_of(golden("plain-main"), of_project("plain"))

    assert plan.steps == (
        "Dataset Group",
        "Interactions Schema",
        "Interactions Dataset",
        "Interactions Dataset Import Job",
        "Solution",
        "Solution Version",
        "Campaign",
        "Report Solutions",
    )
    # The config's typical_seconds: 20 + 10 + 900 + 2 + 3360 + 480.
    assert plan.typical == timedelta(seconds=4772)


def test_what_runs_at_the_same_time_is_waited_for_once() -> None:
    plan = plan_of(golden("full-dataset"), of_project("full"))

    assert {"Interactions Dataset", "Items Dataset"} < set(plan.steps)
    assert plan.typical == timedelta(seconds=30)


def test_workflows_that_cannot_be_read_and_a_machine_that_starts_itself_add_nothing() -> None:
    main = golden("plain-main")

    assert plan_of(main, lambda _: None).steps == ("Report Solutions",)
    assert plan_of(main, lambda _: main).steps == ("Report Solutions",)


@pytest.mark.parametrize(("name", "step"), [("running", 6), ("success", 8), ("fails-dataset-import-job", 4)])
def test_a_run_has_come_to_the_last_step_that_it_began(name: str, step: int) -> None:
    plan = plan_of(golden("plain-main"), of_project("plain"))

    assert step_of(recorded(name).run(), plan.steps) == step
    assert step_of(recorded(name).run(datetime(2020, 1, 1, tzinfo=UTC)), plan.steps) == 0
