"""The card that a run ends with."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from fakes.told_runs import NEW, OLD, told_run
from personalize_sfn.display.card import Beside, Card
from personalize_sfn.display.outcome import RunOutcome, outcome_of

NDCG = "normalized_discounted_cumulative_gain_at_10"
BESIDE = Beside(margins={NDCG: 0.05}, users=67, popularity={NDCG: 0.04}, previous={NDCG: 0.15})


def card(beside: Beside = BESIDE, **changes: object) -> Card:
    outcome = outcome_of(told_run(because="data", previous=OLD))
    campaign = outcome.made[-1].arn
    given = {"beside": {NEW: beside}, "costs": {campaign: "it is billed"}, "next_steps": ("recommend(...)",)} | changes
    return Card(outcome=outcome, **given)  # type: ignore[arg-type]


def test_it_says_what_was_made_what_was_reused_how_good_it_is_what_it_costs_and_what_comes_next() -> None:
    assert card().text(100).splitlines() == [
        "What this run made",
        "  Interactions  38,527 rows of 610 users imported",
        "  for-you       aws-user-personalization-v2",
        "                version new trained: data came or went since the last one",
        "                NDCG at 10: 0.1600 ± 0.050 on 67 test users; the last version 0.1500; popularity",
        "                  0.0400 (this version: 4.0 times that)",
        "                campaign movies-for-you made: it serves this version",
        "                it is billed",
        "  Reused        dataset group, 2 schemas",
        "  Next          recommend(...)",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_its_text_fits_the_width(width: int) -> None:
    assert max(map(len, card().text(width).splitlines())) <= width


def test_in_a_notebook_it_says_the_same_with_bars_and_without_scripts() -> None:
    html = card(links={"Prices": "https://aws.amazon.com/personalize/pricing/"})._repr_html_()
    said = " ".join(" ".join(ElementTree.fromstring(html.replace("<br>", "")).itertext()).split())

    for part in ("38,527 rows of 610 users imported", "the last version 0.1500", "0.0400 (this version: 4.0 times"):
        assert part in said
    assert html.count("display:inline-block;height:9px") == 3, "this version, the last one, popularity"
    assert "<script" not in html
    assert 'href="https://aws.amazon.com/personalize/pricing/"' in html


def test_a_version_of_other_data_says_so_beside_its_number() -> None:
    differs = Beside(previous={NDCG: 0.15}, differs=("other data, imported until 2026-01-01 10:00",))

    assert "the last version 0.1500 (other data, imported until 2026-01-01 10:00)" in " ".join(
        card(differs).text(500).split()
    )


def test_a_number_of_test_users_that_is_estimated_is_told_as_that() -> None:
    assert "0.1600 on about 61 test users, estimated" in card(Beside(users_about=61)).text(200)


def test_a_run_that_had_nothing_to_make_says_so() -> None:
    found = Card(outcome=outcome_of(told_run(how="found")))

    assert found.text().splitlines()[:4] == [
        "Nothing had to be made: all of it was there",
        "  Interactions  38,527 rows of 610 users, imported by an earlier run",
        "  for-you       aws-user-personalization-v2",
        "                version new reused: nothing was imported since it was trained",
    ]


def test_rows_that_nobody_counted_are_told_by_their_place() -> None:
    assert "s3://bucket/clicks.csv imported" in Card(outcome=outcome_of(told_run(rows={}))).text()


def test_of_a_run_that_failed_it_says_what_is_there_and_why_each_solution_failed() -> None:
    results = {"popular": {"error": "SolutionFailed: no <luck>", "metrics": None}, "for-you": {"error": None}}
    run = told_run(status="FAILED", report={"solutions": results})
    shown = Card(outcome=outcome_of(run), succeeded=False)

    assert shown.title == "What there is although the run failed"
    assert "  popular       It failed: SolutionFailed: no <luck>" in shown.text().splitlines()
    assert "no &lt;luck&gt;" in shown._repr_html_()


def test_without_anything_told_it_is_empty() -> None:
    assert not Card(outcome=RunOutcome())


def test_for_a_program_versions_carry_their_metrics_and_campaigns_their_cost() -> None:
    version, campaign = card().to_dicts()[-2:]

    assert version["metrics"][NDCG] == 0.16
    assert version["popularityMetrics"] == {NDCG: 0.04}
    assert version["previousMetrics"] == {NDCG: 0.15}
    assert (version["testUsers"], version["solution"]) == (67, "for-you")
    assert campaign["cost"] == "it is billed"


@pytest.mark.parametrize("error", ["CampaignFailed: no capacity", "AccessDeniedException: DescribeCampaign"])
def test_what_was_begun_and_failed_serves_nothing(error: str) -> None:
    report = {"solutions": {"for-you": {"error": error, "metrics": None}}}
    text = Card(outcome=outcome_of(told_run(status="FAILED", report=report, unready=("campaign",)))).text()

    assert "campaign movies-for-you: begun, not finished" in text
    assert "serves this version" not in text
    assert "version new trained" in text


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT"])
def test_an_import_that_did_not_end_brought_no_rows(status: str) -> None:
    run = told_run(status=status, unready=("datasetImportJob",))

    assert "  Interactions  movies-1: begun, not finished" in Card(outcome=outcome_of(run)).text().splitlines()


def test_of_what_was_found_and_not_seen_ready_nothing_is_claimed() -> None:
    text = Card(outcome=outcome_of(told_run(status="ABORTED", how="found", unready=("campaign",)))).text(200)

    assert "campaign movies-for-you: was there; the run ended before it was seen ready" in text


def test_what_was_imported_before_stays_so_when_another_import_fails() -> None:
    run = replace(told_run(status="FAILED", how="found"), error="DatasetImportJobFailed")

    assert "38,527 rows of 610 users, imported by an earlier run" in Card(outcome=outcome_of(run)).text()


def test_hostile_texts_reach_a_terminal_as_plain_letters() -> None:
    report = {
        "solutions": {"for-you": {"error": "CampaignFailed: \x1b]0;owned\x07\x1b[2J\u202e\ud800", "metrics": None}}
    }
    text = Card(outcome=outcome_of(told_run(status="FAILED", report=report))).text()

    assert "CampaignFailed: " in text
    assert all(letter == "\n" or (letter.isprintable() and letter != "\u202e") for letter in text)
