"""Campaigns: the version they serve, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.errors import TransientError
from personalize_sfn.handlers.create import agrees, create_or_find
from personalize_sfn.handlers.service import Answer, Event, client, translated
from personalize_sfn.handlers.solutions import latest_active
from personalize_sfn.resources import CAMPAIGN, PENDING_STATUSES

_LATEST = "/$LATEST"
_CHANGEABLE = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


def create_campaign(event: Event, context: Any) -> Answer:
    """Get the version's metrics; create the campaign, or update it to the version and settings.

    The event is a create handler's; ``<solutionArn>/$LATEST`` as the version means the newest that is ACTIVE.
    The answer has ``solutionVersionArn`` and ``metrics`` (``{"precision_at_5": 0.04, ...}``) as well.
    """
    request = dict(event["request"])
    with translated(event):
        if request["solutionVersionArn"].endswith(_LATEST):
            request["solutionVersionArn"] = latest_active(request["solutionVersionArn"].removesuffix(_LATEST))
        version = request["solutionVersionArn"]
        metrics = client("personalize").get_solution_metrics(solutionVersionArn=version)["metrics"]
        answer = create_or_find(CAMPAIGN, {**event, "request": request}, context, update=_bring_up_to_date)
    return answer | {"solutionVersionArn": version, "metrics": metrics}


def _bring_up_to_date(arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Update what differs: it serves the old version until the update is ACTIVE.

    Raises:
        TransientError: another update is running, or it is still being created as it was.
    """
    latest = found.get("latestCampaignUpdate", {})
    updating = latest.get("status") in PENDING_STATUSES
    wanted = {member: request[member] for member in _CHANGEABLE if member in request}
    if agrees(wanted, {**found, **latest} if updating else found):
        return updating
    if updating or found["status"] in PENDING_STATUSES:
        raise TransientError(f"campaign {parse(arn).name} is being changed; it is updated when that has ended")
    client("personalize").update_campaign(campaignArn=arn, **wanted)
    return True
