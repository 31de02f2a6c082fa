"""Recommendations from a campaign."""

from __future__ import annotations

from typing import Any

from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, translating_errors

_ASKED = ("campaignArn", "userId", "itemId", "numResults", "context", "filterArn", "filterValues")


def get_recommendations(event: LambdaEvent, _context: Any) -> LambdaResult:
    """Recommendations of a campaign.

    The event is ``{"request": {"campaignArn", "userId", "itemId", "numResults", ...}}``, of which the recipe demands a
    user or an item; the answer is ``{"recommendationId", "itemList": [{"itemId", "score"}, ...]}``, best first.

    Raises:
        InvalidInputError: a member that GetRecommendations does not know, or what the service refuses.
    """
    # Step Functions adds the parent execution's ID to the input under this prefix.
    request = {name: value for name, value in event["request"].items() if not name.startswith("AWS_STEP_FUNCTIONS_")}
    if unknown := sorted(set(request) - set(_ASKED)):
        raise InvalidInputError(f"{unknown[0]} is not known here: expected some of {', '.join(_ASKED)}")
    # Ids are often numbers where they come from; for Personalize they are text.
    ids = {name: str(request[name]) for name in ("userId", "itemId") if name in request}
    with translating_errors(event):
        answer = client("personalize-runtime").get_recommendations(**{**request, **ids})
    return {"recommendationId": answer.get("recommendationId", ""), "itemList": answer["itemList"]}
