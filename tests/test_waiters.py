"""Waiters made from the rows: each success, each failure, and wait, wait, success."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.resources import (
    CAMPAIGN,
    DATA_DELETION_JOB,
    RECOMMENDER,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
)
from personalize_sfn.waiters import wait_until_active, wait_until_deleted, waiter_config

ARN = "arn:aws:personalize:us-east-1:123456789012:campaign/movies"


@pytest.fixture
def stub():
    client = boto3.client(
        "personalize",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"max_attempts": 0}),
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def say(stub, *statuses, **more):
    for status in statuses:
        stub.add_response("describe_campaign", {"campaign": {"status": status, **more}}, {"campaignArn": ARN})


def gone(stub):
    stub.add_client_error("describe_campaign", "ResourceNotFoundException", "gone")


def active(stub):
    return wait_until_active(stub.client, CAMPAIGN, ARN, delay_seconds=0)


def test_what_is_active_is_returned_at_once(stub):
    say(stub, "ACTIVE", "ACTIVE")
    assert active(stub) == {"status": "ACTIVE"}


def test_what_is_pending_is_looked_at_until_it_is_active(stub):
    say(stub, "CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE", "ACTIVE")
    assert active(stub)["status"] == "ACTIVE"


@pytest.mark.parametrize("status", ["CREATE FAILED", "CREATE STOPPED", "DELETE PENDING", "DELETE IN_PROGRESS"])
def test_what_ends_badly_is_an_error_with_the_reason(stub, status):
    say(stub, status, failureReason="no capacity")
    with pytest.raises(PersonalizeSfnError) as raised:
        active(stub)
    assert str(raised.value) == f"campaign {ARN} is {status}: no capacity"


def waited_for(stub, row, *statuses):
    """The status that the wait ends with, after Describe has told ``statuses`` one after the other."""
    for status in statuses:
        stub.add_response(row.method("Describe"), {row.key: {"status": status}}, {row.arn_field: ARN})
    return wait_until_active(stub.client, row, ARN, delay_seconds=0)["status"]


def test_a_data_deletion_job_is_done_when_it_is_completed(stub):
    statuses = ("PENDING", "IN_PROGRESS", "COMPLETED", "COMPLETED")
    assert waited_for(stub, DATA_DELETION_JOB, *statuses) == "COMPLETED"


def test_a_recommender_that_was_stopped_may_be_started_again(stub):
    assert waited_for(stub, RECOMMENDER, "START PENDING", "START IN_PROGRESS", "ACTIVE", "ACTIVE") == "ACTIVE"


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (DATA_DELETION_JOB, "FAILED"),
        (RECOMMENDER, "INACTIVE"),
        (RECOMMENDER, "STOP PENDING"),
        (SOLUTION_VERSION, "CREATE STOPPING"),
        (SOLUTION_VERSION, "CREATE STOPPED"),
        (CAMPAIGN, "A STATUS OF TOMORROW"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.words,
)
def test_a_status_that_does_not_lead_to_active_is_told_at_once(stub, row, status):
    with pytest.raises(PersonalizeSfnError) as raised:
        waited_for(stub, row, status)
    assert str(raised.value).startswith(f"{row.words} {ARN} is {status}: Waiter encountered a terminal failure state")


def test_a_timeout_is_an_error(stub):
    say(stub, "CREATE PENDING")
    with pytest.raises(PersonalizeSfnError, match="is CREATE PENDING: Max attempts exceeded"):
        wait_until_active(stub.client, CAMPAIGN, ARN, delay_seconds=10, timeout_seconds=5)


def test_what_is_gone_was_deleted(stub):
    gone(stub)
    wait_until_deleted(stub.client, CAMPAIGN, ARN, delay_seconds=0)


def test_what_is_being_deleted_is_looked_at_until_it_is_gone(stub):
    say(stub, "DELETE PENDING", "DELETE IN_PROGRESS")
    gone(stub)
    wait_until_deleted(stub.client, CAMPAIGN, ARN, delay_seconds=0)


def test_what_is_being_created_is_not_being_deleted(stub):
    say(stub, "CREATE PENDING")
    with pytest.raises(PersonalizeSfnError, match="is CREATE PENDING: Waiter encountered a terminal failure state"):
        wait_until_deleted(stub.client, CAMPAIGN, ARN, delay_seconds=0)


def test_a_schema_has_nothing_to_wait_for(stub):
    with pytest.raises(PersonalizeSfnError, match="a schema has no status"):
        wait_until_active(stub.client, SCHEMA, ARN)


@pytest.mark.parametrize("row", [row for row in RESOURCE_TYPES if row.has_status], ids=lambda row: row.key)
def test_every_rows_waiters_name_an_operation_of_the_service(row):
    model = boto3.Session()._session.get_service_model("personalize")
    assert {waiter["operation"] for waiter in waiter_config(row)["waiters"].values()} <= set(model.operation_names)


def test_the_config_is_data():
    assert waiter_config(SOLUTION)["waiters"]["Deleted"] == {
        "operation": "DescribeSolution",
        "delay": 30,
        "maxAttempts": 120,
        "acceptors": [
            {"matcher": "error", "expected": "ResourceNotFoundException", "state": "success"},
            {"matcher": "path", "argument": "solution.status", "expected": "CREATE PENDING", "state": "failure"},
            {"matcher": "path", "argument": "solution.status", "expected": "CREATE IN_PROGRESS", "state": "failure"},
        ],
    }
