"""Tests of ``local.control_api``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.control_plans import Plan
from fakes.personalize_aws import serving


@pytest.fixture
def plan() -> Iterator[Plan]:
    with serving() as aws:
        yield Plan(aws)


def test_a_plan_must_come_as_json_which_a_strangers_web_page_cannot_send(plan: Plan):
    status, answer = plan("POST", {"faults": []}, content_type="text/plain")
    assert (status, answer["error"]) == (415, "expected Content-Type application/json, got 'text/plain'")


def test_other_methods_are_refused(plan: Plan):
    assert plan("PUT", {}) == (405, {"error": "expected GET, POST or DELETE, got PUT"})
