"""What a campaign knows of a user, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from fakes.pipelines import interactions
from personalize_sfn import Config, compare, datasets, deploy, recommend, run
from personalize_sfn.local import LocalAws
from personalize_sfn.recommendations.known_users import items_of
from personalize_sfn.state_folder import HISTORY_PATH


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws(wait_scale=1 / 2000) as running:
        yield running


@pytest.fixture(scope="module")
def shop(aws: LocalAws) -> tuple[Any, Config]:
    session, config = aws.session(), Config(project="shop")
    deploy(session, config)
    datasets.upload_interactions(session, config, datasets.prepare(interactions()))
    run(session, config).wait(timeout=120)
    return session, config


@pytest.fixture
def campaign(shop: tuple[Any, Config]) -> str:
    return str(shop[0].arns.personalize("campaign/shop-for-you"))


def test_it_tells_the_items_of_a_user_and_of_a_stranger_none(shop: tuple[Any, Config], campaign: str) -> None:
    own = interactions().query("USER_ID == 'u1'")["ITEM_ID"]

    assert set(items_of(shop[0], campaign, "u1") or ()) == set(own)
    assert items_of(shop[0], campaign, "nobody") == ()


@pytest.mark.parametrize("via", ["api", "workflow"])
def test_an_answer_says_whether_the_user_is_known_and_what_they_have(shop: tuple[Any, Config], via: Any) -> None:
    session, config = shop
    own = set(interactions().query("USER_ID == 'u1'")["ITEM_ID"])

    known = recommend(session, config, "u1", via=via, num_results=500)
    stranger = recommend(session, config, "nobody", via=via)

    assert known.facts[-1] == "user u1 is in the data"
    assert {item.item_id for item in known.items if item.had == f"already {known.did}"} == own
    assert stranger.facts[-1] == "user nobody is not in the data: answered with what is popular"
    assert [item.had for item in stranger.items if item.had] == []


def test_a_comparison_says_it_once(shop: tuple[Any, Config]) -> None:
    assert compare(*shop, "nobody", num_results=3).sentences[0].startswith("user nobody is not in the data")


def test_nothing_is_counted_as_a_request(aws: LocalAws, shop: tuple[Any, Config], campaign: str) -> None:
    def count() -> int:
        asked = aws.personalize.requests.of("123456789012", "us-east-1")
        return sum(number for _, _, _, arn, number in asked if arn == campaign)

    recommend(*shop, "u1", via="api")
    before = count()
    assert before > 0
    assert items_of(shop[0], campaign, "u1")
    assert count() == before


def test_nobody_else_may_ask(shop: tuple[Any, Config], campaign: str) -> None:
    url = f"{shop[0].endpoint_url}{HISTORY_PATH}?arn={campaign}&userId=u1"
    with pytest.raises(HTTPError) as refused:
        urlopen(url, timeout=10)

    assert refused.value.code == 401
    assert "expected the header" in json.loads(refused.value.read())["error"]


@pytest.mark.parametrize(
    ("query", "method", "status", "error"),
    [
        ("arn=x&userId=u", "POST", 405, "expected GET, got POST"),
        ("userId=u", "GET", 400, "expected arn and userId in the query, arn is missing"),
        ("arn=x&userId=u", "GET", 404, "expected an ARN such as arn:aws:personalize"),
        ("arn=arn:aws:personalize:us-east-1:123456789012:campaign/nope&userId=u", "GET", 404, "campaign/nope"),
    ],
)
def test_what_is_wrong_is_named(shop: tuple[Any, Config], query: str, method: str, status: int, error: str) -> None:
    session = shop[0]
    secret = session.boto_session.get_credentials().secret_key
    asked = Request(f"{session.endpoint_url}{HISTORY_PATH}?{query}", method=method)
    asked.add_header("Authorization", f"Bearer {secret}")
    with pytest.raises(HTTPError) as refused:
        urlopen(asked, timeout=10)

    assert refused.value.code == status
    assert error in json.loads(refused.value.read())["error"]
