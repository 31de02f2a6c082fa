"""What every row's functions do: create, find, retry, wait, fail, tag.  What only one does is in a file of its own."""

from __future__ import annotations

import pytest

from fakes.created_rows import EVENTS, furnish
from fakes.virtual_personalize import error
from personalize_sfn.errors import NotOursError, PendingLimitError, TransientError
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import RESOURCE_TYPES


def rows(found) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [row for row in EVENTS if found(row)], ids=lambda row: row.key)


every_row = rows(lambda _: True)
every_row_with_a_status = rows(lambda row: row.has_status)
every_taggable_row = rows(lambda row: row.taggable)
every_deletable_row = rows(lambda row: row.deletable and row.has_status)
every_job = rows(lambda row: not row.deletable)


def test_every_kind_of_resource_is_in_the_suite():
    assert set(EVENTS) == set(RESOURCE_TYPES)


def is_made_again(row, made, arn, personalize) -> bool:
    """By the same name, or, where the service gives an id, under another one."""
    return (made == arn) is row.arn_follows_from_request and personalize.found[made]["row"] is row


@pytest.fixture
def create(call, row, personalize, s3):
    """Runs the row's create function; what it finds in the account is there already."""
    furnish(personalize, s3)
    personalize.clock.advance(10)
    personalize.calls.clear()

    def run(**more):
        answer = call(row.method("Create"), {**EVENTS[row], **more})
        return answer[row.arn_field]

    return run


@pytest.fixture
def check(call, row):
    """Runs the row's describe function."""
    times = {"waitedSeconds": 0, "typicalSeconds": row.typical_seconds, "timeoutSeconds": row.timeout_seconds}
    event = {"updating": False, "since": "2026-01-01T00:00:00+00:00", "startedAt": "2026-01-01T00:00:00+00:00", **times}
    return lambda arn: call(row.method("Describe"), {row.arn_field: arn, **event})


@every_row
def test_what_is_not_there_is_created_with_the_projects_tag_where_it_takes_tags(create, row, personalize):
    assert personalize.tags[create()] == ({PROJECT_TAG: "movies"} if row.taggable else {})
    assert personalize.names(row.operation("Create")) == [row.operation("Create")]


@every_row
def test_what_is_there_is_found(create, row, personalize):
    first = create()
    there = set(personalize.found)
    assert create() == first
    assert set(personalize.found) == there


@every_row
def test_after_a_lost_response_the_retry_finds_what_was_made(create, row, personalize):
    personalize.losing.append(row.operation("Create"))
    with pytest.raises(TransientError, match="the answer was lost"):
        create()
    there = set(personalize.found)
    assert create() in there
    assert set(personalize.found) == there


@every_row
def test_throttling_is_retried(create, row, personalize):
    throttled = error(row.operation("Create"), "ThrottlingException", "Rate exceeded")
    personalize.raising[row.operation("Create")].append(throttled)
    with pytest.raises(TransientError, match=rf"^{row.operation('Create')}: Rate exceeded \(ThrottlingException\)"):
        create()
    create()


@every_row_with_a_status
def test_what_was_just_created_and_cannot_be_seen_yet_is_looked_for_again(create, check, row, personalize):
    arn = create()
    missing = error(row.operation("Describe"), "ResourceNotFoundException", "not there")
    personalize.raising[row.operation("Describe")].append(missing)
    with pytest.raises(TransientError, match=rf"^{row.words} .* does not exist, or not yet$"):
        check(arn)
    assert check(arn)["status"] == row.ready_status


@every_row_with_a_status
def test_it_is_waited_for_until_it_is_ready(create, check, row, personalize):
    personalize.seconds[row.key] = 1000
    arn = create()
    pending = check(arn)
    assert pending["status"] in row.pending_statuses
    assert pending["waitSeconds"] > 0
    personalize.clock.advance(1000)
    assert (check(arn)["status"], check(arn)["waitSeconds"]) == (row.ready_status, 0)


@every_row_with_a_status
def test_a_failed_creation_is_told_with_its_reason_where_the_service_gives_one(create, check, row, personalize):
    personalize.failing[row.key] = "the bucket is not there"
    answer = check(create())
    assert answer["status"] == row.failed_status
    assert answer["failureReason"] == ("the bucket is not there" if row.has_failure_reason else row.failed_status)


@every_deletable_row
def test_what_failed_is_deleted_and_made_anew(create, row, personalize):
    personalize.failing[row.key] = "no"
    arn = create()
    personalize.failing.clear()
    with pytest.raises(TransientError, match=r"had failed and was deleted; it is created again at the next attempt$"):
        create()
    assert is_made_again(row, create(), arn, personalize)


@every_job
def test_a_job_that_failed_is_followed_by_another(create, row, personalize):
    personalize.failing[row.key] = "no"
    arn = create()
    personalize.failing.clear()
    assert create() == f"{arn}-2"


@every_job
def test_a_full_queue_of_pending_jobs_is_told_apart_so_that_a_slot_is_waited_for(create, row, personalize):
    text = f"More than 5 {row.words}s in PENDING or IN_PROGRESS state."
    full = error(row.operation("Create"), "LimitExceededException", text)
    personalize.raising[row.operation("Create")].append(full)
    with pytest.raises(PendingLimitError, match=rf"^{row.operation('Create')}: More than 5"):
        create()
    create()


@every_deletable_row
def test_what_is_being_deleted_is_made_when_it_is_gone(create, row, personalize):
    arn = create()
    personalize.seconds["deletion"] = 100
    getattr(personalize, row.method("Delete"))(**{row.arn_field: arn})
    with pytest.raises(TransientError, match=r"is being deleted; it will be created again then$"):
        create()
    personalize.clock.advance(100)
    assert is_made_again(row, create(), arn, personalize)


@every_taggable_row
def test_tags_that_the_config_gained_reach_what_is_there(create, row, personalize):
    arn = create()
    create(tags={PROJECT_TAG: "movies", "team": "shop"})
    assert personalize.tags[arn] == {PROJECT_TAG: "movies", "team": "shop"}


@every_taggable_row
def test_a_retry_of_what_has_all_tags_changes_none(create, row, personalize):
    create()
    create()
    assert personalize.names("TagResource") == []


@rows(lambda row: row.taggable and row.deletable)
def test_what_another_project_made_is_left_alone(create, row, personalize):
    arn = create()
    personalize.tags[arn] = {PROJECT_TAG: "series"}
    with pytest.raises(NotOursError, match="series"):
        create()
    assert personalize.tags[arn] == {PROJECT_TAG: "series"}
