"""Every row of resources.py against botocore's model of the service: the witness that shares nothing with us."""

from __future__ import annotations

import re
from dataclasses import fields

import botocore.session
import pytest
from botocore import xform_name

from personalize_sfn.arns import Arns
from personalize_sfn.config import PollingConfig, WaitConfig
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    BY_KEY,
    METRIC_ATTRIBUTION,
    PENDING_STATUSES,
    RESOURCE_TYPES,
)

MODEL = botocore.session.get_session().get_service_model("personalize")
every_row = pytest.mark.parametrize("row", RESOURCE_TYPES, ids=lambda row: row.key)


def takes(row, verb):
    return MODEL.operation_model(row.operation(verb)).input_shape.members


def gives(row, verb):
    return MODEL.operation_model(row.operation(verb)).output_shape.members


def described(row):
    return gives(row, "Describe")[row.key].members


def test_the_configuration_has_a_wait_for_each_resource_that_has_a_status():
    waits = {row.snake: row for row in RESOURCE_TYPES if row.has_status}
    polling = PollingConfig()
    assert {field.name for field in fields(polling)} == {*waits, "deletion"}
    for name, row in waits.items():
        wait = getattr(polling, name)
        assert (
            wait
            == polling.of(row)
            == WaitConfig(typical_seconds=row.typical_seconds, timeout_seconds=row.timeout_seconds)
        )


@every_row
@pytest.mark.parametrize("verb", ["Create", "Describe", "List"])
def test_the_operation_exists_and_boto3_calls_it_so(row, verb):
    assert row.operation(verb) in MODEL.operation_names
    assert xform_name(row.operation(verb)) == row.method(verb)


@every_row
def test_it_can_be_deleted_exactly_if_there_is_an_operation_for_it(row):
    assert row.deletable == (row.operation("Delete") in MODEL.operation_names)


@every_row
def test_it_has_a_latest_update_exactly_if_describe_shows_one(row):
    shown = [name for name in described(row) if re.fullmatch(r"latest\w+Update", name)]
    assert shown == ([row.latest_update] if row.latest_update else [])
    # Metric attributions are updated at once: nothing shows the status of an update.
    updated = row.operation("Update") in MODEL.operation_names and row is not METRIC_ATTRIBUTION
    assert updated == bool(row.latest_update)


@every_row
def test_what_may_be_updated_is_what_update_takes(row):
    taken = set(takes(row, "Update")) if row.operation("Update") in MODEL.operation_names else {row.arn_field}
    assert set(row.updates) == taken - {row.arn_field}


@every_row
def test_what_takes_no_tags_is_known_as_ours_by_its_content_or_its_parent(row):
    assert (row.ownership == "tag") == ("tags" in takes(row, "Create"))
    assert row.scope or row.ownership != "parent"


@every_row
def test_create_takes_its_name_and_its_parents_and_gives_its_arn(row):
    assert {row.name_field, *(f"{parent}Arn" for parent in row.parents)} <= set(takes(row, "Create"))
    assert row.arn_field in gives(row, "Create")


@every_row
def test_it_takes_tags_exactly_if_create_does(row):
    assert row.taggable == ("tags" in takes(row, "Create"))


@every_row
def test_describe_takes_its_arn_and_tells_what_the_row_says(row):
    members = described(row)
    assert row.arn_field in takes(row, "Describe")
    assert {row.arn_field, row.name_field} <= set(members)
    assert row.has_status == ("status" in members)
    if row.has_status:
        assert row.has_failure_reason == ("failureReason" in members)


@every_row
def test_list_gives_summaries_narrowed_by_its_scope(row):
    assert row.list_key in gives(row, "List")
    assert {f"{row.scope}Arn"} <= set(takes(row, "List")) if row.scope else not row.parents
    assert row.arn_field in gives(row, "List")[row.list_key].member.members


@every_row
def test_its_arn_fits_the_models_pattern(row):
    names = {"name": "n", "jobName": "n", "id": "i", "datasetType": "ITEMS", **dict.fromkeys(BY_KEY, "parent")}
    arn = Arns("us-east-1", "123456789012").personalize(row.arn_path.format_map(names))
    pattern = takes(row, "Describe")[row.arn_field].metadata["pattern"]
    assert re.fullmatch(pattern, arn)


@every_row
def test_the_pending_statuses_are_those_that_the_model_documents(row):
    # Jobs document other words than the service has been seen to use; only resources with a life cycle are held to it.
    if row in (BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB):
        return
    text = described(row)["status"].documentation if row.has_status else " ".join(PENDING_STATUSES)
    for status in PENDING_STATUSES:
        assert status in text or "CREATE" not in text
