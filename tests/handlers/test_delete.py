"""Tests of ``handlers.delete``."""

from __future__ import annotations

import hashlib

import pytest

from fakes.status_events import CAMPAIGN, TAGS, TIMES, VERSION
from fakes.virtual_personalize import error
from personalize_sfn.ownership import PROJECT_TAG


@pytest.fixture
def campaign(personalize):
    personalize.seconds["campaign"] = 480
    personalize.create_campaign(name="movies-for-you", solutionVersionArn=VERSION, tags=TAGS)


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


def test_delete_is_idempotent_what_is_gone_is_no_error(call):
    assert call("delete_campaign", deletion())["status"] == "DELETED"


def test_what_is_not_ours_is_skipped(call, personalize):
    personalize.create_campaign(name="movies-for-you", solutionVersionArn=VERSION)
    answer = call("delete_campaign", deletion())
    assert (answer["status"], answer["reason"]) == ("SKIPPED", "it was not made by project movies")
    assert "DeleteCampaign" not in personalize.names()


def test_what_is_still_being_created_is_deleted_later(call, campaign, personalize):
    answer = call("delete_campaign", deletion())
    assert (answer["status"], answer["again"]) == ("CREATE IN_PROGRESS", True)
    assert "DeleteCampaign" not in personalize.names()


def test_delete_is_retried_with_the_reason_while_a_resource_is_in_use(call, campaign, personalize):
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
