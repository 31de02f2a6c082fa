"""More solutions than the account may train at a time: they wait for a slot, and none fails."""

from __future__ import annotations

import threading

import pytest

from fakes.filled_buckets import send_plan
from fakes.pipelines import Pipeline, interactions
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.local import LocalAws

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
TEN = Config.from_dict(
    {"project": "shop", "solutions": {f"s{number}": {"recipe": "aws-popularity-count"} for number in range(10)}}
)


def test_ten_solutions_under_a_quota_of_three_pending_ones_all_become_active() -> None:
    with LocalAws(wait_scale=1 / 5_000) as aws:
        shop = Pipeline(aws, aws.session(), TEN)
        send_plan(
            aws.endpoint_url,
            {"durations": {"solutionVersion": 1.0}, "quotas": {"pending_per_region": {"solutionVersion": 3}}},
        )
        deploy(shop.session, TEN)
        shop.upload(interactions())
        pending, ended = [], threading.Event()

        def count() -> None:
            personalize = shop.personalize()
            while not ended.wait(0.1):
                listed = personalize.list_solution_versions()["solutionVersions"]
                pending.append(sum(each["status"].startswith("CREATE ") for each in listed))

        counting = threading.Thread(target=count)
        counting.start()
        try:
            output = shop.start().wait(timeout=250).get_output()
        finally:
            ended.set()
            counting.join()

    assert len(output["solutions"]) == 10
    assert {each["error"] for each in output["solutions"].values()} == {None}
    assert max(pending) == 3
