"""Names, ARNs and pages of Step Functions' API."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.wire import page, states_arn, valid_name, write_token


def pages(items: list[str], **request: Any) -> list[list[str]]:
    shown, token = page(items, str, request, "things")
    return [shown] if token is None else [shown, *pages(items, **{**request, "nextToken": token})]


def test_pages_hold_every_item_once_in_order():
    assert pages(["c", "a", "b"], maxResults=2) == [["a", "b"], ["c"]]
    assert pages(["a", "b"], maxResults=2) == [["a", "b"]]
    assert pages([]) == [[]]


def test_what_is_deleted_between_two_pages_shifts_none():
    shown, token = page(["a", "b", "c", "d"], str, {"maxResults": 2}, "things")
    assert shown == ["a", "b"]
    assert page(["a", "c", "d"], str, {"nextToken": token}, "things")[0] == ["c", "d"]


@pytest.mark.parametrize("token", ["junk", write_token("other things", "a"), write_token("things", 1), "\ud800"])
def test_a_token_that_was_made_up_is_refused(token: str):
    with pytest.raises(AwsError) as refused:
        page(["a"], str, {"nextToken": token}, "things")
    assert (refused.value.code, refused.value.message) == ("InvalidToken", "Invalid Token: 'Token is invalid'")


@pytest.mark.parametrize("name", ["a b", "a*", "a:b", "x" * 81, "", "\u0007"])
def test_a_name_with_characters_that_aws_refuses_is_refused(name: str):
    with pytest.raises(AwsError) as refused:
        valid_name(name)
    assert (refused.value.code, refused.value.message) == ("InvalidName", f"Invalid Name: '{name}'")


def test_an_arn_is_of_a_kind():
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    assert states_arn(arn, "stateMachine") == arn
    with pytest.raises(AwsError, match="Resource type not valid in this context: stateMachine"):
        states_arn(arn, "activity")
