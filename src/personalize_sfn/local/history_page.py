"""``/_personalize_sfn/history``: what a campaign or recommender knows of a user, which AWS tells nobody.

``GET /_personalize_sfn/history?arn=<of a campaign or recommender>&userId=<id>`` with the secret access key as
``Authorization: Bearer <secret>`` answers ``{"known": true, "items": ["42", ...]}``: the items of the events that count
for recommendations, oldest first, each once.  Nothing is counted as a request of the campaign.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from personalize_sfn.local.aws.responses import AwsError, Response, json_answer
from personalize_sfn.state_folder import HISTORY_PATH

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService

__all__ = ["HISTORY_PATH", "history_answer"]


def history_answer(personalize: Callable[[], PersonalizeService], method: str, query: str) -> Response:
    """Answer one request: 200; 400 where a parameter is missing; 404 for what does not serve; 405 as in HTTP."""
    if method != "GET":
        return json_answer(405, {"error": f"expected GET, got {method}"}, [("Allow", "GET")])
    asked = dict(parse_qsl(query))
    if missing := [name for name in ("arn", "userId") if name not in asked]:
        return json_answer(400, {"error": f"expected arn and userId in the query, {missing[0]} is missing"})
    try:
        items = personalize().history(asked["arn"], asked["userId"])
    except AwsError as error:
        return json_answer(404, {"error": error.message})
    return json_answer(200, {"known": bool(items), "items": list(dict.fromkeys(items))})
