"""Tests of ``local.personalize.filters.dataset_group``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fakes.filtered_catalogue import ITEMS, catalogue, items, make
from fakes.personalize_aws import BUCKET, ROLE, Aws, two_tastes
from personalize_sfn.filter_expressions import parse
from personalize_sfn.local.personalize.filters import dataset_group


@pytest.fixture
def group(aws: Aws) -> str:
    return catalogue(aws)


@pytest.fixture
def campaign(aws: Aws, group: str) -> str:
    return aws.campaign(aws.trained(group), campaignConfig={"enableMetadataWithRecommendations": True})


def test_what_a_user_bought_is_left_out_and_a_live_event_counts_at_once(aws: Aws, group: str, campaign: str) -> None:
    arn = make(aws, group, 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    bought = {row[1] for place, row in enumerate(two_tastes()) if row[0] == "u0" and place % 5 == 0}

    def ask() -> list[str]:
        return items(aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", filterArn=arn, numResults=100))

    before = ask()
    assert bought
    assert bought.isdisjoint(before)
    event = {"eventType": "Buy", "itemId": before[0], "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u0", sessionId="s", eventList=[event])
    assert before[0] not in ask()


def test_what_a_filter_needs_and_does_not_get_is_said(aws: Aws, refused: Any, group: str, campaign: str) -> None:
    ask = aws.runtime.get_recommendations
    parameter = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE < $PRICE")
    of_item = make(aws, group, "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE", "item")
    missing = parameter + "-none"
    for more, code, message in (
        ({"filterArn": parameter}, "InvalidInputException", "needs a value for PRICE"),
        ({"filterArn": of_item}, "InvalidInputException", "goes with recipes of type RELATED_ITEMS only"),
        (
            {"promotions": [{"percentPromotedItems": 10, "filterArn": of_item}], "itemId": "i1"},
            "InvalidInputException",
            "The given filter is about CurrentItem, which goes with recipes of type RELATED_ITEMS only",
        ),
        ({"filterArn": missing}, "ResourceNotFoundException", f"The given filter does not exist: {missing}"),
        ({"filterValues": {"A": "1"}}, "InvalidInputException", "filterValues needs a filterArn"),
        ({"promotions": [{"name": "p"}]}, "InvalidInputException", "needs a filterArn and percentPromotedItems"),
        ({"metadataColumns": {"USERS": ["AGE"]}}, "InvalidInputException", "expected the key ITEMS, got USERS"),
    ):
        found, text = refused(ask, campaignArn=campaign, userId="u0", **more)
        assert found == code
        assert message in text


def test_a_filter_on_the_current_item_needs_it(aws: Aws, refused: Any, group: str) -> None:
    campaign = aws.campaign(aws.trained(group, "aws-sims"), "sims")
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE")
    answer = aws.runtime.get_recommendations(campaignArn=campaign, itemId="i3", filterArn=arn, numResults=100)
    assert set(items(answer)) == {item for item in ITEMS if item not in ("i0", "i3")}
    version = aws.trained(group, "aws-popularity-count")
    job = {
        "jobName": "j",
        "solutionVersionArn": version,
        "filterArn": arn,
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    }
    code, message = refused(aws.personalize.create_batch_inference_job, **job)
    assert (code, message) == (
        "InvalidInputException",
        "The given filter is about CurrentItem, which goes with recipes of type RELATED_ITEMS only; "
        "this one is of type USER_PERSONALIZATION",
    )


@pytest.mark.parametrize(("about", "most"), [(dataset_group.ITEMS, 100), (dataset_group.ACTIONS, 300)])
def test_only_the_newest_events_of_a_type_count(about: dataset_group.About, most: int) -> None:
    names = [f"n{number:03}" for number in range(400)]
    table = {
        "USER_ID": np.array(["u"] * 400, dtype=object),
        about.id_column: np.array(names, dtype=object),
        "EVENT_TYPE": np.array(["Viewed"] * 400, dtype=object),
        "TIMESTAMP": np.arange(400),
    }
    found = parse(f'INCLUDE {about.subject} WHERE {about.events}.EVENT_TYPE IN ("viewed")')
    data = dataset_group.Data({about.events: (table,)})
    model: Any = SimpleNamespace(item_ids=np.array(names))
    mask = dataset_group.item_mask(found, {}, data, model, user_id="u", about=about)
    assert np.flatnonzero(mask).tolist() == list(range(400 - most, 400))
