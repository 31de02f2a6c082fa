"""What solution versions were trained on."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.trained_on import TrainedOn, trained_on

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


class FakePersonalize:
    """Versions by their ARN, and the import jobs of one dataset: name, mode, status and day."""

    def __init__(self, versions: dict[str, dict[str, Any]], *jobs: tuple[str, str, str, int]) -> None:
        self.versions = versions
        self.jobs = jobs
        self.more: list[dict[str, Any]] = []

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        if solutionVersionArn not in self.versions:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeSolutionVersion")
        return {"solutionVersion": {"datasetGroupArn": GROUP, **self.versions[solutionVersionArn]}}

    def get_paginator(self, method: str) -> Any:
        jobs = [
            {"datasetImportJobArn": name, "importMode": mode, "status": status, "creationDateTime": day(number)}
            for name, mode, status, number in self.jobs
        ] + self.more
        pages = {
            "list_datasets": [{"datasets": [{"datasetArn": "d", "datasetType": "INTERACTIONS"}]}],
            "list_dataset_import_jobs": [{"datasetImportJobs": jobs}],
        }
        return SimpleNamespace(paginate=lambda **_: pages[method])


def found(personalize: FakePersonalize, *versions: str) -> dict[str, TrainedOn]:
    session: Any = SimpleNamespace(client=lambda _: personalize)
    return trained_on(session, versions)


def test_versions_learn_from_the_last_full_import_before_them_and_the_incremental_ones_since() -> None:
    personalize = FakePersonalize(
        {"old": {"creationDateTime": day(4)}, "new": {"creationDateTime": day(9)}},
        ("first", "FULL", "ACTIVE", 1),
        ("more", "INCREMENTAL", "ACTIVE", 3),
        ("failed", "FULL", "CREATE FAILED", 3),
        ("second", "FULL", "ACTIVE", 8),
    )

    on = found(personalize, "old", "new")

    assert (on["old"].imports, on["new"].imports) == ({"first", "more"}, {"second"})
    assert on["new"].differs_from(on["old"]) == ("other data, imported until 2026-01-08 00:00",)
    assert on["new"].differs_from(on["new"]) == ()


def test_events_are_told_as_the_solution_chooses_them() -> None:
    weights = {"eventsConfig": {"eventParametersList": [{"eventType": "View", "weight": 0.5}]}}
    personalize = FakePersonalize(
        {
            "all": {"creationDateTime": day(1)},
            "bought": {"creationDateTime": day(1), "eventType": "Purchase"},
            "rated": {
                "creationDateTime": day(1),
                "eventType": "Rating",
                "solutionConfig": {"eventValueThreshold": "3"},
            },
            "weighed": {"creationDateTime": day(1), "solutionConfig": weights},
        }
    )

    on = found(personalize, *personalize.versions)

    assert [each.events for each in on.values()] == ["", "Purchase", "Rating of at least 3", "View (weight 0.5)"]
    assert on["bought"].differs_from(on["all"]) == ("other events: Purchase",)
    assert on["all"].differs_from(on["bought"]) == ("other events: all",)


def test_another_dataset_group_is_other_data() -> None:
    one, other = TrainedOn(dataset_group="movies"), TrainedOn(dataset_group="shop", events="Purchase")

    assert other.differs_from(one) == ("other data: dataset group shop",)


def test_what_may_not_be_read_is_left_out() -> None:
    assert found(FakePersonalize({}), "secret") == {}


def test_an_import_that_ended_after_a_version_began_was_not_learned_from() -> None:
    personalize = FakePersonalize({"v": {"creationDateTime": day(5)}}, ("old", "FULL", "ACTIVE", 1))
    beside = {
        "datasetImportJobArn": "beside",
        "status": "ACTIVE",
        "creationDateTime": day(4),
        "lastUpdatedDateTime": day(6),
    }
    personalize.more = [beside]

    assert found(personalize, "v")["v"].imports == {"old"}
