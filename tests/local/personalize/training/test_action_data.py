"""Tests of ``local.personalize.training.action_data``."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fakes.bank_actions import (
    ACTIONS,
    BANK,
    DAY,
    SHOP,
    deployed,
    events,
    put_actions,
    scores,
    world,
)
from fakes.personalize_aws import Aws, csv_bytes


@pytest.fixture
def own(aws: Aws) -> SimpleNamespace:
    return world(aws, events())


def test_actions_with_too_little_data_have_the_score_zero_and_come_last(aws):
    rows = [row for row in events() if not (row[1] == "loan" and int(row[0][1:]) > 40)]
    made = world(aws, rows)
    put_actions(aws, made.actions, "never-taken")
    found = scores(aws, deployed(aws, made.group), "u0")
    assert set(list(found)[-2:]) == {"loan", "never-taken"}
    assert (found["loan"], found["never-taken"]) == (0.0, 0.0)
    assert all(found[action] > 0 for action in found if action not in ("loan", "never-taken"))


def test_events_more_than_six_weeks_before_the_newest_give_no_score(aws):
    rows = [(*row[:3], row[3] - 43 * DAY) if row[1] == "club" else row for row in events()]
    found = scores(aws, deployed(aws, world(aws, rows).group), "u1")
    assert [action for action, score in found.items() if score == 0.0] == ["club"]


def test_without_interactions_all_actions_are_answered_with_the_score_zero(aws):
    made = world(aws)
    version = aws.trained(made.group, "aws-next-best-action")
    put_actions(aws, made.actions, "coupon", value=9)
    found = scores(aws, aws.campaign(version), "u0")
    assert next(iter(found)) == "coupon"
    assert found == dict.fromkeys((*BANK, *SHOP), 0.0)
    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert metrics == {"precision": 0.0, "recall": 0.0, "area_under_the_curve": 0.0}


def test_without_an_action_there_is_nothing_to_train(aws):
    group = aws.data()
    aws.dataset(group, aws.schema("actions", schema=ACTIONS), "Actions")
    version = aws.settled("solution_version", aws.version(aws.solution(group, "aws-next-best-action")))
    assert (version["status"], version["failureReason"]) == (
        "CREATE FAILED",
        "Create failed. The Actions dataset has no action.",
    )


def test_appending_to_interactions_with_actions_takes_a_thousand(own):
    rows = events()[:999]
    content = csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP")
    job = own.aws.imported(own.done, content, name="few", importMode="INCREMENTAL")
    assert (job["status"], job["failureReason"]) == (
        "CREATE FAILED",
        "Failed to create a data import job for ACTION_INTERACTIONS dataset movies-action_interactions. "
        "Input csv has 999 rows; an incremental import of interactions with actions needs at least 1000.",
    )
