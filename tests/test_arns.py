from __future__ import annotations

import pytest

from personalize_sfn.arns import Arns, parse


def test_an_arn_is_made_and_taken_apart():
    arn = Arns("eu-west-1", "111122223333").personalize("solution/movies/8a7b")
    assert arn == "arn:aws:personalize:eu-west-1:111122223333:solution/movies/8a7b"
    assert parse(arn).name == "8a7b"
    assert Arns.like(arn) == Arns("eu-west-1", "111122223333")


def test_the_partition_is_kept():
    assert Arns.like("arn:aws-cn:personalize:cn-north-1:111122223333:campaign/a").partition == "aws-cn"


def test_recipes_and_roles_have_no_region():
    arns = Arns("eu-west-1", "111122223333")
    assert arns.recipe("aws-sims") == "arn:aws:personalize:::recipe/aws-sims"
    assert arns.role("r", "/team/") == "arn:aws:iam::111122223333:role/team/r"


def test_what_is_not_an_arn_says_what_was_expected():
    with pytest.raises(ValueError, match=r"expected an ARN such as .* got .movies."):
        parse("movies")
