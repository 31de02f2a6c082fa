"""Status and deletion: what the workflow is told, and how long it is to wait."""

from __future__ import annotations

import pytest

from fakes.status_events import CAMPAIGN, TAGS, TIMES, VERSION
from fakes.virtual_personalize import ARNS
from personalize_sfn.errors import TransientError
from personalize_sfn.handlers import status


def event(**more):
    return {"campaignArn": CAMPAIGN, "updating": False, **TIMES, **more}


@pytest.fixture
def campaign(personalize):
    personalize.seconds["campaign"] = 480
    personalize.create_campaign(name="movies-for-you", solutionVersionArn=VERSION, tags=TAGS)


def test_what_is_pending_is_waited_for(call, campaign):
    assert call("describe_campaign", event()) == {
        "status": "CREATE IN_PROGRESS",
        "failureReason": "CREATE IN_PROGRESS",
        "waitSeconds": 192,
        "waitedSeconds": 192,
        "timedOut": False,
    }


def test_what_is_ready_costs_no_wait(call, campaign, personalize):
    personalize.clock.advance(480)
    answer = call("describe_campaign", event(waitedSeconds=192))
    assert (answer["status"], answer["waitSeconds"], answer["waitedSeconds"]) == ("ACTIVE", 0, 192)


def test_waits_are_planned_the_same_where_the_clock_is_scaled(call, campaign, personalize):
    by_plan = call("describe_campaign", event(waitedSeconds=192))
    personalize.clock.advance(192)
    assert call("describe_campaign", event(waitedSeconds=192)) == by_plan


def test_the_services_reason_is_told(call, campaign, personalize):
    personalize.failing["campaign"] = "Insufficient capacity"
    personalize.create_campaign(name="second", solutionVersionArn=VERSION)
    personalize.clock.advance(480)
    answer = call("describe_campaign", event(campaignArn=ARNS.personalize("campaign/second")))
    assert (answer["status"], answer["failureReason"]) == ("CREATE FAILED", "Insufficient capacity")


def test_where_the_service_has_no_reason_the_status_is_one(call, personalize):
    personalize.failing["solution"] = "never told"
    arn = personalize.create_solution(name="movies-v2")["solutionArn"]
    assert call("describe_solution", {"solutionArn": arn, **TIMES})["failureReason"] == "CREATE FAILED"


def test_the_timeout_counts_from_when_it_was_asked_for_and_not_from_the_start_of_the_execution(
    call, campaign, personalize
):
    personalize.seconds["campaign"] = 1e9
    personalize.create_campaign(name="slow", solutionVersionArn=VERSION)
    personalize.clock.advance(10_000)
    slow = {"campaignArn": ARNS.personalize("campaign/slow")}
    assert call("describe_campaign", event(**slow))["timedOut"] is True
    asked_now = personalize.clock.now.isoformat()
    assert call("describe_campaign", event(**slow, since=asked_now))["timedOut"] is False
    assert call("describe_campaign", event(**slow, startedAt=asked_now))["timedOut"] is True


def test_the_last_wait_ends_at_the_timeout(call, campaign):
    answer = call("describe_campaign", event(timeoutSeconds=100))
    assert (answer["waitSeconds"], answer["timedOut"]) == (100, False)
    assert call("describe_campaign", event(timeoutSeconds=100, waitedSeconds=100))["timedOut"] is True


def test_an_update_is_what_counts_while_it_runs(call, campaign, personalize):
    personalize.clock.advance(480)
    personalize.seconds["campaignUpdate"] = 300
    assert call("describe_campaign", event(updating=True))["status"] == "CREATE PENDING"  # not to be seen yet
    personalize.update_campaign(campaignArn=CAMPAIGN, solutionVersionArn=VERSION)
    assert call("describe_campaign", event(updating=True))["status"] == "CREATE IN_PROGRESS"
    personalize.clock.advance(300)
    assert call("describe_campaign", event(updating=True))["status"] == "ACTIVE"


def test_a_failed_update_is_told_with_its_reason(call, campaign, personalize):
    personalize.clock.advance(480)
    personalize.failing["campaignUpdate"] = "no capacity"
    personalize.update_campaign(campaignArn=CAMPAIGN, solutionVersionArn=VERSION)
    answer = call("describe_campaign", event(updating=True))
    assert (answer["status"], answer["failureReason"]) == ("CREATE FAILED", "no capacity")


def test_an_old_failed_update_does_not_count(call, campaign, personalize):
    personalize.clock.advance(480)
    personalize.failing["campaignUpdate"] = "no capacity"
    personalize.update_campaign(campaignArn=CAMPAIGN, solutionVersionArn=VERSION)
    assert call("describe_campaign", event())["status"] == "ACTIVE"


def test_what_cannot_be_seen_yet_is_looked_for_again(call):
    with pytest.raises(TransientError, match="campaign movies-for-you does not exist, or not yet"):
        call("describe_campaign", event())


def test_where_waits_are_scaled_the_limit_leaves_real_time_and_polls_get_rarer(monkeypatch):
    event = {"waitedSeconds": 21_600, "since": "x", "typicalSeconds": 900, "timeoutSeconds": 21_600}
    monkeypatch.setenv("PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS", "1800")

    monkeypatch.setattr(status, "seconds_since", lambda _: 60.0)
    assert status.waiting(event, True, 60.0) == {"waitSeconds": 396, "waitedSeconds": 21_996, "timedOut": False}
    monkeypatch.setattr(status, "seconds_since", lambda _: 1801.0)
    assert status.waiting(event, True, 60.0)["timedOut"] is True
    monkeypatch.delenv("PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS")
    monkeypatch.setattr(status, "seconds_since", lambda _: 60.0)
    assert status.waiting(event, True, 60.0)["timedOut"] is True
