"""What of AWS's quotas is used, what a config needs besides, and what is refused before anything is billed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.listed_resources import FakeListings, FakeServiceQuotas, session_that_lists
from personalize_sfn.config import CampaignConfig, Config, DatasetConfig, DatasetsConfig, SolutionConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import QuotaError
from personalize_sfn.quota_use import QuotaUse, quota_uses, require_room, wanted_names
from personalize_sfn.resources import BY_KEY

RAISED = {"Active solutions per dataset group": 20.0, "active campaigns per dataset group": 7.0}


def shop(solutions: int, campaigns: int = 0, **more: Any) -> Config:
    """A config with so many solutions, the first of which are served."""
    return Config(
        project="shop",
        solutions={
            f"s{number}": SolutionConfig(
                recipe="aws-popularity-count", campaign=CampaignConfig() if number < campaigns else None
            )
            for number in range(solutions)
        },
        **more,
    )


def use_of(key: str, session: Any, config: Config) -> QuotaUse:
    return next(use for use in quota_uses(session, config) if use.quota.row is BY_KEY[key])


def made(config: Config) -> FakeListings:
    """What a run of ``config`` leaves."""
    names = wanted_names(config)
    found = FakeListings().add("datasetGroup", "shop").add("schema", *names["schema"])
    found.add("solution", *names["solution"], parent="shop")
    for key in config.campaigns:
        found.add("campaign", config.campaign_name(key), parent=config.solution_name(key))
    return found


# --- what is refused -------------------------------------------------------------------------------------------------


def test_an_eleventh_solution_is_refused_and_says_what_to_do():
    with pytest.raises(QuotaError) as raised:
        require_room(session_that_lists(FakeListings()), shop(11))

    assert str(raised.value) == (
        "solutions per dataset group: 11 more needed (shop-s0-popularity-count, shop-s1-popularity-count, "
        "shop-s2-popularity-count, shop-s3-popularity-count, shop-s4-popularity-count, shop-s5-popularity-count, "
        "shop-s6-popularity-count, shop-s7-popularity-count, shop-s8-popularity-count, shop-s9-popularity-count, "
        "shop-s10-popularity-count), 10 of 10 left (default, not read). Delete what is not needed, or take something "
        "out of the config; ask AWS for more (Service Quotas, 'Active solutions per dataset group', L-D9DD83B7). "
        "Nothing was started"
    )


def test_a_sixth_campaign_is_refused_and_says_what_uses_the_five():
    there = made(shop(5, 5))

    with pytest.raises(QuotaError) as raised:
        require_room(session_that_lists(there), shop(6, 6))

    assert (
        "campaigns per dataset group: 1 more needed (shop-s5), 0 of 5 left (default, not read), used by shop-s0, "
        in (str(raised.value))
    )


def test_a_limit_that_aws_has_raised_holds():
    require_room(session_that_lists(made(shop(5, 5)), FakeServiceQuotas(RAISED)), shop(7, 7))

    with pytest.raises(QuotaError, match=r"1 of 7 left|2 of 7 left \(Service Quotas\)"):
        require_room(session_that_lists(made(shop(5, 5)), FakeServiceQuotas(RAISED)), shop(8, 8))


def test_a_sixth_dataset_group_is_refused():
    there = FakeListings().add("datasetGroup", "a", "b", "c", "d", "e")

    with pytest.raises(QuotaError, match="dataset groups per region: 1 more needed"):
        require_room(session_that_lists(there), shop(1))


def test_every_full_quota_is_told_at_once():
    with pytest.raises(QuotaError, match=r"solutions per .*; campaigns per "):
        require_room(session_that_lists(FakeListings()), shop(11, 6))


def test_what_aws_does_not_raise_says_so():
    recommenders = {f"r{number}": {"recipe": "aws-ecomm-recommended-for-you"} for number in range(6)}
    config = Config.from_dict({"project": "shop", "domain": "ECOMMERCE", "recommenders": recommenders, "solutions": {}})

    with pytest.raises(QuotaError, match="AWS raises this one on no request"):
        require_room(session_that_lists(FakeListings()), config)


# --- what is not refused ---------------------------------------------------------------------------------------------


def test_a_second_run_needs_nothing_and_costs_a_list_for_each_kind():
    there, quotas = made(shop(2, 1)), FakeServiceQuotas(RAISED)

    require_room(session_that_lists(there, quotas), shop(2, 1))

    assert there.calls == ["list_dataset_groups", "list_schemas", "list_solutions", "list_campaigns"]
    assert quotas.calls == 0


def test_other_dataset_groups_use_their_own_quota():
    there = made(shop(1, 1)).add("solution", *(f"other-{n}" for n in range(9)), parent="other")
    there.add("campaign", *(f"c{n}" for n in range(5)), parent="other-1")

    require_room(session_that_lists(there), shop(3, 2))


def test_what_failed_or_is_going_takes_no_room():
    there = made(shop(3)).add("solution", *(f"old-{n}" for n in range(4)), parent="shop", status="DELETE PENDING")
    there.add("solution", *(f"broken-{n}" for n in range(4)), parent="shop", status="CREATE FAILED")

    require_room(session_that_lists(there), shop(10))


def test_what_may_not_be_listed_is_not_judged():
    there = FakeListings()
    there.denied = {"list_solutions"}

    require_room(session_that_lists(there), shop(11))

    use = use_of("solution", session_that_lists(there), shop(11))
    assert (use.used, use.left, use.is_full) == (None, None, False)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_limit_says_where_it_is_from():
    session = session_that_lists(made(shop(3)), FakeServiceQuotas(RAISED))

    solutions, imports = use_of("solution", session, shop(4)), use_of("datasetImportJob", session, shop(4))

    assert (solutions.limit, solutions.source, solutions.left) == (20, "Service Quotas", 17)
    assert solutions.needed == ("shop-s3-popularity-count",)
    assert (imports.limit, imports.source) == (5, "default, not read")


def test_what_is_under_way_is_counted_in_the_region_and_never_refused():
    there = FakeListings().add("datasetImportJob", "a", "b", "c", "d", "e", status="CREATE PENDING")
    there.add("datasetImportJob", "done")

    use = use_of("datasetImportJob", session_that_lists(there), shop(1))

    assert (use.used, use.left, use.is_full) == (("a", "b", "c", "d", "e"), 0, False)


def test_a_filter_that_moves_with_time_needs_a_slot_beside_yesterdays():
    items = DatasetConfig(schema=schemas.items("CREATION_TIMESTAMP"))
    fresh = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > {now-30d}"
    config = shop(1, filters={"fresh": fresh}, datasets=DatasetsConfig(items=items))
    today, tomorrow = (wanted_names(config, datetime(2026, 1, day, 12, tzinfo=UTC))["filter"] for day in (1, 2))

    assert today != tomorrow
    assert today == wanted_names(config, datetime(2026, 1, 1, 23, tzinfo=UTC))["filter"]
