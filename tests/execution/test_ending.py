"""What a run came to, beside what Personalize tells of the versions before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from fakes.told_runs import NEW, OLD, told_run
from personalize_sfn.display.history import Run
from personalize_sfn.execution import ending
from personalize_sfn.execution.ending import card_of
from personalize_sfn.solution_metrics import SolutionMetrics
from personalize_sfn.trained_on import TrainedOn

NDCG = "normalized_discounted_cumulative_gain_at_10"
SESSION: Any = object()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The versions whose metrics Personalize was asked for; it knows popularity only where ``known`` says so."""
    seen: list[str] = []

    def metrics_of(session: Any, versions: dict[str, str]) -> dict[str, SolutionMetrics]:
        seen.extend(versions)
        measured = SolutionMetrics(metrics={NDCG: 0.16}, test_users=67, margins={NDCG: 0.05}, popularity={NDCG: 0.03})
        return {
            name: measured if arn == NEW else SolutionMetrics(metrics={NDCG: 0.15}) for name, arn in versions.items()
        }

    monkeypatch.setattr(ending, "metrics_of", metrics_of)
    monkeypatch.setattr(ending, "trained_on", lambda _, arns: {arn: TrainedOn(dataset_group="movies") for arn in arns})
    return seen


def test_on_the_embedded_aws_a_version_stands_beside_the_last_one_and_popularity(asked: list[str]) -> None:
    card = card_of(told_run(because="data", previous=OLD), SESSION, is_local=True)

    assert asked == [OLD, NEW]
    beside = card.beside[NEW]
    assert (beside.previous, beside.popularity, beside.users, beside.differs) == ({NDCG: 0.15}, {NDCG: 0.03}, 67, ())
    (cost,) = card.costs.values()
    assert cost.startswith("free here; on AWS it is billed by the hour for 2 requests a second until it is deleted: ")
    assert card.links == {}
    assert card.next_steps == (
        'recommend(session, config, user_id="...")',
        "evaluate(session, config, newest=2)",
    )


def test_of_an_import_of_new_rows_only_no_test_users_are_estimated(asked: list[str]) -> None:
    card = card_of(told_run(because="data", previous=OLD, mode="INCREMENTAL"), SESSION, is_local=False)

    assert card.beside[NEW].users_about is None


def test_a_run_that_has_ended_is_told_whatever_the_questions_about_others_come_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def metrics_of(*_: object) -> dict[str, SolutionMetrics]:
        raise ResponseParserError("no JSON")

    monkeypatch.setattr(ending, "metrics_of", metrics_of)
    card = card_of(told_run(because="data", previous=OLD), SESSION, is_local=False)

    assert card.beside == {}
    assert "version new trained" in card.text()


def test_on_aws_only_the_last_version_is_asked_for_and_test_users_are_estimated(asked: list[str]) -> None:
    card = card_of(told_run(because="data", previous=OLD), SESSION, is_local=False)

    assert asked == [OLD]
    assert card.beside[NEW].users_about == 61
    assert card.beside[NEW].popularity == {}
    (cost,) = card.costs.values()
    assert cost.startswith("it is billed by the hour for 2 requests a second until it is deleted: see https://")
    assert list(card.links) == ["Personalize in the console", "Prices"]


def test_data_that_changed_are_named(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    on = {NEW: TrainedOn(dataset_group="movies", imports=frozenset({"a"}), imported=when)}
    on[OLD] = TrainedOn(dataset_group="movies")
    monkeypatch.setattr(ending, "trained_on", lambda *_: on)

    card = card_of(told_run(because="data", previous=OLD), SESSION, is_local=True)

    assert card.beside[NEW].differs == ("other data, imported until 2026-01-01 00:00",)


def test_without_a_session_nobody_is_asked_and_the_rest_is_told() -> None:
    card = card_of(told_run(because="data", previous=OLD), None, is_local=False)

    assert card.outcome.metrics[NEW][NDCG] == 0.16
    assert card.beside[NEW].previous == {}


def test_what_the_caller_may_not_read_is_left_out() -> None:
    class Refusing:
        def client(self, _: str) -> Any:
            return self

        def __getattr__(self, name: str) -> Any:
            def refuse(**_: Any) -> Any:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, name)

            return refuse

    refusing: Any = Refusing()
    assert card_of(told_run(because="data", previous=OLD), refusing, is_local=True).beside[NEW].previous == {}


def test_a_price_of_the_users_own_table_is_told_with_its_source(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "prices.toml"
    table.write_text(
        "[regions.us-east-1]\ncampaign_usd_per_tps_hour = 0.25\n"
        'source_url = "https://a.invalid"\nread_on = 2026-01-31\n'
    )
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(table))

    (cost,) = card_of(told_run(), SESSION, is_local=False).costs.values()

    assert cost.endswith("until it is deleted: $0.50 an hour (https://a.invalid, read on 2026-01-31)")
    table.write_text("[")
    (cost,) = card_of(told_run(), SESSION, is_local=False).costs.values()
    assert f"PERSONALIZE_SFN_PRICES: {table} cannot be read: " in cost


def test_after_a_run_that_reused_all_it_says_how_to_train_all_the_same(asked: list[str]) -> None:
    assert (
        card_of(told_run(how="found"), SESSION, is_local=True).next_steps[-1] == 'run(session, config, train="always")'
    )


def test_functions_of_an_older_version_told_nothing(asked: list[str]) -> None:
    assert not card_of(Run("arn:aws:states:us-east-1:1:execution:m:r", "SUCCEEDED"), SESSION, is_local=True)
    assert asked == []
