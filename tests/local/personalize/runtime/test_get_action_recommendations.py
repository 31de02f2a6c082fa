"""GetActionRecommendations: what users take, what is new, what has no score yet, and what they do just now."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from fakes.bank_actions import (
    BANK,
    DAY,
    HOUR,
    SHOP,
    START,
    deployed,
    events,
    put_actions,
    scores,
    world,
)
from fakes.personalize_aws import BUCKET, ROLE, Aws, csv_bytes, refusal, serving
from fakes.restarted_personalize import running


def put(aws: Aws, tracking_id: str, user: str, *names: str, kind: str = "Taken", at: float = START + 50) -> None:
    aws.events.put_action_interactions(
        trackingId=tracking_id,
        actionInteractions=[
            {"actionId": name, "userId": user, "sessionId": "s", "eventType": kind, "timestamp": at} for name in names
        ],
    )


@pytest.fixture(scope="module")
def bank():
    """A campaign that tests only ask; those that change actions make an own one."""
    with serving() as aws:
        made = world(aws, events())
        made.campaign = deployed(aws, made.group)
        yield made
        assert aws.broken_answers == []


@pytest.fixture
def own(aws: Aws) -> SimpleNamespace:
    return world(aws, events())


def test_at_most_a_hundred_actions_are_answered(bank):
    ask = bank.aws.runtime.get_action_recommendations
    code, message = refusal(ask, campaignArn=bank.campaign, userId="u0", numResults=101)
    assert (code, message) == ("InvalidInputException", "numResults must be at most 100, got 101")
    assert len(ask(campaignArn=bank.campaign, userId="u0")["actionList"]) == 5
    assert ask(campaignArn=bank.campaign, userId="u0", numResults=0)["actionList"] == []


def test_a_strangers_first_actions_move_his_very_next_answer(bank):
    before = scores(bank.aws, bank.campaign, "stranger")
    put(bank.aws, bank.tracking_id, "stranger", "account", "card")
    after = scores(bank.aws, bank.campaign, "stranger")
    assert set(before) == set(after) == {*BANK, *SHOP}
    assert set(list(after)[:4]) == set(BANK)
    assert all(after[action] > before[action] for action in BANK)
    assert all(after[action] < before[action] for action in SHOP)


def test_actions_add_to_what_training_knew_of_a_user(bank):
    before = scores(bank.aws, bank.campaign, "u0")
    put(bank.aws, bank.tracking_id, "u0", "coupon", "club", "app")
    after = scores(bank.aws, bank.campaign, "u0")
    assert after["newsletter"] > before["newsletter"]
    assert scores(bank.aws, bank.campaign, "u2") != after


def test_what_was_only_viewed_moves_no_score(bank):
    before = scores(bank.aws, bank.campaign, "watcher")
    put(bank.aws, bank.tracking_id, "watcher", "account", "card", kind="Viewed")
    put(bank.aws, bank.tracking_id, "watcher", "account", "card", kind="Not taken")
    assert scores(bank.aws, bank.campaign, "watcher") == before


def test_events_of_a_session_count_for_who_asks_as_the_session(bank):
    event = {"actionId": "account", "sessionId": "visit", "eventType": "TAKEN", "timestamp": START}
    bank.aws.events.put_action_interactions(trackingId=bank.tracking_id, actionInteractions=[event])
    assert scores(bank.aws, bank.campaign, "visit") != scores(bank.aws, bank.campaign, "nobody")


def test_what_an_import_brings_waits_for_the_next_training(own):
    campaign = deployed(own.aws, own.group)
    before = scores(own.aws, campaign, "stranger")
    rows = [*events(), ("stranger", "account", "Taken", START)]
    own.aws.imported(own.done, csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="again")
    assert scores(own.aws, campaign, "stranger") == before


def test_only_actions_of_the_actions_dataset_are_answered(aws):
    rows = [(*row[:1], "forgotten" if row[1] == "loan" else row[1], *row[2:]) for row in events()]
    assert set(scores(aws, deployed(aws, world(aws, rows).group), "u0")) == {*BANK, *SHOP}


def test_new_actions_are_taken_up_every_two_hours(own):
    campaign = deployed(own.aws, own.group)
    before = scores(own.aws, campaign, "u0")
    put_actions(own.aws, own.actions, "brand-new")
    assert scores(own.aws, campaign, "u0") == before
    own.aws.environment.ahead = 2 * HOUR + 60
    own.aws.describe("campaign", campaign)
    for change in list(next(iter(own.aws.service._stores.values())).changes):
        change.work.result(30)
    assert scores(own.aws, campaign, "u0") == before | {"brand-new": 0.0}


def test_an_expired_action_is_not_answered(own):
    campaign = deployed(own.aws, own.group)
    now = int(own.aws.environment.now())
    put_actions(own.aws, own.actions, "card", expirationTimestamp=now - 1)
    put_actions(own.aws, own.actions, "loan", expirationTimestamp=now + HOUR)
    assert set(scores(own.aws, campaign, "u0")) == {*BANK, *SHOP} - {"card"}
    own.aws.environment.ahead = 2.0 * HOUR
    assert set(scores(own.aws, campaign, "u0")) == {*BANK, *SHOP} - {"card", "loan"}


def test_an_action_is_not_answered_again_before_its_repeat_frequency_has_passed(own):
    campaign = deployed(own.aws, own.group)
    put_actions(own.aws, own.actions, "card", repeatFrequency=7)
    assert "card" in scores(own.aws, campaign, "u1")
    put(own.aws, own.tracking_id, "u1", "card", "loan", at=own.aws.environment.now())
    assert set(scores(own.aws, campaign, "u1")) == {*BANK, *SHOP} - {"card"}
    assert "card" in scores(own.aws, campaign, "u3")
    own.aws.environment.ahead = 8.0 * DAY
    assert "card" in scores(own.aws, campaign, "u1")


@pytest.mark.parametrize("spelled", ["NOT_TAKEN", "Not taken"])
def test_filters_find_what_was_not_taken_however_it_is_spelled(bank, spelled):
    put(bank.aws, bank.tracking_id, "picky", "app", kind="Not taken")
    put(bank.aws, bank.tracking_id, "picky", "club", kind="NOT_TAKEN")
    arn = bank.aws.personalize.create_filter(
        name=f"refused-{len(spelled)}-{spelled[3]}".replace(" ", "-"),
        datasetGroupArn=bank.group,
        filterExpression=f'INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("{spelled}")',
    )["filterArn"]
    assert set(scores(bank.aws, bank.campaign, "picky", filterArn=arn)) == {"app", "club"}


def test_what_a_user_took_lately_lasts(tmp_path: Path):
    with running(tmp_path) as aws:
        made = world(aws, events())
        campaign = deployed(aws, made.group)
        before = scores(aws, campaign, "stranger")
        put(aws, made.tracking_id, "stranger", "account", "card")
        after = scores(aws, campaign, "stranger")
    assert after != before
    with running(tmp_path) as aws:
        assert scores(aws, campaign, "stranger") == after


def test_users_who_were_deleted_are_strangers_again(own):
    aws = own.aws
    campaign = deployed(aws, own.group)
    put(aws, own.tracking_id, "u0", "coupon")
    aws.environment.objects["delete.csv"] = b"USER_ID\nu0\n"
    arn = aws.personalize.create_data_deletion_job(
        jobName="forget",
        datasetGroupArn=own.group,
        dataSource={"dataLocation": f"s3://{BUCKET}/delete.csv"},
        roleArn=ROLE,
    )["dataDeletionJobArn"]
    for change in list(next(iter(aws.service._stores.values())).changes):
        change.work.result(30)
    looks = [aws.describe("data_deletion_job", arn)["status"] for _ in range(2)]
    assert looks == ["PENDING", "COMPLETED"]
    assert scores(aws, campaign, "u0") == scores(aws, campaign, "nobody")
