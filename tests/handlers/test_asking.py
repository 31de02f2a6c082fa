"""Which call answers a request: known without asking anybody."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.asking import call_of

SERVING = {
    "picks": {"arn": "arn:x:recommender/picks", "answers": "use case"},
    "for-you": {"arn": "arn:x:campaign/for-you", "answers": "user"},
    "popular": {"arn": "arn:x:campaign/popular", "answers": "user"},
    "similar": {"arn": "arn:x:campaign/similar", "answers": "item"},
    "order": {"arn": "arn:x:campaign/order", "answers": "ranking"},
    "next": {"arn": "arn:x:campaign/next", "answers": "actions"},
}


@pytest.mark.parametrize(
    ("request_", "method", "members"),
    [
        ({"userId": 7}, "get_recommendations", {"userId": "7", "campaignArn": "arn:x:campaign/for-you"}),
        ({"itemId": 42}, "get_recommendations", {"itemId": "42", "campaignArn": "arn:x:campaign/similar"}),
        (
            {"userId": "7", "itemId": "4", "solution": "picks", "numResults": 3},
            "get_recommendations",
            {"userId": "7", "itemId": "4", "numResults": 3, "recommenderArn": "arn:x:recommender/picks"},
        ),
        (
            {"userId": "7", "inputList": [1, "2"]},
            "get_personalized_ranking",
            {"userId": "7", "inputList": ["1", "2"], "campaignArn": "arn:x:campaign/order"},
        ),
        (
            {"userId": "7", "answers": "actions"},
            "get_action_recommendations",
            {"userId": "7", "campaignArn": "arn:x:campaign/next"},
        ),
        ({"userId": "7", "solution": "popular"}, "get_recommendations", {"campaignArn": "arn:x:campaign/popular"}),
        ({"userId": "7", "campaignArn": "arn:y"}, "get_recommendations", {"userId": "7", "campaignArn": "arn:y"}),
    ],
)
def test_the_first_that_answers_what_is_asked_is_called(request_: dict[str, Any], method: str, members: dict[str, Any]):
    call = call_of(request_, SERVING)
    assert call.method == method
    assert members.items() <= call.members.items()


def test_ten_are_asked_for_unless_told_otherwise_but_a_list_has_its_own_length():
    assert call_of({"userId": "7"}, SERVING).members["numResults"] == 10
    assert "numResults" not in call_of({"userId": "7", "inputList": ["1"]}, SERVING).members


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"userid": "7"}, "userid is not known here: expected some of answers, campaignArn, context"),
        ({"userId": "7", "solution": "none"}, "there is no solution 'none' that serves, only picks, for-you"),
        ({"userId": "7", "inputList": ["1"], "itemId": "2"}, "itemId is not taken where ranking is asked for"),
        (
            {"userId": "7", "answers": "actions", "context": {"A": "b"}},
            "context is not taken where actions is asked for: expected userId, numResults, filterArn, filterValues",
        ),
    ],
)
def test_what_no_call_takes_is_named(request_: dict[str, Any], problem: str):
    with pytest.raises(InvalidInputError) as refused:
        call_of(request_, SERVING)
    assert str(refused.value).startswith(problem)


def test_what_nobody_answers_is_told_with_what_serves():
    with pytest.raises(
        InvalidInputError, match=r"nothing that serves answers ranking \(how to order a list\); what serves: a \(item\)"
    ):
        call_of({"inputList": ["1"], "userId": "7"}, {"a": {"arn": "arn:x", "answers": "item"}})
