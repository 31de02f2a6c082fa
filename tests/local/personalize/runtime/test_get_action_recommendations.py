"""GetActionRecommendations: what users take, what is new, what has no score yet, and what they do just now."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, refusal, serving
from fakes.restarted_personalize import running

BANK, SHOP = ("account", "card", "loan", "mortgage"), ("app", "club", "coupon", "newsletter")
START = 1_700_000_000
HOUR, DAY = 3600, 86_400
NULLABLE = ["null", "long"]
ACTIONS = avro(
    name="Actions",
    fields=[
        {"name": "ACTION_ID", "type": "string"},
        {"name": "VALUE", "type": NULLABLE},
        {"name": "EXPIRATION_TIMESTAMP", "type": NULLABLE},
        {"name": "REPEAT_FREQUENCY", "type": NULLABLE},
    ],
)
EVENTS = avro(
    name="ActionInteractions",
    fields=[
        *({"name": name, "type": "string"} for name in ("USER_ID", "ACTION_ID", "EVENT_TYPE")),
        {"name": "TIMESTAMP", "type": "long"},
    ],
)


def events() -> list[tuple[str, str, str, int]]:
    """160 users: even ones take three of the bank's actions, odd ones three of the shop's, and view all eight."""
    rows = []
    for user in range(160):
        own = SHOP if user % 2 else BANK
        taken = [own[(user // 2 + turn) % 4] for turn in range(3)]
        rows += [(f"u{user}", action, "Taken", START + turn) for turn, action in enumerate(taken)]
        rows += [(f"u{user}", action, "Viewed", START) for action in (*BANK, *SHOP)]
    return rows


def world(aws: Aws, rows: list[Any] | None = None) -> SimpleNamespace:
    """A dataset group with actions and what was done with them; no ``rows``: an empty dataset."""
    group = aws.data()
    actions = aws.dataset(group, aws.schema("actions", schema=ACTIONS), "Actions")
    put_actions(aws, actions, *BANK, *SHOP)
    done = aws.dataset(group, aws.schema("done", schema=EVENTS), "Action_Interactions")
    if rows:
        job = aws.imported(done, csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="done")
        assert job["status"] == "ACTIVE", job
    tracking_id = aws.describe("dataset", done)["trackingId"]
    return SimpleNamespace(aws=aws, group=group, actions=actions, done=done, tracking_id=tracking_id)


def put_actions(aws: Aws, dataset: str, *names: str, **properties: int) -> None:
    rows = [{"actionId": name, "properties": json.dumps(properties)} for name in names]
    aws.events.put_actions(datasetArn=dataset, actions=rows)


def put(aws: Aws, tracking_id: str, user: str, *names: str, kind: str = "Taken", at: float = START + 50) -> None:
    aws.events.put_action_interactions(
        trackingId=tracking_id,
        actionInteractions=[
            {"actionId": name, "userId": user, "sessionId": "s", "eventType": kind, "timestamp": at} for name in names
        ],
    )


def deployed(aws: Aws, group: str, **options: Any) -> str:
    return aws.campaign(aws.trained(group, "aws-next-best-action", **options))


def scores(aws: Aws, campaign: str, user: str, **options: Any) -> dict[str, float]:
    """In the order of the answer."""
    request = {"campaignArn": campaign, "userId": user, "numResults": 100} | options
    answer = aws.runtime.get_action_recommendations(**request)["actionList"]
    return {action["actionId"]: action["score"] for action in answer}


@pytest.fixture(scope="module")
def shared():
    """A campaign that tests only ask; those that change actions make an own one."""
    with serving() as aws:
        made = world(aws, events())
        made.campaign = deployed(aws, made.group)
        yield made
        assert aws.broken_answers == []


@pytest.fixture
def own(aws: Aws) -> SimpleNamespace:
    return world(aws, events())


def test_at_most_a_hundred_actions_are_answered(shared):
    ask = shared.aws.runtime.get_action_recommendations
    code, message = refusal(ask, campaignArn=shared.campaign, userId="u0", numResults=101)
    assert (code, message) == ("InvalidInputException", "numResults must be at most 100, got 101")
    assert len(ask(campaignArn=shared.campaign, userId="u0")["actionList"]) == 5
    assert ask(campaignArn=shared.campaign, userId="u0", numResults=0)["actionList"] == []


def test_a_strangers_first_actions_move_his_very_next_answer(shared):
    before = scores(shared.aws, shared.campaign, "stranger")
    put(shared.aws, shared.tracking_id, "stranger", "account", "card")
    after = scores(shared.aws, shared.campaign, "stranger")
    assert set(before) == set(after) == {*BANK, *SHOP}
    assert set(list(after)[:4]) == set(BANK)
    assert all(after[action] > before[action] for action in BANK)
    assert all(after[action] < before[action] for action in SHOP)


def test_actions_add_to_what_training_knew_of_a_user(shared):
    before = scores(shared.aws, shared.campaign, "u0")
    put(shared.aws, shared.tracking_id, "u0", "coupon", "club", "app")
    after = scores(shared.aws, shared.campaign, "u0")
    assert after["newsletter"] > before["newsletter"]
    assert scores(shared.aws, shared.campaign, "u2") != after


def test_what_was_only_viewed_moves_no_score(shared):
    before = scores(shared.aws, shared.campaign, "watcher")
    put(shared.aws, shared.tracking_id, "watcher", "account", "card", kind="Viewed")
    put(shared.aws, shared.tracking_id, "watcher", "account", "card", kind="Not taken")
    assert scores(shared.aws, shared.campaign, "watcher") == before


def test_events_of_a_session_count_for_who_asks_as_the_session(shared):
    event = {"actionId": "account", "sessionId": "visit", "eventType": "TAKEN", "timestamp": START}
    shared.aws.events.put_action_interactions(trackingId=shared.tracking_id, actionInteractions=[event])
    assert scores(shared.aws, shared.campaign, "visit") != scores(shared.aws, shared.campaign, "nobody")


def test_what_an_import_brings_waits_for_the_next_training(own):
    campaign = deployed(own.aws, own.group)
    before = scores(own.aws, campaign, "stranger")
    rows = [*events(), ("stranger", "account", "Taken", START)]
    own.aws.imported(own.done, csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="again")
    assert scores(own.aws, campaign, "stranger") == before


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


def test_only_actions_of_the_actions_dataset_are_answered(aws):
    rows = [(*row[:1], "forgotten" if row[1] == "loan" else row[1], *row[2:]) for row in events()]
    assert set(scores(aws, deployed(aws, world(aws, rows).group), "u0")) == {*BANK, *SHOP}


def test_without_an_action_there_is_nothing_to_train(aws):
    group = aws.data()
    aws.dataset(group, aws.schema("actions", schema=ACTIONS), "Actions")
    version = aws.settled("solution_version", aws.version(aws.solution(group, "aws-next-best-action")))
    assert (version["status"], version["failureReason"]) == (
        "CREATE FAILED",
        "Create failed. The Actions dataset has no action.",
    )


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
def test_filters_find_what_was_not_taken_however_it_is_spelled(shared, spelled):
    put(shared.aws, shared.tracking_id, "picky", "app", kind="Not taken")
    put(shared.aws, shared.tracking_id, "picky", "club", kind="NOT_TAKEN")
    arn = shared.aws.personalize.create_filter(
        name=f"refused-{len(spelled)}-{spelled[3]}".replace(" ", "-"),
        datasetGroupArn=shared.group,
        filterExpression=f'INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("{spelled}")',
    )["filterArn"]
    assert set(scores(shared.aws, shared.campaign, "picky", filterArn=arn)) == {"app", "club"}


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


def test_appending_to_interactions_with_actions_takes_a_thousand(own):
    rows = events()[:999]
    content = csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP")
    job = own.aws.imported(own.done, content, name="few", importMode="INCREMENTAL")
    assert (job["status"], job["failureReason"]) == (
        "CREATE FAILED",
        "Failed to create a data import job for ACTION_INTERACTIONS dataset movies-action_interactions. "
        "Input csv has 999 rows; an incremental import of interactions with actions needs at least 1000.",
    )
