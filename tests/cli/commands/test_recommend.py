"""Tests of ``recommend``: ``personalize-sfn recommend``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def test_recommendations_have_ids_where_the_data_has_no_titles(
    run_once: dict, config_file: Path, command: Callable
) -> None:
    asked = ("recommend", "u1", "--num-results", "5", "--context", "DEVICE=tv", "--context", "HOUR=20")
    answer = command(*asked, "--config", str(config_file), "--json").json
    assert len(answer["itemList"]) == 5
    assert all(item["title"] == item["itemId"] for item in answer["itemList"])
    assert all(item["itemId"].startswith("i") for item in answer["itemList"])


@pytest.mark.slow
def test_recommendations_take_their_titles_from_a_csv(
    run_once: dict, config_file: Path, command: Callable, tmp_path: Path
) -> None:
    titles = tmp_path / "titles.csv"
    titles.write_text("\n".join(["ITEM_ID,TITLE", *(f"i{n},Film {n}" for n in range(100))]))
    result = command("recommend", "u1", "--config", str(config_file), "--titles", str(titles), "--via", "api")
    assert result.code == 0
    assert "Film " in result.out
