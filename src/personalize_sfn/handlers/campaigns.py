"""Campaigns: the version they serve, and how good it is."""

from __future__ import annotations

from typing import Any

from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, translating_errors
from personalize_sfn.handlers.create import create_or_find
from personalize_sfn.handlers.solutions import LATEST, latest_active
from personalize_sfn.resources import CAMPAIGN


def create_campaign(event: LambdaEvent, context: Any) -> LambdaResult:
    """Get the version's metrics; create the campaign, or update it to the version and settings.

    The event is a create handler's; ``<solutionArn>/$LATEST`` as the version means the newest that is ACTIVE.
    The answer has ``solutionVersionArn`` and ``metrics`` (``{"precision_at_5": 0.04, ...}``) as well.
    """
    request = dict(event["request"])
    with translating_errors(event):
        if request["solutionVersionArn"].endswith(LATEST):
            request["solutionVersionArn"] = latest_active(request["solutionVersionArn"].removesuffix(LATEST))
        version = request["solutionVersionArn"]
        metrics = client("personalize").get_solution_metrics(solutionVersionArn=version)["metrics"]
        answer = create_or_find(CAMPAIGN, {**event, "request": request}, context)
    return answer | {"solutionVersionArn": version, "metrics": metrics}
