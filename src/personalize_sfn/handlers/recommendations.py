"""Recommendations, rankings and actions, by the campaigns and recommenders of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from personalize_sfn.errors import InvalidInputError
from personalize_sfn.filter_expressions.moving import has_filter_name
from personalize_sfn.handlers.asking import call_of
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, list_all, translating_errors
from personalize_sfn.resources import FILTER


def get_recommendations(event: LambdaEvent, _context: Any) -> LambdaResult:
    """Ask a campaign or recommender.

    The event is ``{"request": {"userId", "itemId", "inputList", "numResults", "solution", "filter", ...}, "serving":
    {key: {"arn", "answers"}}, "filters": {key: the beginning of its name}, "datasetGroupArn"}``; the answer is
    ``{"recommendationId", "itemList": [{"itemId", "score"}, ...]}``, best first; of actions ``{"actionId", "score"}``.

    Raises:
        InvalidInputError: a member is unknown, nothing answers that, there is no such filter, or the service refuses.
    """
    # Step Functions adds the parent execution's ID to the input under this prefix.
    request = {name: value for name, value in event["request"].items() if not name.startswith("AWS_STEP_FUNCTIONS_")}
    with translating_errors(event):
        if "filter" in request:
            request["filterArn"] = _filter(request["filter"], event)
        call = call_of(request, event.get("serving", {}))
        answer = getattr(client("personalize-runtime"), call.method)(**call.members)
    return {"recommendationId": answer.get("recommendationId", ""), "itemList": answer[call.answers_in]}


def _filter(key: str, event: LambdaEvent) -> str:
    names = event.get("filters", {})
    if key not in names:
        raise InvalidInputError(f"there is no filter {key!r}, only {', '.join(names) or 'none'}")
    arn = newest_filter(names[key], list_all(FILTER, datasetGroupArn=event["datasetGroupArn"]))
    if arn is None:
        raise InvalidInputError(f"no filter {names[key]} is ACTIVE yet: run the main workflow, or the workflow filters")
    return arn


def newest_filter(name: str, filters: Iterable[Mapping[str, Any]]) -> str | None:
    """ARN of the newest ACTIVE filter of our name, which a hash follows; None: there is none."""
    own = [each for each in filters if has_filter_name(each["name"], name) and each["status"] == FILTER.ready_status]
    return max(own, key=lambda each: each["creationDateTime"])["filterArn"] if own else None
