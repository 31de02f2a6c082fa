"""What gave an answer: the campaign or recommender, and the solution version that it serves."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from personalize_sfn.arns import parse
from personalize_sfn.session import Session

__all__ = ["AnsweredBy", "answered_by"]

_KEPT_SECONDS = 60.0
"""On AWS: asking for one user after another must not describe the campaign each time.  An update takes longer."""
_kept: WeakKeyDictionary[Any, dict[str, tuple[float, AnsweredBy]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredBy:
    """A campaign or recommender, and what it serves."""

    kind: str
    """``campaign`` or ``recommender``."""
    name: str
    recipe: str
    version: str = ""
    """The solution version's name, or its id where it has none; empty: of a recommender, or it may not be read."""
    version_arn: str = ""
    trained: datetime | None = None
    """When the version was created.  None: as for ``version``."""

    @property
    def facts(self) -> tuple[str, ...]:
        """``campaign movies-for-you``, ``aws-user-personalization-v2``, ``version 5d2f``, ``trained 2026-11-29``."""
        trained = f"trained {self.trained:%Y-%m-%d %H:%M %Z}".rstrip() if self.trained else ""
        version = f"version {self.version}" if self.version else ""
        return tuple(fact for fact in (f"{self.kind} {self.name}", self.recipe, version, trained) if fact)


def answered_by(session: Session, arn: str, recipe: str) -> AnsweredBy:
    """What the campaign or recommender of that ARN answers with now; as much of it as the caller may read.

    Args:
        arn: of a campaign or recommender that answered.
        recipe: the configuration's, for what cannot be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    personalize = session.client("personalize")
    kept = _kept.setdefault(personalize, {})
    if arn in kept and not session.is_local and time.monotonic() - kept[arn][0] < _KEPT_SECONDS:
        return kept[arn][1]
    kind, _, name = parse(arn).resource.partition("/")
    found = AnsweredBy(kind=kind, name=name, recipe=recipe)
    with suppress(ClientError, BotoCoreError):  # the answer is there all the same; a refusal is remembered, too
        found = _READ[kind](personalize, arn, found)
    kept[arn] = (time.monotonic(), found)
    return found


def _campaign(personalize: Any, arn: str, found: AnsweredBy) -> AnsweredBy:
    version_arn = personalize.describe_campaign(campaignArn=arn)["campaign"].get("solutionVersionArn")
    if version_arn is None:
        return found
    version = personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]
    return replace(
        found,
        recipe=parse(version["recipeArn"]).name if "recipeArn" in version else found.recipe,
        version=(version.get("name") or version_arn).rpartition("/")[2],
        version_arn=version_arn,
        trained=version.get("creationDateTime"),
    )


def _recommender(personalize: Any, arn: str, found: AnsweredBy) -> AnsweredBy:
    recommender = personalize.describe_recommender(recommenderArn=arn)["recommender"]
    return replace(found, recipe=parse(recommender["recipeArn"]).name)


_READ = {"campaign": _campaign, "recommender": _recommender}
