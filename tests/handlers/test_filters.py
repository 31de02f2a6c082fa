"""Filters: made of today's expression, and removed once others have replaced them."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.import_events import GROUP
from fakes.virtual_personalize import ARNS, error
from personalize_sfn.ownership import PROJECT_TAG

TAGS = {PROJECT_TAG: "shop"}
MOVING = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > {now-30d}"


@pytest.fixture
def make(call: Any, personalize: Any) -> Any:
    """``make("fresh")``: the ARN of the filter that a run makes of a moving expression now."""

    def made(name: str = "fresh", expression: str = MOVING) -> str:
        request = {"name": f"shop-{name}", "filterExpression": expression, "datasetGroupArn": GROUP}
        event = {"request": request, "tags": TAGS, "adopt": False, "startedAt": personalize.clock.now.isoformat()}
        return str(call("create_filter", event)["filterArn"])

    return made


@pytest.fixture
def remove(call: Any, personalize: Any) -> Any:
    """``remove(arn, days=7)``: what is deleted when ``arn`` is the current one."""

    def removed(current: str, days: int = 7) -> list[str]:
        event = {
            "filters": [{"key": "fresh", "filterArn": current}],
            "datasetGroupArn": GROUP,
            "keepDays": days,
            "tags": TAGS,
            "startedAt": personalize.clock.now.isoformat(),
        }
        answer = call("delete_old_filters", event)
        assert answer["filters"] == {"fresh": current}
        return list(answer["deleted"])

    return removed


def test_a_day_has_one_filter_and_the_next_another(make: Any, personalize: Any) -> None:
    first = make()
    personalize.clock.advance(3600)
    assert make() == first
    personalize.clock.advance(86_400)
    assert make() != first
    assert first.startswith(ARNS.personalize("filter/shop-fresh-"))
    expressions = {each["members"]["filterExpression"] for each in personalize.found.values()}
    assert len(expressions) == 2
    assert not any("now" in each for each in expressions)


def test_a_filter_can_be_used_for_some_days_after_another_has_replaced_it(
    make: Any, remove: Any, personalize: Any
) -> None:
    old = make()
    personalize.clock.advance(86_400)
    new = make()
    assert remove(new) == []
    personalize.clock.advance(6 * 86_400)
    assert remove(new) == []
    personalize.clock.advance(86_400)
    assert remove(new) == [old]


def test_filters_of_other_keys_and_other_projects_stay(make: Any, remove: Any, personalize: Any) -> None:
    old, other = make(), make("fresher")
    stranger = make("fresh", 'INCLUDE ItemID WHERE Items.A IN ("b")')
    personalize.tags[stranger] = {PROJECT_TAG: "theirs"}
    personalize.clock.advance(86_400)
    new = make()
    personalize.clock.advance(30 * 86_400)
    assert remove(new) == [old]
    assert other not in personalize.names("DeleteFilter")


def test_a_filter_that_a_batch_uses_stays_for_now(make: Any, remove: Any, personalize: Any) -> None:
    make()
    personalize.clock.advance(86_400)
    new = make()
    personalize.clock.advance(30 * 86_400)
    personalize.raising["DeleteFilter"] = [error("DeleteFilter", "ResourceInUseException", "a job uses it")]
    assert remove(new) == []
