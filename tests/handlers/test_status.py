"""Status and deletion: what the workflow is told, and how long it is to wait."""

from __future__ import annotations

import hashlib

import pytest

from fakes.virtual_personalize import ARNS, error
from personalize_sfn.errors import TransientError
from personalize_sfn.handlers import status
from personalize_sfn.ownership import PROJECT_TAG

CAMPAIGN = ARNS.personalize("campaign/movies-campaign")
VERSION = ARNS.personalize("solution/movies-v2/one")
TAGS = [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]
TIMES = {
    "waitedSeconds": 0,
    "startedAt": "2026-01-01T00:00:00.000Z",
    "typicalSeconds": 480,
    "timeoutSeconds": 3600,
}


def event(**more):
    return {"campaignArn": CAMPAIGN, "updating": False, **TIMES, **more}


@pytest.fixture
def campaign(personalize):
    personalize.seconds["campaign"] = 480
    personalize.create_campaign(name="movies-campaign", solutionVersionArn=VERSION, tags=TAGS)


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


def test_the_time_limit_counts_from_the_start_of_this_execution(call, campaign, personalize):
    personalize.seconds["campaign"] = 1e9
    personalize.create_campaign(name="slow", solutionVersionArn=VERSION)
    personalize.clock.advance(10_000)
    slow = {"campaignArn": ARNS.personalize("campaign/slow")}
    assert call("describe_campaign", event(**slow))["timedOut"] is True
    started_now = personalize.clock.now.isoformat()
    assert call("describe_campaign", event(**slow, startedAt=started_now))["timedOut"] is False


def test_the_last_wait_ends_at_the_time_limit(call, campaign):
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
    with pytest.raises(TransientError, match="campaign movies-campaign does not exist, or not yet"):
        call("describe_campaign", event())


# --- deletion --------------------------------------------------------------------------------------------------------


def deletion(arn=CAMPAIGN, field="campaignArn", **more):
    return {field: arn, "tags": {PROJECT_TAG: "movies"}, **TIMES, "typicalSeconds": 120, **more}


def test_a_campaign_of_ours_is_deleted_and_waited_for(call, campaign, personalize):
    personalize.clock.advance(480)
    personalize.seconds["deletion"] = 120
    statuses = []
    for _ in range(2):
        answer = call("delete_campaign", deletion())
        assert answer["again"]
        assert answer["waitSeconds"] > 0
        statuses.append(answer["status"])
    personalize.clock.advance(120)
    last = call("delete_campaign", deletion())
    assert [*statuses, last["status"]] == ["DELETE PENDING", "DELETE IN_PROGRESS", "DELETED"]
    assert (last["again"], last["waitSeconds"]) == (False, 0)
    assert personalize.names("DeleteCampaign") == ["DeleteCampaign"]


def test_deleting_what_is_gone_is_no_error(call):
    assert call("delete_campaign", deletion())["status"] == "DELETED"


def test_what_is_not_ours_is_skipped(call, personalize):
    personalize.create_campaign(name="movies-campaign", solutionVersionArn=VERSION)
    answer = call("delete_campaign", deletion())
    assert (answer["status"], answer["reason"]) == ("SKIPPED", "it was not made by project movies")
    assert "DeleteCampaign" not in personalize.names()


def test_what_is_still_being_created_is_deleted_later(call, campaign, personalize):
    answer = call("delete_campaign", deletion())
    assert (answer["status"], answer["again"]) == ("CREATE IN_PROGRESS", True)
    assert "DeleteCampaign" not in personalize.names()


def test_what_is_in_use_is_tried_again_with_the_reason(call, campaign, personalize):
    personalize.clock.advance(480)
    busy = error("DeleteCampaign", "ResourceInUseException", "a version is training")
    personalize.raising["DeleteCampaign"].append(busy)
    answer = call("delete_campaign", deletion())
    assert (answer["status"], answer["reason"], answer["again"]) == ("IN USE", "a version is training", True)


def schema(personalize, name):
    return personalize.create_schema(name=name, schema='{"fields": [], "type": "record"}')["schemaArn"]


CONTENT = hashlib.sha256(b'{"fields":[],"type":"record"}').hexdigest()[:12]


def test_a_schema_is_ours_by_project_and_content_in_its_name(call, personalize):
    arn = schema(personalize, f"movies-items-{CONTENT}")
    assert call("delete_schema", deletion(arn, "schemaArn"))["status"] == "DELETED"
    assert arn not in personalize.found or "gone_at" in personalize.found[arn]


@pytest.mark.parametrize("name", ["movies-items-000000000000", f"movies-two-items-{CONTENT}", f"items-{CONTENT}"])
def test_a_schema_of_another_name_is_skipped(call, personalize, name):
    answer = call("delete_schema", deletion(schema(personalize, name), "schemaArn"))
    assert (answer["status"], answer["reason"]) == ("SKIPPED", "it was not made by project movies")


def test_a_schema_that_another_group_uses_is_skipped(call, personalize):
    arn = schema(personalize, f"movies-items-{CONTENT}")
    personalize.raising["DeleteSchema"].append(error("DeleteSchema", "ResourceInUseException", "a dataset uses it"))
    answer = call("delete_schema", deletion(arn, "schemaArn"))
    assert (answer["status"], answer["reason"]) == ("SKIPPED", "a dataset uses it")


def test_where_waits_are_scaled_the_limit_leaves_real_time_and_polls_get_rarer(monkeypatch):
    event = {"waitedSeconds": 21_600, "startedAt": "x", "typicalSeconds": 900, "timeoutSeconds": 21_600}
    monkeypatch.setenv("PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS", "1800")

    monkeypatch.setattr(status, "seconds_since", lambda _: 60.0)
    assert status.waiting(event, True, 60.0) == {"waitSeconds": 396, "waitedSeconds": 21_996, "timedOut": False}
    monkeypatch.setattr(status, "seconds_since", lambda _: 1801.0)
    assert status.waiting(event, True, 60.0)["timedOut"] is True
    monkeypatch.delenv("PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS")
    monkeypatch.setattr(status, "seconds_since", lambda _: 60.0)
    assert status.waiting(event, True, 60.0)["timedOut"] is True
