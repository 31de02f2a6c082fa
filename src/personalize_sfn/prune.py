"""Remove what a project has in Personalize and its configuration no longer describes: old campaigns, above all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from personalize_sfn.arns import parse
from personalize_sfn.clean_up import BY_WORDS, Found, ours, remove
from personalize_sfn.config import Config
from personalize_sfn.display import Html, table
from personalize_sfn.display.formatting import counted
from personalize_sfn.errors import DeployError, PersonalizeSfnError
from personalize_sfn.session import Session

if TYPE_CHECKING:
    from personalize_sfn.display import Run

__all__ = ["Orphan", "Orphans", "orphans", "prune"]

_HOURS = 24
#: What answers requests, and CloudWatch's dimension and metrics of it:
#: https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html
_SERVING = {"campaign": "CampaignArn", "recommender": "RecommenderArn"}
#: Where a Describe says what is provisioned, and so billed, at least: transactions or requests a second.
_PROVISIONED = {
    "campaign": ("minProvisionedTPS",),
    "recommender": ("recommenderConfig", "minRecommendationRequestsPerSecond"),
}
_METRICS = ("GetRecommendations", "GetPersonalizedRanking", "GetActionRecommendations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A resource of the project that its configuration does not describe."""

    found: Found
    requests: int | None
    """How often it was asked in the last 24 hours; None: that cannot be read, or it does not answer requests."""
    provisioned: int | None = None
    """Transactions or requests a second that are billed whether it is asked or not; None: that cannot be read (AWS
    provisions 1 at least), or it does not answer requests."""
    renamed_to: str | None = None
    """A key of the configuration that looks like its new name: of the same recipe, and not made yet."""

    @property
    def serves(self) -> bool:
        """Whether somebody may be using it: it was asked, or that is not known."""
        return self.found.kind in _SERVING and self.requests != 0

    def __str__(self) -> str:
        parts = [str(self.found)]
        if self.found.kind in _SERVING:
            asked = (
                "an unknown number of requests"
                if self.requests is None
                else counted(self.requests, "request", "requests")
            )
            a_second = "" if self.provisioned is None else f" for {self.provisioned} provisioned TPS"
            parts.append(f"billed by the hour{a_second}, {asked} in the last {_HOURS} h")
        if self.renamed_to is not None:
            parts.append(f"it looks as if its solution is called {self.renamed_to} now: run the main workflow first")
        return ", ".join(parts)


class Orphans(list[Orphan]):
    """A list of them that shows as a table."""

    def _shown(self) -> Html:
        rows = [
            (
                each.found.kind,
                each.found.name,
                "" if each.requests is None else f"{each.requests:,}",
                "" if each.provisioned is None else str(each.provisioned),
                "" if each.renamed_to is None else f"now called {each.renamed_to}?",
            )
            for each in self
        ]
        title = counted(len(self), "resource", "resources") + " of the project that the configuration does not describe"
        if not rows:
            return table(("",), [], title)
        return table(("kind", "name", "requests in 24 h", "provisioned a second", ""), rows, title)

    def __repr__(self) -> str:
        return self._shown().text

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return self._shown().html


def orphans(session: Session, config: Config) -> Orphans:
    """What carries the project's tag and is not in the configuration: campaigns and recommenders first.

    Datasets and schemas are not among them: they hold data, which only clean-up deletes.  A solution that a campaign of
    the configuration still serves is not either: it is one after the next run.  Reads only.

    Raises:
        PersonalizeSfnError: AWS refuses a read, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    found = ours(session, config)
    arns = {each.arn for each in found if not _belongs(each, config)}
    if not arns:
        return Orphans()
    try:
        recipes, served = _recipes_and_campaigns(session.client("personalize"), found)
    except (BotoCoreError, ClientError) as error:
        raise PersonalizeSfnError(f"cannot look for what the config of {config.project} left over: {error}") from error
    made = {each.name for each in found if each.kind == "solution"}
    new = {key: each.recipe for key, each in config.solutions.items() if config.solution_name(key) not in made}
    result = []
    for each in found:
        if each.arn not in arns or not served.get(each.arn, set()) <= arns:
            continue
        renamed = next((key for key, name in new.items() if name == recipes.get(each.arn)), None)
        requests, provisioned = (
            (_requests(session, each), _provisioned(session, each)) if each.kind in _SERVING else (None, None)
        )
        result.append(Orphan(found=each, requests=requests, provisioned=provisioned, renamed_to=renamed))
    return Orphans(sorted(result, key=lambda each: each.found.kind not in _SERVING))


def prune(
    session: Session,
    config: Config,
    *,
    serving: bool = False,
    dry_run: bool = False,
    progress: Callable[[Run], object] | None = None,
) -> list[Orphan]:
    """Remove the :func:`orphans` by the clean-up workflow, and wait until they are gone.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed.
        serving: remove campaigns and recommenders that had requests in the last 24 hours too.
        dry_run: only tell what would go.
        progress: called with the execution as it stands, after each look at it.

    Returns:
        What was removed, or would be.

    Raises:
        DeployError: one of them had requests, or that cannot be read, and ``serving`` is false.  Nothing was removed.
        WorkflowError: the clean-up workflow is not deployed, or failed.
    """
    found = orphans(session, config)
    if dry_run or not found:
        return found
    if not serving and (used := [each for each in found if each.serves]):
        it = "it" if len(used) == 1 else "them"
        raise DeployError(
            f"{'; '.join(map(str, used))}: somebody may be using {it}. Change what asks {it} "
            "first, or prune with serving=True ('personalize-sfn deploy --prune --serving'). Nothing was removed"
        )
    remove(session, config, [each.found for each in found], progress=progress)
    return found


def _belongs(found: Found, config: Config) -> bool:
    """Whether the configuration describes it, or it is of a kind that is never pruned."""
    names: dict[str, set[str]] = {
        "campaign": {config.campaign_name(key) for key in config.campaigns},
        "solution": {config.solution_name(key) for key in config.solutions},
        "recommender": {config.recommender_name(key) for key in config.recommenders},
    }
    if found.kind in names:
        return found.name in names[found.kind]
    if found.kind == "filter":
        key = re.fullmatch(rf"{re.escape(config.name(''))}(.+)-[0-9a-f]{{12}}", found.name)
        return key is None or key[1] in config.filters
    if found.kind == "event tracker":
        return config.event_tracker or found.name != config.name("events")
    if found.kind == "metric attribution":
        return config.metric_attribution is not None or found.name != config.name("attribution")
    return True


def _recipes_and_campaigns(personalize: Any, found: list[Found]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The recipe of each solution and of its campaigns; and the campaigns of each solution.  By ARN."""
    solutions = {each.arn for each in found if each.kind == "solution"}
    recipes: dict[str, str] = {}
    served: dict[str, set[str]] = {}
    for page in personalize.get_paginator("list_solutions").paginate():
        for each in page["solutions"]:
            if (arn := each["solutionArn"]) in solutions:
                pages = personalize.get_paginator("list_campaigns").paginate(solutionArn=arn)
                served[arn] = {campaign["campaignArn"] for inner in pages for campaign in inner["campaigns"]}
                recipes |= dict.fromkeys([arn, *served[arn]], parse(each["recipeArn"]).name)
    return recipes, served


def _provisioned(session: Session, found: Found) -> int | None:
    """None where it may not be read."""
    from botocore.exceptions import BotoCoreError, ClientError

    row = BY_WORDS[found.kind]
    try:
        value: Any = getattr(session.client("personalize"), row.method("Describe"))(**{row.arn_field: found.arn})
    except (BotoCoreError, ClientError):
        return None
    for member in (row.key, *_PROVISIONED[found.kind]):
        value = (value or {}).get(member)
    return None if value is None else int(value)


def _requests(session: Session, found: Found) -> int | None:
    """Of the last 24 hours; None where CloudWatch may not be asked, or cannot tell."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        count = sum(int(value) for value in _sums(session.client("cloudwatch"), found))
    except (BotoCoreError, ClientError):
        return None
    # AWS's page does not say that recommenders have this metric: none seen does not mean none made.
    return None if found.kind == "recommender" and count == 0 else count


def _sums(cloudwatch: Any, found: Found) -> Iterator[float]:
    end = datetime.now(UTC) + timedelta(minutes=1)
    for metric in _METRICS:
        answer = cloudwatch.get_metric_statistics(
            Namespace="AWS/Personalize",
            MetricName=metric,
            Dimensions=[{"Name": _SERVING[found.kind], "Value": found.arn}],
            StartTime=end - timedelta(hours=_HOURS),
            EndTime=end,
            Period=3600,
            Statistics=["Sum"],
        )
        yield from (each["Sum"] for each in answer["Datapoints"])
