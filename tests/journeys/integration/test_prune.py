"""A config that lost a solution: deploy says what is left of it, prune removes it, and never what somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import DeployError
from personalize_sfn.local import LocalAws
from personalize_sfn.prune import orphans, prune
from personalize_sfn.recommendations import recommend

pytestmark = pytest.mark.slow
POPULAR: dict[str, Any] = {"recipe": "aws-popularity-count", "campaign": {}}
BOTH = Config.from_dict(
    {
        "project": "shop",
        "solutions": {"for-you": POPULAR, "old": {"recipe": "aws-sims", "campaign": {}}},
        "filters": {"seen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'},
    }
)
ONE = Config.from_dict({"project": "shop", "solutions": {"for-you": POPULAR}})


@pytest.fixture(scope="module")
def shop() -> Iterator[Pipeline]:
    with LocalAws(wait_scale=0.0) as aws:
        made = Pipeline(aws, aws.session(), BOTH)
        deploy(made.session, BOTH)
        made.upload(interactions())
        made.run()
        deploy(made.session, ONE)
        yield made


def test_nothing_is_left_over_of_what_the_config_has(shop: Pipeline) -> None:
    assert orphans(shop.session, BOTH) == []


def test_what_the_config_lost_is_told_with_its_requests_campaigns_first(shop: Pipeline) -> None:
    found = orphans(shop.session, ONE)
    assert [(each.found.kind, each.found.name) for each in found[:2]] == [
        ("campaign", "shop-old"),
        ("solution", "shop-old-sims"),
    ]
    assert [each.found.kind for each in found[2:]] == ["filter"]
    assert str(found[0]) == (
        "campaign shop-old (ACTIVE), billed by the hour for 1 provisioned TPS, 0 requests in the last 24 h"
    )


def test_a_key_that_another_of_the_same_recipe_replaces_is_said_to_be_a_rename(shop: Pipeline) -> None:
    renamed = Config.from_dict(
        {"project": "shop", "solutions": {"for-you": POPULAR, "alike": {"recipe": "aws-sims", "campaign": {}}}}
    )
    campaign = orphans(shop.session, renamed)[0]
    assert campaign.renamed_to == "alike"
    assert "it looks as if its solution is called alike now: run the main workflow first" in str(campaign)


def test_a_campaign_that_was_asked_stays_unless_that_is_wanted(shop: Pipeline) -> None:
    recommend(shop.session, BOTH, item_id="i4", via="api")
    told = r"shop-old \(ACTIVE\), billed by the hour for 1 provisioned TPS, 1 request in .*Nothing was"
    with pytest.raises(DeployError, match=told):
        prune(shop.session, ONE)
    assert len(prune(shop.session, ONE, dry_run=True)) == 3

    gone = prune(shop.session, ONE, serving=True)

    assert [each.found.kind for each in gone] == ["campaign", "solution", "filter"]
    assert orphans(shop.session, ONE) == []
    assert recommend(shop.session, ONE, "u1", via="api").items, "what the config has goes on"
