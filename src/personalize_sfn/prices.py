"""What is billed by the hour, from an editable table."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from personalize_sfn.errors import ConfigError

__all__ = ["PRICING_PAGE", "a_month", "an_hour", "no_figure"]

PRICING_PAGE = "https://aws.amazon.com/personalize/pricing/"
_HOURS_A_MONTH = 730  # 8,760 / 12, as AWS's own calculator counts
_VARIABLE = "PERSONALIZE_SFN_PRICES"


def a_month(tps: int, region: str) -> str | None:
    """``about $146 a month (source)``: a campaign of so many provisioned transactions a second; None: not known.

    Raises:
        ConfigError: the user's own table cannot be read.
    """
    found = _hourly(region)
    return None if found is None else f"about ${found[0] * tps * _HOURS_A_MONTH:,.0f} a month ({found[1]})"


def an_hour(tps: int, region: str) -> str | None:
    """``$0.20 an hour (source)``: the same for an hour.

    Raises:
        ConfigError: the user's own table cannot be read.
    """
    found = _hourly(region)
    return None if found is None else f"${found[0] * tps:,.2f} an hour ({found[1]})"


def no_figure(region: str) -> str:
    return f"the price table has no figure for {region}: {PRICING_PAGE}"


def _hourly(region: str) -> tuple[float, str] | None:
    """Dollars for a transaction a second, and where that was read."""
    row = _table().get(region)
    if row is None:
        return None
    try:
        return float(str(row["campaign_usd_per_tps_hour"])), f"{row['source_url']}, read on {row['read_on']}"
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{_VARIABLE}: regions.{region}", f"expected campaign_usd_per_tps_hour, source_url and read_on: {error}"
        ) from error


def _table() -> dict[str, dict[str, object]]:
    path = Path(os.environ.get(_VARIABLE) or Path(__file__).parent / "prices.toml")
    try:
        regions = tomllib.loads(path.read_text(encoding="utf-8")).get("regions", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(_VARIABLE, f"{path} cannot be read: {error}") from error
    return regions if isinstance(regions, dict) else {}
