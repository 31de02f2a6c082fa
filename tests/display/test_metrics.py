"""Metrics of solution versions, side by side."""

from __future__ import annotations

import re

import pytest

from personalize_sfn.display import MetricsColumn, render_metrics
from personalize_sfn.display.markup import BAR_WIDTH
from personalize_sfn.engine.metrics import action_metrics, item_metrics, segment_metrics, trend_metrics

NDCG = "normalized_discounted_cumulative_gain_at_10"
POPULAR = {"coverage": 0.01, "precision_at_5": 0.2, "mean_reciprocal_rank_at_25": 0.0}
PERSONAL = {"coverage": 0.2, "precision_at_5": 0.1, "mean_reciprocal_rank_at_25": 0.3}


def cells_of(html: str, label: str) -> list[str]:
    """The cells of the row of that label, without those tags that only give it its look."""
    row = next(row for row in html.split("<tr ") if f"<b>{label}</b>" in row)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
    return [re.sub(r"<(?!/?b>)[^>]+>", "", cell).strip() for cell in cells[1:]]


def test_one_version_keeps_the_services_keys_and_says_what_they_mean() -> None:
    assert str(render_metrics({"movies": {"precision_at_5": 0.25}})).splitlines() == [
        "metric          movies  meaning",
        "--------------  ------  ----------------------------------",
        "precision_at_5  0.2500  share of the first 5 that are hits",
        "",
        "Higher is better, for every metric. "
        "A hit is a recommended item that the user did choose, in interactions that were held back from training.",
    ]


def test_several_versions_tell_how_they_differ_from_the_first() -> None:
    assert str(render_metrics({"popular": POPULAR, "personal": PERSONAL})).splitlines()[:5] == [
        "metric                      popular (baseline)  personal",
        "--------------------------  ------------------  --------------",
        "coverage                    0.0100              0.2000  × 20.0",
        "precision_at_5              0.2000              0.1000  −50 %",
        "mean_reciprocal_rank_at_25  0.0000              0.3000",
    ]


def test_in_a_notebook_the_best_of_a_row_is_bold_and_the_baseline_says_so() -> None:
    html = render_metrics(
        {"popular": POPULAR, "personal": PERSONAL}, {"popular": ["aws-popularity-count", "2026"]}
    ).html

    assert cells_of(html, "coverage") == ["0.0100", "<b>0.2000</b> × 20.0"]
    assert cells_of(html, "precision at 5") == ["<b>0.2000</b>", "0.1000 −50 %"]
    head = html.partition("<tbody>")[0]
    assert re.sub("<[^>]+>", " ", head).split() == [
        *("baseline", "popular", "aws-popularity-count", "2026", "personal")
    ]


def test_bars_are_to_the_scale_of_their_row() -> None:
    html = render_metrics({"popular": POPULAR, "personal": PERSONAL}).html
    row = next(row for row in html.split("<tr ") if "<b>precision at 5</b>" in row)

    full, half = map(int, re.findall(r"height:9px;width:(\d+)px", row))
    assert full == 2 * half <= BAR_WIDTH


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.2, "±0 %"), (0.21, "+5.0 %"), (0.194, "−3.0 %"), (0.1, "−50 %"), (0.39, "+95 %"), (0.5, "× 2.5")],
)
def test_a_difference_reads_as_people_say_it(value: float, told: str) -> None:
    line = str(render_metrics({"a": {"precision_at_5": 0.2}, "b": {"precision_at_5": value}})).splitlines()[2]

    assert line.split("  ")[-1] == told


def test_a_single_version_has_no_bars_because_there_is_nothing_to_compare() -> None:
    assert "height:9px" not in render_metrics({"popular": POPULAR}).html


def test_a_metric_that_a_recipe_does_not_have_stays_empty() -> None:
    shown = render_metrics({"trending": {"trend_prediction_accuracy": 0.5}, "personal": {"precision_at_5": 0.1}})

    assert cells_of(shown.html, "trend prediction accuracy") == ["0.5000", ""]
    assert cells_of(shown.html, "precision at 5") == ["", "0.1000"]


def test_equal_versions_have_no_best() -> None:
    assert cells_of(render_metrics({"a": POPULAR, "b": POPULAR}).html, "coverage") == ["0.0100", "0.0100 ±0 %"]


@pytest.mark.parametrize(
    "metrics",
    [
        item_metrics([["i"]], [{"i"}], catalogue=2, weights=[{"i": 2.0}]),
        segment_metrics([["u"]], [{"u"}], users=2),
        trend_metrics(["i"], {"i": 1.0}, {"i": 1.0}, catalogue=2),
        action_metrics([{"a": 0.5, "b": 0.1}], [{"a"}]),
        {"average_rewards_at_5": 0.1},
    ],
    ids=["items", "segments", "trending", "actions", "objective"],
)
def test_every_recipes_metrics_say_what_they_mean(metrics: dict[str, float]) -> None:
    lines = str(render_metrics({"v": metrics})).splitlines()

    meanings = [re.split(r"\s{2,}", line)[2] for line in lines[2 : 2 + len(metrics)]]
    assert len(meanings) == len(metrics)
    assert not any("{" in meaning for meaning in meanings)


def test_a_metric_that_nobody_knows_is_shown_all_the_same() -> None:
    assert cells_of(render_metrics({"v": {"new_at_7": 0.125}}).html, "new at 7") == ["0.1250"]


def test_names_are_escaped() -> None:
    assert "<script>" not in render_metrics({"<script>": {"<b_at_5": 0.1}}, {"<script>": ["<script>"]}).html


def test_a_sentence_says_what_knowing_the_user_brings() -> None:
    def sentence(value: float, margin: float) -> str:
        popular = MetricsColumn("popularity", {NDCG: 0.03})
        personal = MetricsColumn("personal", {NDCG: value}, margins={NDCG: margin}, users=67)
        return str(render_metrics([popular, personal], is_popularity=True)).splitlines()[0]

    assert sentence(0.159, 0.04) == (
        "personal: NDCG at 10 is 5.3 times that of popularity (0.1590 to 0.0300, on 67 test users)"
    )
    assert sentence(0.04, 0.02) == (
        "personal: NDCG at 10 of 0.0400, on 67 test users can hardly be told from popularity's 0.0300"
    )


def test_what_cannot_be_compared_is_neither_best_nor_drawn_to_scale() -> None:
    popular = MetricsColumn("popular", {"precision_at_5": 0.1})
    other = MetricsColumn("other", {"precision_at_5": 0.3}, differs=["other data"])
    html = render_metrics([popular, other]).html

    assert cells_of(html, "precision at 5") == ["0.1000", "0.3000"]
    assert ">other data</span>" in html
    assert "other: other data." in str(render_metrics([popular, other]))


def test_on_aws_it_says_that_the_number_of_users_is_about_a_tenth() -> None:
    assert "about a tenth of the users" in str(render_metrics({"v": {NDCG: 0.1}}))
    assert "about a tenth of the users" not in str(render_metrics([MetricsColumn("v", {NDCG: 0.1}, users=67)]))
