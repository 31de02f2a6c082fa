"""What a campaign costs, from an editable table."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

if TYPE_CHECKING:
    from personalize_sfn.prune import Orphan

PRICING_PAGE = "https://aws.amazon.com/personalize/pricing/"
_HOURS_A_MONTH = 730  # 8,760 / 12, as AWS's own calculator counts
_VARIABLE = "PERSONALIZE_SFN_PRICES"


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
    price = _a_month(tps, region)
    return f"{begin}{'; ' if price is None else ': '}{price or _no_figure(region)}"


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
    price = _a_month(orphan.provisioned or 1, region)
    return _no_figure(region) if price is None else f"{least}{price}"


def _a_month(tps: int, region: str) -> str | None:
    """``about $146 a month (source)``; None where the table has no figure."""
    row = _table().get(region)
    if row is None:
        return None
    try:
        month = float(str(row["campaign_usd_per_tps_hour"])) * tps * _HOURS_A_MONTH
        source = f"{row['source_url']}, read on {row['read_on']}"
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{_VARIABLE}: regions.{region}", f"expected campaign_usd_per_tps_hour, source_url and read_on: {error}"
        ) from error
    return f"about ${month:,.0f} a month ({source})"


def _no_figure(region: str) -> str:
    return f"the price table has no figure for {region}: {PRICING_PAGE}"


def _table() -> dict[str, dict[str, object]]:
    path = Path(os.environ.get(_VARIABLE) or Path(__file__).parent.parent / "prices.toml")
    try:
        regions = tomllib.loads(path.read_text(encoding="utf-8")).get("regions", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(_VARIABLE, f"{path} cannot be read: {error}") from error
    return regions if isinstance(regions, dict) else {}
