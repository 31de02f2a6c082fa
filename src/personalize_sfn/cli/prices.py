"""What a campaign costs, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_sfn.config import Config
from personalize_sfn.prices import PRICING_PAGE, a_month, no_figure

if TYPE_CHECKING:
    from personalize_sfn.prune import Orphan


def campaign_sentence(config: Config, region: str) -> str:
    """What the campaigns of ``config`` cost a month, or, where no sourced figure is known, where to look.

    Raises:
        ConfigError: the user's own table cannot be read.
    """
    if not config.campaigns:
        return "There is no campaign: nothing is billed by the hour"
    tps = sum(each.min_provisioned_tps for each in config.campaigns.values())
    begin = f"The campaign ({tps} provisioned TPS) is billed by the hour from when it is ACTIVE until it is deleted"
    if len(config.campaigns) > 1:
        begin = (
            f"{len(config.campaigns)} campaigns ({tps} provisioned TPS together) are billed by the hour from when they "
            "are ACTIVE until they are deleted"
        )
    price = a_month(tps, region)
    return f"{begin}{'; ' if price is None else ': '}{price or no_figure(region)}"


def left_over_cost(orphan: Orphan, region: str) -> str | None:
    """What a campaign that the config no longer describes goes on to cost; None for what is not billed by the hour.

    Where it may not be read how much is provisioned, it is the least that AWS provisions.  The table has no figures of
    recommenders.

    Raises:
        ConfigError: the user's own table cannot be read.
    """
    if orphan.found.kind == "recommender":
        return f"for its price see {PRICING_PAGE}"
    if orphan.found.kind != "campaign":
        return None
    least = "at least " if orphan.provisioned is None else ""
    price = a_month(orphan.provisioned or 1, region)
    return no_figure(region) if price is None else f"{least}{price}"
