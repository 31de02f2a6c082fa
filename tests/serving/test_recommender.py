"""Recommendations for applications, with a fake campaign."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError

from fakes.event_services import client_error
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError, InvalidInputError
from personalize_sfn.filter_expressions.moving import filter_hash
from personalize_sfn.serving import Recommender, ServedItem, ServedItems
from personalize_sfn.serving import recommender as module

ACTIONS = {
    "type": "record",
    "name": "Actions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [{"name": name, "type": "string"} for name in ("ACTION_ID", "KIND")],
    "version": "1.0",
}
CONFIG = Config.from_dict(
    {
        "project": "shop",
        "datasets": {"actions": {"schema": ACTIONS}},
        "filters": {
            "unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")',
            "fresh": 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("new")',
        },
        "solutions": {
            "for-you": {"recipe": "aws-user-personalization-v2", "campaign": {}},
            "similar": {"recipe": "aws-similar-items", "campaign": {}},
            "popular": {"recipe": "aws-popularity-count", "campaign": {}},
            "ranking": {"recipe": "aws-personalized-ranking-v2", "campaign": {}},
            "next": {"recipe": "aws-next-best-action", "campaign": {}},
            "unserved": {"recipe": "aws-user-personalization-v2"},
        },
    }
)
ARN = "arn:aws:personalize:us-east-1:123456789012:"


class FakeRuntime:
    """GetRecommendations: ``items`` for users, ``popular`` for nobody."""

    def __init__(self, items: list[str] | None = None, fail: Callable[[], Exception | None] = lambda: None) -> None:
        self.items = ["1", "2", "3"] if items is None else items
        self.popular = ["3", "7", "8", "9"]
        self.fail = fail
        self.asked: list[dict[str, Any]] = []
        self.fallbacks: list[dict[str, Any]] = []
        self.attempts = 0
        self.gate = threading.Event()
        self.gate.set()
        self.options: dict[str, Any] = {}

    def get_recommendations(self, **request: Any) -> dict[str, Any]:
        if request.get("userId") == "personalize-sfn-fallback":
            self.fallbacks.append(request)
            return {"itemList": [{"itemId": each, "score": 0.1} for each in self.popular], "recommendationId": "no"}
        self.attempts += 1
        self.gate.wait(20)
        error = self.fail()
        if error is not None:
            raise error
        self.asked.append(request)
        return {"itemList": [{"itemId": each, "score": 0.5} for each in self.items], "recommendationId": "RID"}

    def get_personalized_ranking(self, **request: Any) -> dict[str, Any]:
        answer = self.get_recommendations(**request)
        return {"personalizedRanking": answer["itemList"], "recommendationId": "RID"}

    def get_action_recommendations(self, **request: Any) -> dict[str, Any]:
        found = self.get_recommendations(**request)["itemList"]
        return {"actionList": [{"actionId": each["itemId"], "score": 0.5} for each in found], "recommendationId": "RID"}


@pytest.fixture
def runtime() -> Iterator[FakeRuntime]:
    made = FakeRuntime()
    yield made
    made.gate.set()


def recommender(runtime: FakeRuntime, solution: str | None = None, **options: Any) -> Recommender:
    """With its fallback there."""

    def new_client(service: str, **config: Any) -> FakeRuntime:
        assert service == "personalize-runtime"
        runtime.options = config
        return runtime

    session: Any = SimpleNamespace(new_client=new_client, arns=Arns("us-east-1", "123456789012"))
    made = Recommender(session, CONFIG, solution, **{"timeout": 20} | options)
    made._background.submit(lambda: None).result(20)
    return made


def test_the_campaign_of_the_solution_is_asked_and_nothing_else(runtime: FakeRuntime) -> None:
    answer = recommender(runtime, "for-you").recommend(
        "u1",
        num_results=3,
        context={"DEVICE": "tv"},
        filter="unseen",
        filter_values={"G": '"x"'},
        metadata_columns=["PRICE"],
    )
    assert answer == ServedItems((ServedItem("1", 0.5), ServedItem("2", 0.5), ServedItem("3", 0.5)), "campaign", "RID")
    assert answer.item_ids == ("1", "2", "3")
    assert runtime.asked == [
        {
            "campaignArn": f"{ARN}campaign/shop-for-you",
            "numResults": 3,
            "userId": "u1",
            "context": {"DEVICE": "tv"},
            "filterArn": f"{ARN}filter/shop-unseen-{filter_hash(CONFIG.filters['unseen'])}",
            "filterValues": {"G": '"x"'},
            "metadataColumns": {"ITEMS": ["PRICE"]},
        }
    ]


def test_a_solution_that_answers_for_items_is_asked_by_an_item(runtime: FakeRuntime) -> None:
    recommender(runtime, "similar").recommend(item_id="42")
    assert runtime.asked == [{"campaignArn": f"{ARN}campaign/shop-similar", "numResults": 25, "itemId": "42"}]
    assert runtime.fallbacks[0]["itemId"] == "personalize-sfn-fallback"


def test_without_a_solution_the_first_that_answers_for_users_is_asked(runtime: FakeRuntime) -> None:
    recommender(runtime).recommend("u1")
    assert runtime.asked[0]["campaignArn"] == f"{ARN}campaign/shop-for-you"


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        ("nothing", "solutions: has no 'nothing', only for-you, similar, popular, ranking, next, unserved"),
        ("unserved", "solutions.unserved.campaign: nothing serves unserved"),
    ],
)
def test_a_solution_that_cannot_be_asked_is_refused_at_once(runtime: FakeRuntime, solution: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        recommender(runtime, solution)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "error",
    [
        client_error("ResourceNotFoundException", "no campaign"),
        client_error("AccessDeniedException", "not authorized"),
        client_error("InternalServerException", "oh", status=500),
        EndpointConnectionError(endpoint_url="https://example"),
        RuntimeError("a bug"),
    ],
)
def test_what_a_stranger_gets_is_shown_when_the_campaign_does_not_answer(error: Exception) -> None:
    runtime = FakeRuntime(fail=lambda: error)
    answer = recommender(runtime).recommend("u1", num_results=3, exclude=["7"])
    assert answer == ServedItems(
        tuple(ServedItem(each, None, "fallback") for each in ("3", "8", "9")), "fallback", None
    )
    assert answer.reason in str(error)
    assert runtime.fallbacks == [
        {"campaignArn": f"{ARN}campaign/shop-for-you", "numResults": 500, "userId": "personalize-sfn-fallback"}
    ]


@pytest.mark.parametrize(
    "error", [client_error("InvalidInputException", "numResults: no"), ParamValidationError(report="numResults: no")]
)
def test_a_mistake_in_the_request_is_an_error_and_no_fallback_hides_it(error: Exception) -> None:
    with pytest.raises(InvalidInputError, match="numResults: no"):
        recommender(FakeRuntime(fail=lambda: error)).recommend("u1")


def test_an_answer_that_does_not_come_in_time_is_not_waited_for(runtime: FakeRuntime) -> None:
    made = recommender(runtime, timeout=0.05)
    runtime.gate.clear()
    began = time.monotonic()
    answer = made.recommend("u1")
    assert time.monotonic() - began < 5  # the gate stays closed for 20
    assert (answer.source, answer.reason) == ("fallback", "no answer in 0.05 s")
    assert (runtime.options["connect_timeout"], runtime.options["read_timeout"]) == (0.05, 0.05)


def test_when_all_connections_hang_others_get_the_fallback_in_time_and_are_not_asked_later(
    runtime: FakeRuntime,
) -> None:
    made = recommender(runtime, timeout=0.05, connections=2)
    runtime.gate.clear()
    assert [made.recommend(f"u{n}").source for n in range(6)] == ["fallback"] * 6
    assert runtime.attempts == 2
    runtime.gate.set()
    made._pool.submit(lambda: None).result(20)
    assert runtime.attempts == 2
    made._timeout = 20
    assert made.recommend("u1").source == "campaign"


def errors(*given: Exception | None) -> Callable[[], Exception | None]:
    left = list(given)
    return lambda: left.pop(0) if left else None


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("InternalServerException", status=500),
        EndpointConnectionError(endpoint_url="https://example"),
    ],
)
def test_what_may_pass_is_asked_again_once(error: Exception) -> None:
    runtime = FakeRuntime(fail=errors(error))
    assert recommender(runtime).recommend("u1").source == "campaign"
    assert runtime.attempts == 2
    runtime.fail = errors(error, error)
    assert recommender(runtime).recommend("u1").source == "fallback"
    assert runtime.attempts == 4


def test_what_does_not_pass_is_not_asked_again() -> None:
    runtime = FakeRuntime(fail=lambda: client_error("AccessDeniedException"))
    recommender(runtime).recommend("u1")
    assert runtime.attempts == 1


def test_retries_end_when_their_budget_is_spent_and_successes_fill_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.random, "uniform", lambda low, high: 0.0)
    runtime = FakeRuntime(fail=lambda: client_error("ThrottlingException"))
    made = recommender(runtime)
    for _ in range(150):
        made.recommend("u1")
    assert runtime.attempts == 150 + 100  # 500 tokens, 5 for each
    runtime.fail = lambda: None
    for _ in range(10):
        made.recommend("u1")
    runtime.fail = lambda: client_error("ThrottlingException")
    runtime.attempts = 0
    for _ in range(10):
        made.recommend("u1")
    assert runtime.attempts == 10 + 2


def test_too_few_items_are_topped_up_without_an_item_twice() -> None:
    answer = recommender(FakeRuntime(["9", "1"]), min_items=4).recommend("u1", exclude=["7"])
    assert (answer.item_ids, answer.source, answer.recommendation_id) == (("9", "1", "3", "8"), "topped up", "RID")
    assert [each.source for each in answer.items] == ["campaign", "campaign", "fallback", "fallback"]


def test_never_more_items_than_were_asked_for() -> None:
    answer = recommender(FakeRuntime([]), min_items=5).recommend("u1", num_results=2)
    assert answer.item_ids == ("3", "7")


def test_enough_items_are_left_as_they_are(runtime: FakeRuntime) -> None:
    assert recommender(runtime, min_items=3).recommend("u1").source == "campaign"


def test_an_item_is_never_said_to_be_like_itself() -> None:
    answer = recommender(FakeRuntime([]), "similar", min_items=4).recommend(item_id="3")
    assert answer.item_ids == ("7", "8", "9")


def test_the_fallback_of_a_filter_is_filtered_too() -> None:
    runtime = FakeRuntime(fail=lambda: client_error("ResourceNotFoundException"))
    made = recommender(runtime)
    made._fallback._not_before = 0.0  # type: ignore[attr-defined]  # as a second later
    first = made.recommend("u1", filter="fresh", metadata_columns=["PRICE"])
    assert (first.items, first.source) == ((), "none")  # rather than an item that the filter forbids
    made._background.submit(lambda: None).result(20)
    assert made.recommend("u1", filter="fresh", metadata_columns=["PRICE"]).item_ids == ("3", "7", "8", "9")
    assert runtime.fallbacks[-1] == {
        "campaignArn": f"{ARN}campaign/shop-for-you",
        "numResults": 50,
        "userId": "personalize-sfn-fallback",
        "filterArn": f"{ARN}filter/shop-fresh-{filter_hash(CONFIG.filters['fresh'])}",
        "metadataColumns": {"ITEMS": ["PRICE"]},
    }


def test_a_filter_that_is_not_known_yet_is_never_left_out(runtime: FakeRuntime) -> None:
    made = recommender(runtime)
    made._filters.arn = lambda key: None  # type: ignore[method-assign]
    answer = made.recommend("u1", filter="fresh")
    assert (answer.items, answer.source, answer.reason) == ((), "none", "the filter is not known yet")
    assert runtime.asked == []


def test_a_filter_that_the_configuration_does_not_have_is_refused(runtime: FakeRuntime) -> None:
    with pytest.raises(ConfigError, match="filters: has no 'seen', only unseen, fresh"):
        recommender(runtime).recommend("u1", filter="seen")


def test_the_fallback_may_be_another_solution_or_a_list() -> None:
    runtime = FakeRuntime(fail=lambda: client_error("ResourceNotFoundException"))
    assert recommender(runtime, fallback="popular").recommend("u1").item_ids == ("3", "7", "8", "9")
    assert runtime.fallbacks[0]["campaignArn"] == f"{ARN}campaign/shop-popular"
    assert recommender(runtime, fallback=["a", "b"]).recommend("u1", filter="fresh").item_ids == ("a", "b")
    assert len(runtime.fallbacks) == 1


def test_trouble_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "personalize_sfn")
    gone = client_error("ResourceNotFoundException", "no campaign")
    made = recommender(FakeRuntime(fail=errors(gone, gone, gone)))
    for _ in range(5):
        made.recommend("u1")
    assert [record.getMessage() for record in caplog.records] == [
        f"{ARN}campaign/shop-for-you does not answer, the fallback is shown: no campaign",
        f"{ARN}campaign/shop-for-you answers again",
    ]


def test_many_threads_ask_at_once(runtime: FakeRuntime) -> None:
    made = recommender(runtime)
    sources: list[str] = []
    threads = [
        threading.Thread(target=lambda: sources.extend(made.recommend("u").source for _ in range(50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sources == ["campaign"] * 400
    assert len(runtime.asked) == 400


def test_a_child_that_was_forked_has_threads_of_its_own_and_the_parents_fallback(runtime: FakeRuntime) -> None:
    made = recommender(runtime)
    pool, made._process = made._pool, -1  # as in a child: the process is another one
    runtime.fail = lambda: client_error("ResourceNotFoundException")
    assert made.recommend("u1").item_ids == ("3", "7", "8", "9")
    assert made._pool is not pool
    second = made._pool
    made.recommend("u1")
    assert made._pool is second


def test_a_time_limit_of_nothing_is_refused(runtime: FakeRuntime) -> None:
    with pytest.raises(ConfigError, match="timeout: expected more than 0 seconds, got 0"):
        recommender(runtime, timeout=0)


# --- rankings and actions --------------------------------------------------------------------------------------------


def test_a_list_is_put_in_order_for_a_user(runtime: FakeRuntime) -> None:
    answer = recommender(runtime, "ranking").rank("u1", ["3", "2", "1"], context={"DEVICE": "tv"})

    assert runtime.asked == [
        {
            "campaignArn": f"{ARN}campaign/shop-ranking",
            "userId": "u1",
            "inputList": ["3", "2", "1"],
            "context": {"DEVICE": "tv"},
        }
    ]
    assert (answer.item_ids, answer.source, answer.recommendation_id) == (("1", "2", "3"), "campaign", "RID")
    assert runtime.fallbacks == [], "the list itself is the fallback"


def test_a_list_that_cannot_be_put_in_order_in_time_is_shown_as_it_is(runtime: FakeRuntime) -> None:
    ranks = recommender(runtime, "ranking")
    runtime.fail = lambda: client_error("ThrottlingException", "too fast")

    answer = ranks.rank("u1", ["3", "2", "1"])

    assert (answer.item_ids, answer.source, answer.reason) == (("3", "2", "1"), "fallback", "too fast")
    assert [each.score for each in answer.items] == [None] * 3


def test_actions_are_recommended_to_a_user(runtime: FakeRuntime) -> None:
    acts = recommender(runtime, "next", fallback=["call"])
    answer = acts.actions("u1", num_results=3)
    assert runtime.asked == [{"campaignArn": f"{ARN}campaign/shop-next", "userId": "u1", "numResults": 3}]
    assert (answer.item_ids, answer.source, answer.items[0].score) == (("1", "2", "3"), "campaign", 0.5)

    runtime.fail = lambda: client_error("ThrottlingException", "too fast")
    assert (acts.actions("u1").item_ids, acts.actions("u1").source) == (("call",), "fallback")
    assert recommender(runtime, "next").actions("u1").source == "none"


@pytest.mark.parametrize(
    ("solution", "ask", "message"),
    [
        ("ranking", lambda it: it.recommend("u1"), "shop-ranking answers for ranking: call rank()"),
        ("for-you", lambda it: it.rank("u1", ["1"]), "shop-for-you answers for user: call recommend()"),
        ("similar", lambda it: it.actions("u1"), "shop-similar answers for item: call recommend()"),
    ],
)
def test_a_solution_is_asked_by_its_own_method(
    runtime: FakeRuntime, solution: str, ask: Callable[[Recommender], object], message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        ask(recommender(runtime, solution))
    assert str(refused.value) == f"solution: {ARN}campaign/{message}"
    assert runtime.asked == []


@pytest.mark.parametrize(
    ("solution", "fallback", "message"),
    [
        ("ranking", ["1"], "fallback: a solution for ranking takes none: leave it out"),
        ("next", "popular", "fallback: a solution for actions takes no other solution: give a list of ids"),
        ("for-you", "ranking", "fallback: expected a solution that answers for users or items, ranking answers for"),
    ],
)
def test_a_fallback_that_does_not_go_with_the_solution_is_refused_at_once(
    runtime: FakeRuntime, solution: str, fallback: Any, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        recommender(runtime, solution, fallback=fallback)
    assert str(refused.value).startswith(message)
