"""What a campaign or recommender answers with."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.recommendations.answered_by import AnsweredBy, answered_by

PREFIX = "arn:aws:personalize:us-east-1:123456789012:"
TRAINED = datetime(2026, 11, 29, 2, 32, tzinfo=UTC)


class FakePersonalize:
    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
        return {"campaign": {"solutionVersionArn": f"{PREFIX}solution/movies/5d2f"}}

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        recipe = "arn:aws:personalize:::recipe/aws-sims"
        return {"solutionVersion": {"recipeArn": recipe, "creationDateTime": TRAINED}}

    def describe_recommender(self, recommenderArn: str) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeRecommender")


def session_of(personalize: FakePersonalize) -> Any:
    return SimpleNamespace(client=lambda _: personalize, is_local=True)


def test_a_campaign_answers_with_its_version_and_what_that_was_trained_by() -> None:
    found = answered_by(session_of(FakePersonalize()), f"{PREFIX}campaign/movies", "aws-user-personalization-v2")
    assert found == AnsweredBy(
        kind="campaign",
        name="movies",
        recipe="aws-sims",
        version="5d2f",
        version_arn=f"{PREFIX}solution/movies/5d2f",
        trained=TRAINED,
    )
    assert found.facts == ("campaign movies", "aws-sims", "version 5d2f", "trained 2026-11-29 02:32 UTC")


def test_what_may_not_be_read_is_what_the_config_says() -> None:
    found = answered_by(session_of(FakePersonalize()), f"{PREFIX}recommender/picks", "aws-ecomm-recommended-for-you")
    assert found.facts == ("recommender picks", "aws-ecomm-recommended-for-you")
