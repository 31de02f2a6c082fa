"""A whole shop: several solutions, a tracker, filters and metrics, and a domain with recommenders."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import ConfigError, WorkflowError
from personalize_sfn.local import LocalAws
from personalize_sfn.recommendations import rank, recommend

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SHOP: dict[str, Any] = {
    "project": "shop",
    "event_tracker": True,
    "datasets": {"items": {"schema": dict(schemas.items(schemas.field("KIND", categorical=True)))}},
    "filters": {
        "unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")',
        "kind": "INCLUDE ItemID WHERE Items.KIND IN ($KIND)",
    },
    "metric_attribution": {"metrics": {"buys": {"event": "buy", "expression": "SAMPLECOUNT()"}}, "to_s3": True},
    "solutions": {
        "for-you": {"recipe": "aws-popularity-count", "campaign": {}},
        "similar": {"recipe": "aws-sims", "campaign": {"enable_metadata": True}},
        "order": {"recipe": "aws-personalized-ranking-v2", "campaign": {}},
        "segments": {"recipe": "aws-item-affinity"},
    },
}
STORE: dict[str, Any] = {
    "project": "store",
    "domain": "ECOMMERCE",
    "solutions": {},
    "recommenders": {"popular": {"recipe": "aws-ecomm-popular-items-by-purchases"}},
}


@dataclasses.dataclass
class Shop(Pipeline):
    output: dict[str, Any] = dataclasses.field(default_factory=dict)


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws(wait_scale=0.0) as running:
        yield running


def opened(aws: LocalAws, config: Config, event: str) -> Shop:
    """Deployed, with data, and run once."""
    shop = Shop(aws, aws.session(), config)
    deploy(shop.session, config)
    frame = interactions()
    frame.loc[frame.index[:: 1 if config.domain else 2], "EVENT_TYPE"] = event
    shop.upload(frame)
    if config.datasets.items is not None:
        bucket = config.bucket_name(shop.session.region, shop.session.account_id)
        items = pd.DataFrame({"ITEM_ID": [f"i{n}" for n in range(100)], "KIND": ["book", "toy"] * 50})
        shop.session.client("s3").put_object(
            Bucket=bucket, Key=config.data_key("ITEMS"), Body=items.to_csv(index=False).encode()
        )
    shop.output = shop.run()
    return shop


@pytest.fixture(scope="module")
def shop(aws: LocalAws) -> Shop:
    return opened(aws, Config.from_dict(SHOP), "buy")


def test_main_makes_every_solution_with_and_without_a_campaign_and_says_so(shop: Shop) -> None:
    solutions = shop.output["solutions"]
    assert list(solutions) == ["for-you", "similar", "order", "segments"]
    assert [each["error"] for each in solutions.values()] == [None] * 4
    assert solutions["segments"]["campaignArn"] is None
    assert all(each["metrics"] for each in solutions.values())
    assert "solutionArn" not in shop.output, "only of one solution its members stand beside"


def test_a_tracker_filters_and_metrics_are_made_and_found_again(shop: Shop) -> None:
    personalize = shop.personalize()
    tracker = personalize.describe_event_tracker(eventTrackerArn=shop.output["eventTrackerArn"])["eventTracker"]
    assert (tracker["name"], tracker["status"]) == ("shop-events", "ACTIVE")
    assert set(shop.output["filters"]) == {"unseen", "kind"}
    attribution = personalize.describe_metric_attribution(metricAttributionArn=shop.output["metricAttributionArn"])
    assert attribution["metricAttribution"]["metricsOutputConfig"]["s3DataDestination"]["path"].endswith(
        "/shop/out/attribution/"
    )
    assert shop.run() == shop.output


@pytest.mark.parametrize("via", ["workflow", "api"])
def test_each_question_finds_the_solution_that_answers_it(shop: Shop, via: Any) -> None:
    session, config = shop.session, shop.config
    popular = recommend(session, config, "u1", num_results=5, via=via)
    like = recommend(session, config, item_id="i4", num_results=5, metadata=["KIND"], via=via)
    ranked = rank(session, config, "u4", ["i1", "i2", "i3"], via=via)

    assert popular.heading == "Recommended to user u1"
    assert (like.heading, len(like.items)) == ("Like i4", 5)
    assert {item.metadata["kind"] for item in like.items} <= {"book", "toy"}
    assert (ranked.heading, {item.item_id for item in ranked.items}) == ("In order for user u4", {"i1", "i2", "i3"})
    assert ranked.items[0].item_id == "i2", "an even user likes even items"


@pytest.mark.parametrize("via", ["workflow", "api"])
def test_a_filter_is_asked_for_by_its_key_with_values_of_the_request(shop: Shop, via: Any) -> None:
    answer = recommend(
        shop.session, shop.config, "u1", filter="kind", filter_values={"KIND": '"toy"'}, num_results=20, via=via
    )
    assert answer.items
    assert all(int(item.item_id[1:]) % 2 for item in answer.items)


def test_what_is_not_there_is_named_before_anybody_is_asked(shop: Shop) -> None:
    with pytest.raises(ConfigError, match=r"filters: has no 'new', only unseen, kind"):
        recommend(shop.session, shop.config, "u1", filter="new")
    with pytest.raises(ConfigError, match=r"solutions\.segments\.campaign: nothing serves segments"):
        recommend(shop.session, shop.config, "u1", solution="segments")
    with pytest.raises(ConfigError, match=r"solutions: has no 'other', only for-you, similar"):
        recommend(shop.session, shop.config, "u1", solution="other")


def test_another_expression_is_another_filter_and_the_old_one_goes_after_its_days(shop: Shop) -> None:
    shop_again = {**SHOP, "filters": {**SHOP["filters"], "unseen": SHOP["filters"]["unseen"].replace("buy", "watch")}}
    config = Config.from_dict(shop_again)
    at_once = dataclasses.replace(config, filters_keep_days=0)
    old = shop.output["filters"]["unseen"]
    deploy(shop.session, config)
    made = Pipeline(shop.aws, shop.session, config).run("filters")
    assert made["filters"]["unseen"] != old
    assert made["deleted"] == []
    assert shop.personalize().describe_filter(filterArn=old)["filter"]["status"] == "ACTIVE"

    deploy(shop.session, at_once)
    again = Pipeline(shop.aws, shop.session, at_once).run("filters")
    assert again == {**made, "deleted": [old]}
    deploy(shop.session, shop.config)


def test_metrics_are_added_and_removed_until_they_are_those_of_the_config(shop: Shop) -> None:
    def run(**metrics: str) -> str:
        wanted = {name: {"event": event, "expression": "SAMPLECOUNT()"} for name, event in metrics.items()}
        config = Config.from_dict({**SHOP, "metric_attribution": {"metrics": wanted}})
        deploy(shop.session, config)
        return str(Pipeline(shop.aws, shop.session, config).run("attribution")["metricAttributionArn"])

    listed = shop.personalize().list_metric_attribution_metrics(metricAttributionArn=run(views="watch", more="buy"))
    assert {each["metricName"]: each["eventType"] for each in listed["metrics"]} == {"views": "watch", "more": "buy"}
    with pytest.raises(WorkflowError, match=r"metric views counts SAMPLECOUNT\(\) of 'watch'.*give it another name"):
        run(views="buy")


def test_a_domain_has_recommenders(aws: LocalAws) -> None:
    store = opened(aws, Config.from_dict(STORE), "Purchase")
    assert list(store.output["recommenders"]) == ["popular"]
    assert store.output["recommenders"]["popular"]["error"] is None
    assert store.output["solutions"] == {}
    assert len(recommend(store.session, store.config, "u1", num_results=5).items) == 5
    assert store.run() == store.output
    with pytest.raises(ConfigError, match="nothing that serves answers ranking"):
        rank(store.session, store.config, "u1", ["i1"])
    assert {each.kind for each in clean_up(store.session, store.config)} >= {"recommender", "dataset group"}


def test_clean_up_takes_all_of_it_and_nothing_else(shop: Shop) -> None:
    gone = clean_up(shop.session, shop.config)
    kinds = [each.kind for each in gone]
    assert kinds[0] == "campaign"
    assert {"event tracker", "filter", "metric attribution"} <= set(kinds)
    assert ours(shop.session, shop.config) == []
    with pytest.raises(WorkflowError, match="campaign shop-for-you does not exist yet"):
        recommend(shop.session, shop.config, "u1", via="api")
