"""Campaigns: the version they serve, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, translating_errors
from personalize_sfn.handlers.create import bring_up_to_date, create_or_find, tell
from personalize_sfn.handlers.solutions import LATEST, latest_active
from personalize_sfn.resources import CAMPAIGN


def create_campaign(event: LambdaEvent, context: Any) -> LambdaResult:
    """Get the version's metrics; create the campaign, or update it to the version and settings.

    The event is a create handler's; ``<solutionArn>/$LATEST`` as the version means the newest that is ACTIVE.
    The answer has ``solutionVersionArn`` and ``metrics`` (``{"precision_at_5": 0.04, ...}``) as well.  ``made`` says
    what is served, what was before (``previous``), and how many requests a second are paid for.
    """
    request = dict(event["request"])
    before: dict[str, str] = {}

    def update(arn: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        if found["solutionVersionArn"] != wanted["solutionVersionArn"]:
            before["previous"] = found["solutionVersionArn"]
        return bring_up_to_date(CAMPAIGN, arn, found, wanted)

    with translating_errors(event):
        if request["solutionVersionArn"].endswith(LATEST):
            request["solutionVersionArn"] = latest_active(request["solutionVersionArn"].removesuffix(LATEST))
        version = request["solutionVersionArn"]
        metrics = client("personalize").get_solution_metrics(solutionVersionArn=version)["metrics"]
        answer = create_or_find(CAMPAIGN, {**event, "request": request}, context, update=update)
    told = tell(answer, solutionVersionArn=version, minProvisionedTPS=request.get("minProvisionedTPS"), **before)
    return told | {"solutionVersionArn": version, "metrics": metrics}
