"""How good solution versions are: the metrics that Personalize measured when it trained them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.config_parsing import check
from personalize_sfn.display import Html, MetricsColumn, render_metrics
from personalize_sfn.errors import WorkflowError
from personalize_sfn.resources import ACTIVE
from personalize_sfn.session import Session
from personalize_sfn.solution_metrics import SolutionMetrics, metrics_of, read_metrics
from personalize_sfn.trained_on import TrainedOn, trained_on

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Evaluation", "SolutionMetrics", "SolutionVersion", "evaluate", "metrics_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionVersion(SolutionMetrics):
    """A trained version and its metrics."""

    arn: str
    name: str
    """Of its solution; where several versions of one are shown, with the end of its ARN."""
    recipe: str
    """For example ``aws-popularity-count``."""
    created: datetime
    trained_on: TrainedOn | None = None
    """Its data and events.  None: the caller may not read that."""


@dataclass(frozen=True, slots=True, repr=False)
class Evaluation:
    """Solution versions side by side.  It shows as a table with bars in a notebook.

    The baseline is popularity: what the embedded AWS measured of it in the same test; else the first version, which is
    of the recipe aws-popularity-count where the project has one.
    """

    versions: tuple[SolutionVersion, ...]

    def to_frame(self) -> pd.DataFrame:
        """A row for each metric (the index has the service's keys), a column for each version, named as it is."""
        import pandas as pd

        return pd.DataFrame({version.name: dict(version.metrics) for version in self.versions}).rename_axis("metric")

    def __str__(self) -> str:
        return self._shown().text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self._shown().html

    def _shown(self) -> Html:
        first = self.versions[0]
        popularity = next((version for version in self.versions if version.popularity), None)
        is_beside = popularity is not None and first.recipe != _POPULARITY
        # All are compared with the baseline: the popularity of a version's test, or the first version.
        base = popularity if popularity is not None and is_beside else first
        columns = [_column(version, base) for version in self.versions]
        if popularity is not None and is_beside:
            columns = [
                MetricsColumn("popularity", popularity.popularity, ("the items that most users chose",)),
                *columns,
            ]
        return render_metrics(columns, is_popularity=popularity is not None or first.recipe == _POPULARITY)


def _column(version: SolutionVersion, base: SolutionVersion) -> MetricsColumn:
    on, other = version.trained_on, base.trained_on
    differs = () if on is None or other is None else on.differs_from(other)
    if not differs and version.popularity and base.popularity and version.popularity != base.popularity:
        differs = ("another test",)  # on the same data and events popularity would reach the same
    return MetricsColumn(
        version.name,
        version.metrics,
        (version.recipe, f"{version.created:%Y-%m-%d %H:%M}"),
        margins=version.margins,
        users=version.test_users,
        differs=differs,
        own_baseline=version.popularity,
    )


def evaluate(
    session: Session, config: Config, *others: Config, solutions: Sequence[str] | None = None, newest: int = 1
) -> Evaluation:
    """Show how good the solution versions of one or several pipelines are.

    Personalize hides the newest interactions of some users from the training and measures how well it finds them.
    AWS recommends the recipe aws-popularity-count as the baseline, and to compare only what was trained on the same
    data: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; of several, the baseline.
        others: those to compare it with.
        solutions: keys of ``config.solutions``, of each pipeline; by default all.
        newest: how many versions of each solution: the newest that are ACTIVE, the oldest of them first.

    Raises:
        ConfigError: ``newest`` is not 1 or more, there are no solutions, or a pipeline has no solution of that key.
        WorkflowError: a solution is not there or has no ACTIVE version yet, or the service refuses; says which.
    """
    check(newest >= 1, "newest", f"expected 1 or more, got {newest}")
    names = [
        each.solution_name(key)
        for each in (config, *others)
        for key in (each.solutions if solutions is None else solutions)
    ]
    check(len(names) > 0, "solutions", "expected at least one, got none")
    found = [version for name in names for version in _versions(session, name, newest)]
    found = _baseline_first(session, config, found)
    on = trained_on(session, [version.arn for version in found])
    found = [replace(version, trained_on=on.get(version.arn)) for version in found]
    count = Counter(version.name for version in found)
    return Evaluation(tuple(_named_apart(version) if count[version.name] > 1 else version for version in found))


def _baseline_first(session: Session, config: Config, found: list[SolutionVersion]) -> list[SolutionVersion]:
    """Where nobody measured popularity beside, a version of aws-popularity-count first, if the project has one."""
    if any(version.popularity for version in found) or found[0].recipe == _POPULARITY:
        return found
    for version in found:
        if version.recipe == _POPULARITY:
            return [version, *(each for each in found if each is not version)]
    for key, solution in config.solutions.items():
        if solution.recipe == _POPULARITY:
            try:
                return [*_versions(session, config.solution_name(key), 1), *found]
            except WorkflowError:
                return found  # it is not trained yet, or not to be read
    return found


def _versions(session: Session, solution: str, newest: int) -> list[SolutionVersion]:
    from botocore.exceptions import ClientError

    personalize = session.client("personalize")
    arn = session.arns.personalize(f"solution/{solution}")
    try:
        recipe = parse(personalize.describe_solution(solutionArn=arn)["solution"]["recipeArn"]).name
        pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=arn)
        listed = [each for page in pages for each in page["solutionVersions"] if each["status"] == ACTIVE]
        if not listed:
            raise WorkflowError(f"solution {solution} has no ACTIVE version yet. {_RUN}", arn=arn)
        return [
            SolutionVersion(
                arn=each["solutionVersionArn"],
                name=solution,
                recipe=recipe,
                created=each["creationDateTime"],
                **asdict(read_metrics(personalize, each["solutionVersionArn"])),
            )
            for each in sorted(listed, key=lambda each: each["creationDateTime"])[-newest:]
        ]
    except ClientError as error:
        code, message = code_of(error), message_of(error)
        if code == "ResourceNotFoundException" and error.operation_name == "DescribeSolution":
            message = f"there is no solution {solution} yet. {_RUN}"
        else:
            message = f"cannot read the metrics of solution {solution}: {message} ({code})"
        raise WorkflowError(message, error=code, arn=arn) from error


_POPULARITY = "aws-popularity-count"
_RUN = "Run the main workflow first: run(session, config), or 'personalize-sfn run'"


def _named_apart(version: SolutionVersion) -> SolutionVersion:
    """Called by the end of its ARN too, where its solution has others beside it."""
    return replace(version, name=f"{version.name}/{parse(version.arn).name}")
