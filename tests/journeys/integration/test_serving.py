"""An application beside a whole shop on the embedded AWS: events in, recommendations out, and something in trouble."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.pipelines import interactions
from personalize_sfn import EventSender, Recommender
from personalize_sfn.config import Config
from personalize_sfn.datasets import upload_interactions
from personalize_sfn.deploy import deploy
from personalize_sfn.execution import run
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session

pytestmark = pytest.mark.slow
CONFIG = Config.from_dict(
    {
        "project": "shop",
        "event_tracker": True,
        "filters": {"unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'},
        "solutions": {
            "for-you": {"recipe": "aws-user-personalization-v2", "campaign": {}},
            "similar": {"recipe": "aws-similar-items", "campaign": {}},
        },
    }
)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with LocalAws(wait_scale=1 / 20_000) as aws:
        made = aws.session()
        deploy(made, CONFIG)
        upload_interactions(made, CONFIG, interactions())
        run(made, CONFIG).wait()
        yield made


def fallback_is_there(recommender: Recommender) -> None:
    recommender._background.submit(lambda: None).result(60)


def test_what_a_user_buys_is_filtered_from_the_next_answer(session: Session) -> None:
    recommender = Recommender(session, CONFIG, timeout=60)
    first = recommender.recommend("visitor", num_results=3, filter="unseen")
    assert (first.source, len(first.items)) == ("campaign", 3)
    with EventSender(session, CONFIG) as events:
        for item in first.item_ids:
            events.put("visitor", item, "buy", recommendation_id=first.recommendation_id)
    second = recommender.recommend("visitor", num_results=3, filter="unseen")
    assert (second.source, len(second.items)) == ("campaign", 3)
    assert not set(first.item_ids) & set(second.item_ids)


@pytest.mark.parametrize(("solution", "asked"), [("for-you", {"user_id": "u1"}), ("similar", {"item_id": "i1"})])
def test_every_kind_of_campaign_gives_its_own_fallback(session: Session, solution: str, asked: dict[str, str]) -> None:
    recommender = Recommender(session, CONFIG, solution, timeout=60)
    fallback_is_there(recommender)
    recommender._target = {"campaignArn": session.arns.personalize("campaign/shop-gone")}
    answer = recommender.recommend(num_results=5, **asked)  # type: ignore[arg-type]
    assert (answer.source, len(answer.items), len(set(answer.item_ids))) == ("fallback", 5, 5)
    assert "does not exist" in answer.reason
