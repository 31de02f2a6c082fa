"""The policy evaluator alone: documents in, an effect out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_sfn.local.aws.iam_policy import UNKNOWN, evaluate, matches_principal

ARN = "arn:aws:personalize:us-east-1:123456789012:campaign/movies"


def effect(*statements: dict, action: str = "personalize:CreateCampaign", resource: str = ARN, **context: str) -> str:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return evaluate([{"Statement": list(statements)}], action, resource, keys)


def allow(action: object = "*", resource: object = "*", **condition: dict) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def deny(action: object = "*", resource: object = "*", **condition: dict) -> dict:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def test_nothing_is_allowed_by_default():
    assert effect() == "none"


def test_a_statement_may_stand_alone_without_a_list():
    assert evaluate([{"Statement": allow()}], "s3:GetObject", "arn:aws:s3:::b/k", {}) == "allow"


def test_a_deny_wins_whatever_the_order():
    assert effect(allow(), deny("personalize:CreateCampaign")) == "deny"
    assert effect(deny("personalize:CreateCampaign"), allow()) == "deny"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("personalize:CreateCampaign", "allow"),
        ("PERSONALIZE:createcampaign", "allow"),
        ("personalize:Create*", "allow"),
        ("personalize:?reateCampaign", "allow"),
        ("*", "allow"),
        (["s3:GetObject", "personalize:*"], "allow"),
        ("personalize:Create", "none"),
        ("personalize:DescribeCampaign", "none"),
        ("personalize:[C]reateCampaign", "none"),
    ],
)
def test_actions_match_without_case_with_stars_and_question_marks(pattern, expected):
    assert effect(allow(pattern)) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (ARN, "allow"),
        ("arn:aws:personalize:*:123456789012:campaign/*", "allow"),
        ("arn:aws:personalize:us-east-1:123456789012:campaign/movie?", "allow"),
        (ARN.upper(), "none"),
        ("arn:aws:personalize:us-east-1:123456789012:campaign/", "none"),
        (["arn:aws:s3:::b", ARN], "allow"),
    ],
)
def test_resources_match_with_case(pattern, expected):
    assert effect(allow("*", pattern)) == expected


def test_not_action_and_not_resource_speak_of_all_others():
    assert effect({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}) == "allow"
    assert effect({"Effect": "Allow", "NotAction": "personalize:*", "Resource": "*"}) == "none"
    assert effect({"Effect": "Deny", "Action": "*", "NotResource": ARN}, allow()) == "allow"
    assert effect({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b"}, allow()) == "deny"


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringLike", "personalize.*", "personalize.amazonaws.com", True),
        ("StringNotLike", "personalize.*", "personalize.amazonaws.com", False),
        ("ArnLike", "arn:aws:personalize:*:123456789012:*", ARN, True),
        ("ArnLike", "arn:aws:*", ARN, False),
        ("ArnEquals", ARN, ARN, True),
        ("ArnNotLike", "arn:aws:personalize:*:123456789012:*", ARN, False),
        ("Bool", "true", "true", True),
        ("Bool", True, "false", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericGreaterThanEquals", 10, "9", False),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-11-23T00:00:00Z", True),
        ("IpAddress", "127.0.0.0/8", "127.0.0.1", True),
        ("NotIpAddress", "127.0.0.0/8", "127.0.0.1", False),
        ("StringMatches", "a", "a", False),
    ],
)
def test_condition_operators(operator, wanted, value, holds):
    statement = allow(**{operator: {"Aws:Key": wanted}})
    assert effect(statement, aws__key=value) == ("allow" if holds else "none")


@pytest.mark.parametrize(
    ("operator", "wanted", "holds"),
    [
        ("StringEquals", "a", False),
        ("StringNotEquals", "a", True),
        ("StringEqualsIfExists", "a", True),
        ("Null", "true", True),
        ("Null", "false", False),
        ("ForAllValues:StringEquals", "a", True),
        ("ForAnyValue:StringEquals", "a", False),
    ],
)
def test_conditions_on_a_key_that_the_request_has_not(operator, wanted, holds):
    assert effect(allow(**{operator: {"aws:key": wanted}})) == ("allow" if holds else "none")


def test_conditions_on_several_values():
    keys = {"aws:TagKeys": ["owner", "project"]}

    def of(operator: str, wanted: list[str]) -> str:
        return evaluate([{"Statement": allow(**{operator: {"aws:TagKeys": wanted}})}], "s3:X", "*", keys)

    assert of("ForAllValues:StringEquals", ["owner", "project", "more"]) == "allow"
    assert of("ForAllValues:StringEquals", ["owner"]) == "none"
    assert of("ForAnyValue:StringEquals", ["owner"]) == "allow"
    assert of("ForAnyValue:StringEquals", ["other"]) == "none"


def test_all_conditions_must_hold():
    statement = allow(StringEquals={"aws:a": "1", "aws:b": "2"})
    assert effect(statement, aws__a="1", aws__b="2") == "allow"
    assert effect(statement, aws__a="1", aws__b="3") == "none"


def test_policy_variables_stand_for_the_requests_keys():
    statement = allow("*", "arn:aws:s3:::b/${aws:username}/*")
    assert effect(statement, resource="arn:aws:s3:::b/ann/x", aws__username="ann") == "allow"
    assert effect(statement, resource="arn:aws:s3:::b/bob/x", aws__username="ann") == "none"


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a"),
        ("arn:aws:s3:::b/a${?}c*", "arn:aws:s3:::b/a?cd", "arn:aws:s3:::b/abcd"),
        ("arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", "arn:aws:s3:::b/x"),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/a*", "arn:aws:s3:::b/ab"),
    ],
)
def test_escaped_characters_and_values_of_variables_mean_themselves(pattern, matching, other):
    assert effect(allow("*", pattern), resource=matching, aws__username="a*") == "allow"
    assert effect(allow("*", pattern), resource=other, aws__username="a*") == "none"


def test_a_service_principal_is_matched_by_name():
    statement = {"Principal": {"Service": ["personalize.amazonaws.com"]}}
    assert matches_principal(statement, "Service", ["personalize.amazonaws.com"])
    assert not matches_principal(statement, "Service", ["lambda.amazonaws.com"])
    assert not matches_principal(statement, "AWS", ["personalize.amazonaws.com"])
    assert matches_principal({"Principal": "*"}, "AWS", ["anyone"])


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_pattern_without_wildcards_matches_itself_only(pattern, value):
    bare = pattern.replace("*", "").replace("?", "").replace("$", "")
    assert (effect(allow("*", bare), resource=value) == "allow") == (bare == value)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("s3:GetObject", "arn:aws:s3:::b/*")], "allow"),
        ([allow(), deny("*", "arn:aws:s3:::b/*")], "allow"),
        ([allow(), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}], "allow"),
        ([allow(), deny()], "deny"),
        ([allow("sns:Publish")], "none"),
    ],
)
def test_a_resource_that_the_request_does_not_tell_is_any_that_a_policy_allows(statements, expected):
    assert effect(*statements, action="s3:GetObject", resource=UNKNOWN) == expected
