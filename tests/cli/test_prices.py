"""Tests of ``prices``: what a campaign costs, from an editable table."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.solutions import served
from personalize_sfn import errors
from personalize_sfn.clean_up import Found
from personalize_sfn.cli.prices import campaign_sentence, left_over_cost
from personalize_sfn.config import CampaignConfig, Config, SolutionConfig
from personalize_sfn.prune import Orphan


def test_without_a_sourced_figure_the_price_is_a_link() -> None:
    sentence = campaign_sentence(Config(), "us-east-1")
    assert sentence == (
        "The campaign (1 provisioned TPS) is billed by the hour from when it is ACTIVE until it is deleted; "
        "the price table has no figure for us-east-1: https://aws.amazon.com/personalize/pricing/"
    )


def test_several_campaigns_are_told_together() -> None:
    campaigns = {"a": 1, "b": 3}
    config = Config(
        solutions={
            **{key: SolutionConfig(campaign=CampaignConfig(min_provisioned_tps=tps)) for key, tps in campaigns.items()},
            "trained-only": SolutionConfig(),
        }
    )
    assert campaign_sentence(config, "us-east-1").startswith(
        "2 campaigns (4 provisioned TPS together) are billed by the hour from when they are ACTIVE until they are "
        "deleted; "
    )


def test_without_a_campaign_nothing_is_billed_by_the_hour() -> None:
    sentence = campaign_sentence(Config(solutions=served(campaign=None)), "us-east-1")
    assert sentence == "There is no campaign: nothing is billed by the hour"


@pytest.fixture
def own_prices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's own table, with a figure for one region."""
    table = tmp_path / "prices.toml"
    table.write_text(
        "[regions.us-east-1]\ncampaign_usd_per_tps_hour = 0.5\n"
        'source_url = "https://example.org"\nread_on = 2026-01-31\n'
    )
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(table))


@pytest.mark.usefixtures("own_prices")
def test_a_figure_in_the_users_table_gives_the_price_of_a_month_and_its_source() -> None:
    sentence = campaign_sentence(Config(solutions=served(campaign=CampaignConfig(min_provisioned_tps=2))), "us-east-1")
    assert sentence.endswith("about $730 a month (https://example.org, read on 2026-01-31)")


def orphan(kind: str, provisioned: int | None) -> Orphan:
    found = Found(kind=kind, name="movies-old", arn="arn:one", status="ACTIVE")
    return Orphan(found=found, requests=3, provisioned=provisioned)


@pytest.mark.usefixtures("own_prices")
def test_what_is_left_over_is_told_with_what_it_goes_on_to_cost() -> None:
    source = "(https://example.org, read on 2026-01-31)"

    assert left_over_cost(orphan("campaign", 2), "us-east-1") == f"about $730 a month {source}"
    assert left_over_cost(orphan("campaign", None), "us-east-1") == f"at least about $365 a month {source}"
    assert left_over_cost(orphan("campaign", 2), "eu-west-1") == (
        "the price table has no figure for eu-west-1: https://aws.amazon.com/personalize/pricing/"
    )
    assert left_over_cost(orphan("recommender", 1), "us-east-1") == (
        "for its price see https://aws.amazon.com/personalize/pricing/"
    )
    assert left_over_cost(orphan("filter", None), "us-east-1") is None


def test_a_figure_without_a_source_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    table.write_text("[regions.us-east-1]\ncampaign_usd_per_tps_hour = 0.5\n")
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(table))
    with pytest.raises(errors.ConfigError, match=r"regions\.us-east-1: expected campaign_usd_per_tps_hour, source_url"):
        campaign_sentence(Config(), "us-east-1")
