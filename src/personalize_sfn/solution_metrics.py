"""The metrics that Personalize measured of solution versions, and what the embedded AWS knows of them besides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.session import Session

__all__ = ["SolutionMetrics", "metrics_of", "read_metrics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionMetrics:
    """The metrics of a trained version, and how sure they are."""

    metrics: Mapping[str, float]
    """By the service's own keys, which depend on the recipe; for all of them, higher is better."""
    test_users: int | None = None
    """How many users the metrics are means over: the fewer, the noisier.  None where that is not known, as on AWS."""
    margins: Mapping[str, float] = field(default_factory=dict)
    """Of metrics that are means over users: half of the 95 % interval.  Empty where that is not known, as on AWS."""
    popularity: Mapping[str, float] = field(default_factory=dict)
    """What the items that most users chose reach in the same test.  Empty where that is not known, as on AWS."""


def metrics_of(session: Session, versions: Mapping[str, str]) -> dict[str, SolutionMetrics]:
    """Of solution versions by names of the caller's; without those of which the caller may not read them."""
    from botocore.exceptions import BotoCoreError, ClientError

    personalize, found = session.client("personalize"), {}
    for name, arn in versions.items():
        with suppress(ClientError, BotoCoreError):
            found[name] = read_metrics(personalize, arn)
    return found


def read_metrics(personalize: Any, arn: str) -> SolutionMetrics:
    """Of one version; ClientError as botocore raises it."""
    answer = personalize.get_solution_metrics(solutionVersionArn=arn)
    # Only the embedded AWS says more, in headers.
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    users = headers.get("x-personalize-sfn-test-users")
    beside = json.loads(headers.get("x-personalize-sfn-measured", "{}"))
    return SolutionMetrics(
        metrics=answer["metrics"],
        test_users=None if users is None else int(users),
        margins=beside.get("margins", {}),
        popularity=beside.get("popularity", {}),
    )
