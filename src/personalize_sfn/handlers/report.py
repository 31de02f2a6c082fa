"""What became of each solution of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, describe, translating_errors
from personalize_sfn.resources import CAMPAIGN, RECOMMENDER

#: Step Functions cuts a cause here:
#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html
_LONGEST_CAUSE = 32_768
_ADVICE = "Fix the cause, then run it again: finished steps are not repeated."


def report_solutions(event: LambdaEvent, _context: Any) -> LambdaResult:
    """All solutions by their keys, and the reasons of those that failed in one text.

    The event is ``{"solutions": [{"key", "servingArn" or null, "solution": {"solutionArn", "solutionVersionArn"},
    "campaign": {"campaignArn", "metrics"}, "failure": {"Error", "Cause"}}, ...]}``, of which the last three are there
    as far as it came.  The answer is ``{"solutions": {key: {"solutionArn", "solutionVersionArn", "campaignArn",
    "metrics", "error"}}, "recommenders": {key: {"recommenderArn", "metrics", "error"}}, "failed": bool, "cause":
    text}``.
    """
    given = event["solutions"]
    with translating_errors(event):
        solutions = {each["key"]: _result(each) for each in given if not _is_recommender(each)}
        recommenders = {each["key"]: _of_recommender(each) for each in given if _is_recommender(each)}
        serving = {each["key"]: _serving(each) for each in given if "failure" in each}
    failures = [each for each in given if "failure" in each]
    begin = f"{len(failures)} of {len(given)} solution{'s' if len(given) > 1 else ''} failed. "
    room = (_LONGEST_CAUSE - len(begin) - len(_ADVICE)) // max(len(failures), 1)
    lines = [_cut(f"{each['key']}: {_reason(each['failure'])}", serving[each["key"]], room) for each in failures]
    cause = f"{begin}{' '.join(lines)} {_ADVICE}" if failures else ""
    return {"solutions": solutions, "recommenders": recommenders, "failed": bool(failures), "cause": cause}


def _is_recommender(each: Mapping[str, Any]) -> bool:
    return each.get("recommenderRequest") is not None


def _of_recommender(each: Mapping[str, Any]) -> dict[str, Any]:
    arn = each.get("recommender", {}).get("recommenderArn")
    metrics = None if arn is None else describe(RECOMMENDER, arn).get("modelMetrics")
    error = _reason(each["failure"]) if "failure" in each else None
    return {"recommenderArn": arn, "metrics": metrics, "error": error}


def _result(each: Mapping[str, Any]) -> dict[str, Any]:
    made, served = each.get("solution", {}), each.get("campaign", {})
    version = made.get("solutionVersionArn")
    metrics = served.get("metrics")
    if metrics is None and version is not None and "failure" not in each:
        metrics = client("personalize").get_solution_metrics(solutionVersionArn=version)["metrics"]
    return {
        "solutionArn": made.get("solutionArn"),
        "solutionVersionArn": version,
        "campaignArn": served.get("campaignArn"),
        "metrics": metrics,
        "error": _reason(each["failure"]) if "failure" in each else None,
    }


def _reason(failure: Mapping[str, Any]) -> str:
    """Error and cause of what failed innermost: a child's is the JSON of its description, a function's is Lambda's."""
    error, cause = failure.get("Error", ""), failure.get("Cause", "")
    child = _object(cause)
    if "StateMachineArn" in child:
        machine = child["StateMachineArn"].rsplit(":", 1)[-1]
        error = child.get("Error", error)
        told = _object(child.get("Cause", "")).get("errorMessage") or child.get("Cause")
        cause = f"{machine}: {told}" if told else f"{machine} ended as {child.get('Status')} and gave no cause"
    return f"{error}: {cause}" if cause else f"{error}: it did not end within its time limit, or gave no cause"


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _serving(each: Mapping[str, Any]) -> str:
    """What answers requests although the run failed."""
    arn = each["servingArn"]
    if arn is None:
        return "It has no campaign."
    row, name = (RECOMMENDER if _is_recommender(each) else CAMPAIGN), parse(arn).name
    try:
        found = describe(row, arn)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return f"There is no {row.words} {name}: nothing serves it."
    if found["status"] != row.ready_status:
        return f"{row.title} {name} is {found['status']}: nothing serves it."
    version = found.get("solutionVersionArn")
    return f"{row.title} {name} goes on serving{'' if version is None else ' ' + parse(version).resource}."


def _cut(reason: str, serving: str, room: int) -> str:
    most = room - len(serving) - 4
    reason = reason.rstrip(".")
    return f"{reason if len(reason) <= most else reason[: most - 3] + '...'}. {serving}"
