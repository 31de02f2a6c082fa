"""Paths, payload templates, intrinsic functions and resources of tasks."""

from __future__ import annotations

import pytest

from personalize_sfn.local.stepfunctions.definition.values import (
    is_path,
    payload,
    resource,
    task_parameters,
    variables,
)

INVOKE = "arn:aws:states:::lambda:invoke"


def codes(found) -> list[tuple[str, str]]:
    return [(each.code, each.location) for each in found]


@pytest.mark.parametrize(("value", "expected"), [("$", True), ("$.a", True), ("a", False), (1, False), (None, False)])
def test_a_path_is_text_that_begins_with_a_dollar(value, expected: bool):
    assert is_path(value) is expected


def test_fields_named_as_paths_hold_paths_or_intrinsic_functions():
    right = {"a.$": "$.a", "b.$": "States.Format('{}', $.b)", "c": ["plain", {"d.$": "$$.Execution.Id"}]}
    assert codes(payload(right, "at")) == []
    assert codes(payload({"a.$": "plain", "b": [{"c.$": 1}]}, "at")) == [
        ("SCHEMA_VALIDATION_FAILED", "at/a.$"),
        ("SCHEMA_VALIDATION_FAILED", "at/b[0]/c.$"),
    ]


@pytest.mark.parametrize(
    "arn",
    [
        INVOKE,
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::aws-sdk:personalize:describeCampaign",
        "arn:aws:lambda:us-east-1:123456789012:function:movies-create-campaign",
        "arn:aws:states:us-east-1:123456789012:activity:mine",
    ],
)
def test_resources_that_exist_are_taken(arn: str):
    assert codes(resource(arn, "at")) == []


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (None, "SCHEMA_VALIDATION_FAILED"),
        ("arn:aws:states:::aws-sdk:personalize:paintCampaign", "SCHEMA_VALIDATION_FAILED"),
        ("arn:aws:states:::sqs:sendMessage", "UNSUPPORTED_LOCALLY"),
        (f"{INVOKE}.sync", "SCHEMA_VALIDATION_FAILED"),
    ],
)
def test_other_resources_are_diagnosed(arn, code: str):
    assert codes(resource(arn, "at")) == [(code, "at")]


def test_an_integration_needs_its_parameters_and_takes_no_others():
    found = [each.message for each in task_parameters(INVOKE, {"Colour": "red"}, "at")]
    assert found == [
        "The field 'Colour' is not supported by Step Functions",
        "The field 'FunctionName' is required but was missing",
    ]
    assert list(task_parameters(INVOKE, {"FunctionName.$": "$.name"}, "at")) == []


def test_an_sdk_task_takes_only_the_parameters_of_its_operation():
    arn = "arn:aws:states:::aws-sdk:personalize:listRecipes"
    found = [each.message for each in task_parameters(arn, {"Foo": 1, "MaxResults": 5, "NextToken.$": "$.t"}, "at")]
    assert found == ["The field 'Foo' is not supported by Step Functions"]
    assert list(task_parameters(arn, "{% $states.input %}", "at")) == []


@pytest.mark.parametrize("name", ["x", "x.$", "größe_2", "a" * 80])
def test_a_variable_is_named_by_an_identifier(name: str):
    assert list(variables({name: 1}, "at")) == []


@pytest.mark.parametrize(
    ("field", "name"), [("$text", "$text"), ("1st.$", "1st"), ("_x", "_x"), ("a b", "a b"), ("", ""), ("a" * 81,) * 2]
)
def test_another_name_of_a_variable_is_refused(field: str, name: str):
    (found,) = variables({"x": 1, field: 1}, "at")
    expected = "The name of a variable must be a letter, then letters, digits and '_', at most 80 characters"
    assert (found.message, found.location) == (f"{expected}, got '{name}'", f"at/{field}")
