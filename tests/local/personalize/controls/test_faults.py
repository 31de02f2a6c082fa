"""Tests of ``local.personalize.controls.faults``."""

from __future__ import annotations

import pytest


def test_a_planned_failure_has_the_reason(aws):
    aws.service.faults.fail("dataset_group", reason="no capacity left")
    described = aws.settled("dataset_group", aws.group("one"))
    assert (described["status"], described["failureReason"]) == ("CREATE FAILED", "no capacity left")
    assert aws.settled("dataset_group", aws.group("two"))["status"] == "ACTIVE"


def test_datasets_have_no_failure_reason(aws):
    aws.service.faults.fail("dataset", reason="anything")
    described = aws.settled("dataset", aws.dataset())
    assert described["status"] == "CREATE FAILED"
    assert "failureReason" not in described


def test_an_error_once_does_nothing_and_is_used_up(aws, refused):
    aws.service.faults.error_once("CreateSchema", "LimitExceededException", "full")
    assert refused(aws.schema) == ("LimitExceededException", "full")
    assert aws.personalize.list_schemas()["schemas"] == []
    assert aws.schema().endswith("movies-schema")


def test_throttling_is_an_error_that_clients_retry(aws, refused):
    aws.service.faults.throttle("ListSchemas", times=2)
    assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")
    assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")
    assert aws.personalize.list_schemas()["schemas"] == []


def test_a_lost_answer_has_had_its_effect(aws, refused):
    aws.service.faults.lose_response_once("CreateDatasetGroup")
    code, _ = refused(aws.group)
    assert code == "InternalFailure"
    assert [group["name"] for group in aws.personalize.list_dataset_groups()["datasetGroups"]] == ["movies"]


def test_faults_that_are_cleared_do_not_happen(aws):
    aws.service.faults.fail("schema", reason="x")
    aws.service.faults.throttle("CreateSchema")
    aws.service.faults.lose_response_once("CreateSchema")
    aws.service.faults.clear()
    assert aws.schema().endswith("movies-schema")


def test_a_fault_for_what_does_not_exist_is_refused(aws):
    with pytest.raises(ValueError, match="unknown kind of resource 'model'"):
        aws.service.faults.fail("model", reason="x")
    with pytest.raises(ValueError, match="has no operation 'CreateModel'"):
        aws.service.faults.throttle("CreateModel")
