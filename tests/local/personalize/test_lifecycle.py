"""Statuses in their order by a clock that the tests move, failures on demand, lost answers."""

from __future__ import annotations

import threading

import pytest

from fakes.personalize_aws import Aws, two_tastes


def statuses(aws: Aws, arn: str, *moments: float) -> list[str]:
    seen = []
    for moment in moments:
        aws.environment.ahead = moment
        seen.append(aws.describe("dataset_group", arn)["status"])
    return seen


def test_a_resource_is_pending_then_in_progress_then_active(aws):
    aws.service.durations.set("dataset_group", 1000)
    group = aws.group()
    assert statuses(aws, group, 0, 50, 500, 1100) == [
        "CREATE PENDING",
        "CREATE PENDING",
        "CREATE IN_PROGRESS",
        "ACTIVE",
    ]


def test_dates_tell_when_a_status_began_not_when_somebody_looked(aws):
    aws.service.durations.set("dataset_group", 1000)
    group = aws.group()
    aws.environment.ahead = 5000
    described = aws.describe("dataset_group", group)
    assert (described["lastUpdatedDateTime"] - described["creationDateTime"]).total_seconds() == pytest.approx(
        1000, abs=0.01
    )


def test_a_deletion_is_pending_then_in_progress_then_gone(aws, refused):
    group = aws.group()
    aws.service.durations.set("deletion", 1000)
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    assert statuses(aws, group, 0, 500) == ["DELETE PENDING", "DELETE IN_PROGRESS"]
    code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
    assert code == "ResourceInUseException"
    assert "its status is DELETE IN_PROGRESS" in message
    aws.environment.ahead = 1100
    assert refused(aws.personalize.describe_dataset_group, datasetGroupArn=group)[0] == "ResourceNotFoundException"
    assert aws.personalize.list_dataset_groups()["datasetGroups"] == []


def test_the_first_look_after_a_creation_finds_it_pending_however_quick_it_was(aws):
    group = aws.group()
    assert statuses(aws, group, 0, 0) == ["CREATE PENDING", "ACTIVE"]
    dataset, tracker = aws.dataset(group), aws.personalize.create_event_tracker(name="c", datasetGroupArn=group)
    listed = aws.personalize.list_datasets(datasetGroupArn=group)["datasets"]
    assert [each["status"] for each in listed] == ["CREATE PENDING"]
    assert aws.describe("dataset", dataset)["status"] == "ACTIVE"
    looks = [aws.describe("event_tracker", tracker["eventTrackerArn"])["status"] for _ in range(2)]
    assert looks == ["CREATE PENDING", "ACTIVE"]


def test_a_failure_is_not_told_before_it_was_seen_pending(aws):
    aws.service.faults.fail("dataset_group", reason="no capacity left")
    group = aws.group()
    assert set(aws.describe("dataset_group", group)) == {
        "name",
        "datasetGroupArn",
        "status",
        "creationDateTime",
        "lastUpdatedDateTime",
    }
    assert aws.describe("dataset_group", group)["failureReason"] == "no capacity left"


def test_a_solution_is_active_at_once_and_so_is_what_nobody_looked_at_for_a_while(aws):
    group = aws.group()
    assert aws.describe("solution", aws.solution(group))["status"] == "ACTIVE"
    aws.environment.ahead = 3
    assert aws.describe("dataset_group", group)["status"] == "ACTIVE"


def test_a_training_and_a_campaign_are_pending_at_first(aws):
    version = aws.version(aws.solution(aws.data()))
    first = aws.describe("solution_version", version)
    assert (first["status"], "trainingHours" in first) == ("CREATE PENDING", False)
    assert aws.settled("solution_version", version)["trainingHours"] >= 0.001
    campaign = aws.campaign(version)
    assert [aws.describe("campaign", campaign)["status"] for _ in range(2)] == ["CREATE PENDING", "ACTIVE"]
    other = aws.campaign(version, "other")
    aws.runtime.get_recommendations(campaignArn=other, userId="u1")
    assert aws.describe("campaign", other)["status"] == "ACTIVE"


def test_the_first_look_after_a_deletion_still_finds_it_and_its_name_is_taken_until_then(aws, refused):
    group = aws.group()
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    code, message = refused(aws.personalize.create_dataset_group, name="movies")
    assert (code, message) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {group} already exists.",
    )
    code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
    assert (code, message) == (
        "ResourceInUseException",
        f"The given dataset group cannot be deleted while its status is DELETE PENDING: {group}",
    )
    aws.gone("dataset_group", group)
    assert aws.group() == group


def test_what_is_used_is_no_longer_pending(aws):
    dataset = aws.dataset(group := aws.group())
    assert aws.describe("dataset_group", group)["status"] == "ACTIVE"
    aws.personalize.tag_resource(resourceArn=dataset, tags=[{"tagKey": "a", "tagValue": "b"}])
    assert aws.describe("dataset", dataset)["status"] == "ACTIVE"


def test_a_deletion_that_nobody_looks_at_ends_by_itself(aws):
    group = aws.group()
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    aws.environment.ahead = 3
    assert aws.group() == group


def test_a_list_is_a_look_too(aws):
    group = aws.group()
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    listed = [aws.personalize.list_dataset_groups()["datasetGroups"] for _ in range(2)]
    assert [[each["status"] for each in found] for found in listed] == [["DELETE PENDING"], []]


def test_an_event_tracker_brings_a_dataset_that_stays_when_it_goes(aws, refused):
    """AWS's clean-up notebooks delete dataset/<group>/EVENT_INTERACTIONS after the tracker."""
    group = aws.group()
    arn = f"{group.replace(':dataset-group/', ':dataset/')}/EVENT_INTERACTIONS"
    assert refused(aws.personalize.describe_dataset, datasetArn=arn)[0] == "ResourceNotFoundException"
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["eventTrackerArn"]
    described = aws.describe("dataset", arn)
    assert (described["datasetType"], described["status"]) == ("EVENT_INTERACTIONS", "ACTIVE")
    assert described["datasetGroupArn"] == group
    assert aws.personalize.list_datasets(datasetGroupArn=group)["datasets"] == []
    code, message = refused(aws.personalize.delete_dataset, datasetArn=arn)
    assert (code, message) == (
        "ResourceInUseException",
        f"The given dataset is in use by an event tracker, delete it first: {tracker}",
    )
    aws.personalize.delete_event_tracker(eventTrackerArn=tracker)
    aws.personalize.delete_dataset(datasetArn=arn)
    aws.gone("dataset", arn)


def test_a_group_goes_with_the_dataset_that_its_tracker_brought(aws):
    group = aws.group()
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["eventTrackerArn"]
    aws.personalize.delete_event_tracker(eventTrackerArn=tracker)
    aws.gone("event_tracker", tracker)
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    aws.gone("dataset_group", group)
    aws.group()


def test_what_is_being_created_cannot_be_deleted(aws, refused):
    aws.service.durations.set("dataset_group", 1000)
    group = aws.group()
    code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
    assert (code, message) == (
        "ResourceInUseException",
        f"The given dataset group cannot be deleted while its status is CREATE PENDING: {group}",
    )


def test_what_failed_can_be_deleted_and_made_again(aws):
    aws.service.faults.fail("dataset_group", reason="x")
    group = aws.group()
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    aws.gone("dataset_group", group)
    assert aws.settled("dataset_group", aws.group())["status"] == "ACTIVE"


def test_no_time_that_passes_makes_a_job_ready_before_its_work_is_done(aws, monkeypatch):
    aws.service.durations.set("dataset_import_job", 1000)
    gate, opened = threading.Event(), aws.environment.s3_open
    monkeypatch.setattr(aws.environment, "s3_open", lambda *where: gate.wait(20) and opened(*where))
    job = aws.start_import(aws.dataset(), two_tastes())
    assert aws.service.next_due() - aws.environment.now() == pytest.approx(1000, abs=5)
    assert aws.service.at_work() == ""
    aws.environment.ahead = 5000
    aws.service.settle()
    assert aws.service.at_work() == f"the work of {job} takes"
    assert aws.describe("dataset_import_job", job)["status"] == "CREATE IN_PROGRESS"
    gate.set()
    aws.settled("dataset_import_job", job)
    assert (aws.service.at_work(), aws.service.next_due()) == ("", None)
