"""What a campaign costs, from an editable table."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

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
    row = _table().get(region)
    if row is None:
        return f"{begin}; the price table has no figure for {region}: {PRICING_PAGE}"
    try:
        month = float(str(row["campaign_usd_per_tps_hour"])) * tps * _HOURS_A_MONTH
        source = f"{row['source_url']}, read on {row['read_on']}"
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{_VARIABLE}: regions.{region}", f"expected campaign_usd_per_tps_hour, source_url and read_on: {error}"
        ) from error
    return f"{begin}: about ${month:,.0f} a month ({source})"


def _table() -> dict[str, dict[str, object]]:
    path = Path(os.environ.get(_VARIABLE) or Path(__file__).parent.parent / "prices.toml")
    try:
        regions = tomllib.loads(path.read_text(encoding="utf-8")).get("regions", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(_VARIABLE, f"{path} cannot be read: {error}") from error
    return regions if isinstance(regions, dict) else {}
