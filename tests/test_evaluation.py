"""Metrics of solution versions, asked of Personalize."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from fakes.solutions import served
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, SolutionConfig
from personalize_sfn.errors import ConfigError, WorkflowError
from personalize_sfn.evaluation import Evaluation, SolutionVersion, _column, evaluate
from personalize_sfn.trained_on import TrainedOn

ARNS = Arns("us-east-1", "123456789012")
MOVIES = Config(project="movies")
NAME = "movies-for-you-user-personalization-v2"
POPULAR = Config(project="movies", solutions=served("aws-popularity-count"))


class FakePersonalize:
    """Solutions by name: id, status and precision of each version; later letters are newer."""

    def __init__(self, **solutions: list[tuple[str, str, float]]) -> None:
        self.solutions = {name.replace("_", "-"): versions for name, versions in solutions.items()}
        self.refuse = ""

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        raise self._error("AccessDeniedException", "not authorized", "DescribeSolutionVersion")

    def describe_solution(self, solutionArn: str) -> dict[str, Any]:
        name = solutionArn.rsplit("/", 1)[-1]
        if name not in self.solutions:
            raise self._error("ResourceNotFoundException", "not found", "DescribeSolution")
        recipe = name.removeprefix("movies-for-you-").removeprefix("movies-popular-")
        return {"solution": {"recipeArn": ARNS.recipe(f"aws-{recipe}")}}

    def get_paginator(self, method: str) -> Any:
        assert method == "list_solution_versions"
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, solutionArn: str) -> Any:
        for identity, status, _ in self.solutions[solutionArn.rsplit("/", 1)[-1]]:
            created = datetime(2026, 1, 1 + ord(identity) - ord("a"), tzinfo=UTC)
            arn = f"{solutionArn}/{identity}"
            yield {"solutionVersions": [{"solutionVersionArn": arn, "status": status, "creationDateTime": created}]}

    def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:
        if self.refuse:
            raise self._error(self.refuse, "Rate exceeded", "GetSolutionMetrics")
        name, identity = solutionVersionArn.split("/")[-2:]
        found = {version: precision for version, _, precision in self.solutions[name]}
        return {"metrics": {"precision_at_5": found[identity]}}

    def _error(self, code: str, message: str, operation: str) -> ClientError:
        return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def session_of(personalize: FakePersonalize) -> Any:
    return SimpleNamespace(client=lambda _: personalize, arns=ARNS)


def test_the_newest_active_version_of_each_pipeline_is_shown_and_the_first_is_the_baseline() -> None:
    personalize = FakePersonalize(
        movies_for_you_user_personalization_v2=[
            ("b", "ACTIVE", 0.3),
            ("c", "CREATE FAILED", 0.0),
            ("a", "ACTIVE", 0.2),
        ],
        movies_for_you_popularity_count=[("a", "ACTIVE", 0.1)],
    )

    found = evaluate(session_of(personalize), POPULAR, MOVIES)

    assert [(each.name, each.recipe, each.metrics["precision_at_5"]) for each in found.versions] == [
        ("movies-for-you-popularity-count", "aws-popularity-count", 0.1),
        (NAME, "aws-user-personalization-v2", 0.3),
    ]
    assert str(found).splitlines()[0].split() == [*("metric", "movies-for-you-popularity-count", "(baseline)", NAME)]
    assert all(note in found._repr_html_() for note in ("aws-popularity-count<", "2026-01-01 00:00"))


def test_several_versions_of_a_solution_are_told_apart_oldest_first() -> None:
    personalize = FakePersonalize(
        movies_for_you_user_personalization_v2=[("c", "ACTIVE", 0.3), ("a", "ACTIVE", 0.1), ("b", "ACTIVE", 0.2)]
    )

    found = evaluate(session_of(personalize), MOVIES, newest=2)

    assert found.to_frame().to_dict() == {
        "movies-for-you-user-personalization-v2/b": {"precision_at_5": 0.2},
        "movies-for-you-user-personalization-v2/c": {"precision_at_5": 0.3},
    }
    assert found.to_frame().index.name == "metric"


def test_before_the_first_run_it_says_what_to_do() -> None:
    with pytest.raises(WorkflowError) as no_solution:
        evaluate(session_of(FakePersonalize()), MOVIES)
    with pytest.raises(WorkflowError) as no_version:
        evaluate(
            session_of(FakePersonalize(movies_for_you_user_personalization_v2=[("a", "CREATE PENDING", 0)])), MOVIES
        )

    advice = "Run the main workflow first: run(session, config), or 'personalize-sfn run'"
    assert str(no_solution.value) == f"there is no solution {NAME} yet. {advice}"
    assert no_solution.value.error == "ResourceNotFoundException"
    assert str(no_version.value) == f"solution {NAME} has no ACTIVE version yet. {advice}"


def test_what_the_service_refuses_is_said_in_its_words() -> None:
    personalize = FakePersonalize(movies_for_you_user_personalization_v2=[("a", "ACTIVE", 0.1)])
    personalize.refuse = "ThrottlingException"

    with pytest.raises(WorkflowError) as refused:
        evaluate(session_of(personalize), MOVIES)

    assert str(refused.value) == f"cannot read the metrics of solution {NAME}: Rate exceeded (ThrottlingException)"
    assert refused.value.error == "ThrottlingException"


def test_no_version_at_all_cannot_be_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"^newest: expected 1 or more, got 0$"):
        evaluate(session_of(FakePersonalize()), MOVIES, newest=0)


def test_how_many_users_the_metrics_are_means_over_is_shown_where_it_is_known() -> None:
    personalize = FakePersonalize(movies_for_you_user_personalization_v2=[("a", "ACTIVE", 0.1)])
    unknown = evaluate(session_of(personalize), MOVIES)
    assert unknown.versions[0].test_users is None
    assert "measured on" not in str(unknown)
    metrics = personalize.get_solution_metrics
    headers = {"HTTPHeaders": {"x-personalize-sfn-test-users": "1061"}}
    personalize.get_solution_metrics = lambda **asked: metrics(**asked) | {"ResponseMetadata": headers}  # type: ignore[method-assign]
    known = evaluate(session_of(personalize), MOVIES)
    assert known.versions[0].test_users == 1061
    assert str(known).endswith("movies-for-you-user-personalization-v2: measured on 1,061 users.")
    assert "1,061 test users" in known._repr_html_()


class MeasuringPersonalize(FakePersonalize):
    """Tells in headers what the embedded AWS tells there, and what versions were trained on."""

    events: ClassVar[dict[str, str]] = {}
    """By the id of a version."""

    def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:
        beside = {"margins": {"precision_at_5": 0.02}, "popularity": {"precision_at_5": 0.05}}
        headers = {"x-personalize-sfn-test-users": "67", "x-personalize-sfn-measured": json.dumps(beside)}
        return super().get_solution_metrics(solutionVersionArn) | {"ResponseMetadata": {"HTTPHeaders": headers}}

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        identity = solutionVersionArn[-1]
        kinds = {"eventType": self.events[identity]} if identity in self.events else {}
        group, created = ARNS.personalize("dataset-group/movies"), datetime(2026, 1, 2, tzinfo=UTC)
        return {"solutionVersion": {"datasetGroupArn": group, "creationDateTime": created, **kinds}}

    def get_paginator(self, method: str) -> Any:
        if method == "list_datasets":
            return SimpleNamespace(paginate=lambda **_: [{"datasets": []}])
        return super().get_paginator(method)


def test_popularity_in_the_same_test_stands_beside_with_margins() -> None:
    personalize = MeasuringPersonalize(movies_for_you_user_personalization_v2=[("a", "ACTIVE", 0.2)])

    found = evaluate(session_of(personalize), MOVIES)

    assert found.versions[0].popularity == {"precision_at_5": 0.05}
    lines = str(found).splitlines()
    assert re.split(r"\s{2,}", lines[0]) == ["metric", "popularity (baseline)", NAME]
    assert re.split(r"\s{2,}", lines[2]) == ["precision_at_5", "0.0500", "0.2000 ± 0.020", "× 4.0"]
    assert "± is half of the 95 % interval" in str(found)


def test_what_was_trained_on_other_events_says_so_and_is_compared_with_its_own_popularity() -> None:
    personalize = MeasuringPersonalize(
        movies_for_you_user_personalization_v2=[("a", "ACTIVE", 0.2), ("b", "ACTIVE", 0.4)]
    )
    personalize.events = {"b": "Purchase"}  # type: ignore[misc]

    found = evaluate(session_of(personalize), MOVIES, newest=2)

    assert f"{NAME}/b: measured on 67 users; other events: Purchase." in str(found)
    assert ">other events: Purchase</span>" in found._repr_html_()
    assert "× 8.0" in str(found)


def test_where_nobody_measured_popularity_the_projects_own_solution_of_it_is_the_baseline() -> None:
    both = Config(project="movies", solutions=served() | {"popular": SolutionConfig(recipe="aws-popularity-count")})
    name = "movies-popular-popularity-count"
    versions = {"movies_for_you_user_personalization_v2": [("a", "ACTIVE", 0.2)], name: [("a", "ACTIVE", 0.1)]}

    def order(personalize: FakePersonalize, **asked: Any) -> list[str]:
        return [version.name for version in evaluate(session_of(personalize), both, **asked).versions]

    assert order(FakePersonalize(**versions)) == [name, NAME]
    assert order(FakePersonalize(**versions), solutions=["for-you"]) == [name, NAME]
    del versions[name]
    assert order(FakePersonalize(**versions), solutions=["for-you"]) == [NAME]


def test_popularity_stands_first_and_what_it_was_not_measured_with_says_so() -> None:
    def version(name: str, popularity: float | None) -> SolutionVersion:
        measured = {} if popularity is None else {"precision_at_5": popularity}
        return SolutionVersion(
            arn=name,
            name=name,
            recipe="aws-sims",
            created=datetime(2026, 1, 1, tzinfo=UTC),
            metrics={"precision_at_5": 0.4},
            popularity=measured,
            trained_on=learned.get(name),
        )

    learned = {
        "old": TrainedOn(dataset_group="movies", imports=frozenset({"one"})),
        "new": TrainedOn(dataset_group="movies", imports=frozenset({"two"})),
    }
    shown = str(Evaluation((version("old", None), version("new", 0.1), version("streamed", 0.2))))

    header = next(line for line in shown.splitlines() if "popularity" in line)
    assert header.index("popularity") < header.index("old")
    assert "other data" in _column(version("old", None), version("new", 0.1)).differs[0]
    assert _column(version("new", 0.1), version("new", 0.1)).differs == ()
    assert _column(version("streamed", 0.2), version("new", 0.1)).differs == ("another test",)


def test_no_solutions_are_an_error() -> None:
    with pytest.raises(ConfigError, match="solutions: expected at least one, got none"):
        evaluate(session_of(FakePersonalize()), MOVIES, solutions=[])


def test_what_a_newer_embedded_aws_says_more_is_passed_over() -> None:
    class Newer(FakePersonalize):
        def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:
            headers = {"x-personalize-sfn-measured": json.dumps({"margins": {"precision_at_5": 0.1}, "more": 1})}
            return super().get_solution_metrics(solutionVersionArn) | {"ResponseMetadata": {"HTTPHeaders": headers}}

    personalize = Newer(movies_for_you_user_personalization_v2=[("a", "ACTIVE", 0.2)])
    assert evaluate(session_of(personalize), MOVIES).versions[0].margins == {"precision_at_5": 0.1}
