"""What answers the requests of a configuration."""

from __future__ import annotations

from fakes.domains import STORE
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.what_serves import serving

ARNS = Arns("us-east-1", "123456789012")


def test_a_recommender_of_a_domain_is_asked_too():
    assert serving(STORE, ARNS) == {
        "picks": {"arn": ARNS.personalize("recommender/store-picks"), "answers": "use case"}
    }


def test_only_solutions_with_a_campaign_serve_each_with_what_its_recipe_answers() -> None:
    solutions = {
        "for-you": {"campaign": {}},
        "order": {"recipe": "aws-personalized-ranking-v2", "campaign": {}},
        "segments": {"recipe": "aws-item-affinity"},
    }
    found = serving(Config.from_dict({"project": "shop", "solutions": solutions}), ARNS)
    assert {key: each["answers"] for key, each in found.items()} == {"for-you": "user", "order": "ranking"}
