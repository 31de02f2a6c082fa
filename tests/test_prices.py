"""What is billed by the hour, from an editable table."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.errors import ConfigError
from personalize_sfn.prices import a_month, an_hour, no_figure


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(path))
    return path


def test_a_price_is_told_with_where_and_when_it_was_read(table: Path) -> None:
    row = 'campaign_usd_per_tps_hour = "0.20"\nsource_url = "https://example.org"\nread_on = 2026-01-31\n'
    table.write_text(f"[regions.us-east-1]\n{row}")
    assert an_hour(2, "us-east-1") == "$0.40 an hour (https://example.org, read on 2026-01-31)"
    assert a_month(10, "us-east-1") == "about $1,460 a month (https://example.org, read on 2026-01-31)"
    assert (an_hour(1, "eu-west-1"), a_month(1, "eu-west-1")) == (None, None)
    assert no_figure("eu-west-1").startswith("the price table has no figure for eu-west-1: https://")


@pytest.mark.parametrize("text", [None, "regions = ["])
def test_a_table_that_cannot_be_read_is_named(table: Path, text: str | None) -> None:
    if text is not None:
        table.write_text(text)
    with pytest.raises(ConfigError) as raised:
        an_hour(1, "us-east-1")
    assert str(raised.value).startswith(f"PERSONALIZE_SFN_PRICES: {table} cannot be read: ")


@pytest.mark.parametrize("row", ["campaign_usd_per_tps_hour = 'much'", "source_url = 'https://example.org'"])
def test_a_row_without_a_figure_is_refused(table: Path, row: str) -> None:
    table.write_text(f"[regions.us-east-1]\n{row}\n")
    with pytest.raises(ConfigError, match=r"^PERSONALIZE_SFN_PRICES: regions\.us-east-1: expected campaign_usd_per"):
        an_hour(1, "us-east-1")
