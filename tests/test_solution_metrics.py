"""The metrics that Personalize measured of solution versions."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.solution_metrics import SolutionMetrics, metrics_of, read_metrics


class FakePersonalize:
    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.headers = headers

    def get_solution_metrics(self, *, solutionVersionArn: str) -> dict[str, Any]:
        if solutionVersionArn == "hidden":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetSolutionMetrics")
        answer: dict[str, Any] = {"metrics": {"coverage": 0.5}}
        return answer if self.headers is None else answer | {"ResponseMetadata": {"HTTPHeaders": self.headers}}


def test_on_aws_nothing_but_the_metrics_is_known() -> None:
    known = SolutionMetrics(metrics={"coverage": 0.5})
    assert read_metrics(FakePersonalize(), "one") == read_metrics(FakePersonalize({}), "one") == known
    assert (known.test_users, known.margins, known.popularity) == (None, {}, {})


def test_the_embedded_aws_says_in_headers_how_sure_they_are() -> None:
    measured = {"margins": {"coverage": 0.1}, "popularity": {"coverage": 0.2}}
    headers = {"x-personalize-sfn-test-users": "1061", "x-personalize-sfn-measured": json.dumps(measured)}
    found = read_metrics(FakePersonalize(headers), "one")
    assert (found.test_users, found.margins, found.popularity) == (1061, {"coverage": 0.1}, {"coverage": 0.2})


def test_versions_that_the_caller_may_not_read_are_left_out() -> None:
    session: Any = SimpleNamespace(client=lambda _: FakePersonalize())
    assert list(metrics_of(session, {"for-you": "one", "similar": "hidden"})) == ["for-you"]
