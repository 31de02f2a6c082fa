"""What the tests of auto training and its neighbours share."""

from __future__ import annotations

from fakes.personalize_aws import two_tastes

__all__ = ["DAY", "HOUR", "RECIPE", "automatic", "new_events", "versions"]


HOUR, DAY = 3600.0, 86400.0
RECIPE = "aws-popularity-count"


def automatic(aws, group, **options):
    return aws.solution(group, RECIPE, performAutoTraining=True, **options)


def versions(aws, solution, *, ahead=None):
    """The solution's versions, oldest first, once none is pending, at a moment ``ahead`` of the machine's clock."""
    if ahead is not None:
        aws.environment.ahead = ahead
    listed = aws.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    return [aws.settled("solution_version", version["solutionVersionArn"]) for version in listed]


def new_events(aws, group, name):
    """Something new to learn: another import of interactions."""
    aws.imported(f"{group.replace(':dataset-group/', ':dataset/')}/INTERACTIONS", two_tastes(seed=2), name=name)
