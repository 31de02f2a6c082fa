"""A campaign goes back to the version before, and the next run moves it forward again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import WorkflowError
from personalize_sfn.local import LocalAws
from personalize_sfn.rollback import rollback

pytestmark = pytest.mark.slow
POPULAR = {"recipe": "aws-popularity-count", "campaign": {}}
CONFIG = Config.from_dict({"project": "shop", "solutions": {"first": POPULAR, "second": POPULAR}})


@pytest.fixture(scope="module")
def shop() -> Iterator[Pipeline]:
    with LocalAws(wait_scale=0.0) as aws:
        made = Pipeline(aws, aws.session(), CONFIG)
        deploy(made.session, CONFIG)
        made.upload(interactions())
        made.run()
        made.run(train="always")
        yield made


def served(shop: Pipeline, key: str) -> str:
    arn = shop.session.arns.personalize(f"campaign/{CONFIG.campaign_name(key)}")
    version = shop.session.client("personalize").describe_campaign(campaignArn=arn)["campaign"]["solutionVersionArn"]
    return str(version)


def test_the_named_campaign_goes_back_and_the_others_stay_and_a_run_undoes_it(shop: Pipeline) -> None:
    newest = {key: served(shop, key) for key in CONFIG.campaigns}

    done = rollback(shop.session, CONFIG, "second")

    assert served(shop, "second") == done.version_arn != newest["second"]
    assert done.instead_of == newest["second"]
    assert served(shop, "first") == newest["first"]
    with pytest.raises(WorkflowError, match="the oldest ACTIVE version of its solution"):
        rollback(shop.session, CONFIG, "second")
    shop.run()
    assert served(shop, "second") == newest["second"]
