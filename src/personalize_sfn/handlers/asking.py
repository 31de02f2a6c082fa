"""Which call answers a request, and of which campaign or recommender: known without asking anybody.

Shipped in a function's zip, and used by those who ask without one.  Imports only the standard library and our errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ``personalize-runtime``."""

    method: str
    """boto3's: ``get_recommendations``."""
    members: dict[str, Any]
    answers_in: str
    """The member of the answer that lists what was found."""


#: By what a solution answers: boto3's method, the members that it takes beside the ARN, and where its answer is.
CALLS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "items": (
        "get_recommendations",
        (
            "userId",
            "itemId",
            "numResults",
            "context",
            "filterArn",
            "filterValues",
            "promotions",
            "metadataColumns",
        ),
        "itemList",
    ),
    "ranking": (
        "get_personalized_ranking",
        ("userId", "inputList", "context", "filterArn", "filterValues", "metadataColumns"),
        "personalizedRanking",
    ),
    "actions": ("get_action_recommendations", ("userId", "numResults", "filterArn", "filterValues"), "actionList"),
}
#: Beside the members of the calls: which solution or recommender by its key, what is asked, a filter by its key.
_OWN = ("solution", "answers", "filter", "campaignArn", "recommenderArn")
_DEFAULT_RESULTS = 10
_ASKED: Mapping[str, str] = {
    "user": "what to recommend to a user",
    "item": "what is similar to an item",
    "ranking": "how to order a list",
    "actions": "which actions a user takes",
    "use case": "what a use case of a domain shows",
    "segments": "which users like something",
}


def call_of(request: Mapping[str, Any], serving: Mapping[str, Mapping[str, str]]) -> Call:
    """The call for a request.

    Args:
        request: members of the call; ``solution``: a key of ``serving``; or ``campaignArn`` or ``recommenderArn``; or
            neither: the first that answers what is asked.  ``answers`` (``user``, ``item``, ``ranking``, ``actions``)
            says what is asked, where its members do not: a list to put in order is a ranking, an item without a user
            asks for items like it.
        serving: what serves, by its key: ``{"arn": ..., "answers": ...}``, where ``answers`` is that of its recipe.

    Raises:
        InvalidInputError: a member is unknown, there is no such solution, or none that answers that.
    """
    known = {*_OWN, *(name for _, names, _ in CALLS.values() for name in names)}
    if unknown := sorted(set(request) - known):
        raise InvalidInputError(f"{unknown[0]} is not known here: expected some of {', '.join(sorted(known))}")
    kind, target = target_of(request, serving)
    method, taken, answers_in = CALLS[kind if kind in CALLS else "items"]
    members = {name: request[name] for name in taken if name in request} | target
    if "numResults" in taken:
        members.setdefault("numResults", _DEFAULT_RESULTS)
    if refused := [name for name in request if name not in (*taken, *_OWN, "numResults")]:
        raise InvalidInputError(f"{refused[0]} is not taken where {kind} is asked for: expected {', '.join(taken)}")
    # Ids are often numbers where they come from; for Personalize they are text.
    members |= {name: str(members[name]) for name in ("userId", "itemId") if name in members}
    if "inputList" in members:
        members["inputList"] = [str(each) for each in members["inputList"]]
    return Call(method, members, answers_in)


def target_of(request: Mapping[str, Any], serving: Mapping[str, Mapping[str, str]]) -> tuple[str, dict[str, str]]:
    """What a request asks for, and the member that names whom.

    Raises:
        InvalidInputError: nothing that serves answers that.
    """
    asked = _asked(request)
    for member in ("campaignArn", "recommenderArn"):
        if member in request:
            return asked[0], {member: request[member]}
    if "solution" in request:
        key = request["solution"]
        if key not in serving:
            raise InvalidInputError(f"there is no solution {key!r} that serves, only {', '.join(serving) or 'none'}")
        return serving[key]["answers"], _member(serving[key]["arn"])
    for answers in asked:
        for found in serving.values():
            if found["answers"] == answers:
                return answers, _member(found["arn"])
    there = ", ".join(f"{key} ({each['answers']})" for key, each in serving.items()) or "none"
    wanted = " or ".join(asked)
    raise InvalidInputError(f"nothing that serves answers {wanted} ({_ASKED[asked[0]]}); what serves: {there}")


def _asked(request: Mapping[str, Any]) -> tuple[str, ...]:
    if "answers" in request:
        return (request["answers"],)
    if "inputList" in request:
        return ("ranking",)
    return ("user", "use case") if "userId" in request else ("item", "use case")


def _member(arn: str) -> dict[str, str]:
    return {"recommenderArn" if ":recommender/" in arn else "campaignArn": arn}
