"""Tests of ``paths``: jSONPath, and what Choice does with a path that leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.state_machines import (
    choosing,
    passing,
)
from fakes.stepfunctions_aws import Aws
from personalize_sfn.local.stepfunctions import patches
from personalize_sfn.local.stepfunctions.patches import paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[0].b", 4),
        ("$.a[0]['b']", 4),
        ("$.a[-1].b", 5),
        ("$.a[0]", {"b": 4}),
        ("$.a[*].b", [4, 5]),
        ("$.a[0:1].b", [4]),
        ("$.a[?(@.b == 5)].b", [5]),
        ("$.one[*].b", [6]),
        ("$['odd, name:*']", 7),
    ],
)
def test_a_definite_path_gives_a_value_and_an_indefinite_one_a_list(aws: Aws, path: str, expected: Any) -> None:
    given = {"a": [{"b": 4}, {"b": 5}], "one": [{"b": 6}], "odd, name:*": 7}
    assert aws.output(passing(Parameters={"x.$": path}), given) == {"x": expected}


def test_a_choice_sees_through_an_index(aws: Aws) -> None:
    assert aws.output(choosing("$.a[0].b", Default="No"), {"a": [{"b": 4}]}) == "yes"


def test_moto_still_gives_a_list_for_an_index_followed_by_a_field(aws: Aws) -> None:
    with patches.unpatched(paths.a_definite_path_gives_a_value):
        assert aws.output(passing(Parameters={"x.$": "$.a[0].b"}), {"a": [{"b": 4}]}) == {"x": [4]}


def test_a_choice_on_a_missing_variable_fails_and_says_which(aws: Aws) -> None:
    ended = aws.run(choosing("$.missing", Default="No"))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    expected = "Invalid path '$.missing': The choice state's condition path references an invalid value."
    assert ended["cause"].endswith(expected)


def test_a_choice_may_ask_whether_a_variable_is_present(aws: Aws) -> None:
    assert aws.output(choosing("$.missing", False, "IsPresent", Default="No")) == "yes"


def test_moto_still_takes_the_default_for_a_missing_variable(aws: Aws) -> None:
    with patches.unpatched(paths.a_choice_on_a_missing_variable_fails):
        assert aws.output(choosing("$.missing", Default="No")) == "no"
