"""GetActionRecommendations: the actions that a user will most probably take, given what they took up to now.

https://docs.aws.amazon.com/personalize/latest/dg/get-action-recommendations.html
https://docs.aws.amazon.com/personalize/latest/dg/actions-datasets.html (VALUE, EXPIRATION_TIMESTAMP, REPEAT_FREQUENCY)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.import_csv import TAKEN, action_event
from personalize_sfn.local.personalize.filters.dataset_group import ACTIONS, columns_about, events_of, item_mask
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.runtime.recommendation_ids import recommendation_id
from personalize_sfn.local.personalize.runtime.served_model import Served, served_by
from personalize_sfn.local.personalize.training.recipes import PERSONALIZED_ACTIONS
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members

DEFAULT_ACTIONS, MOST_ACTIONS = 5, 100
DAY = 86_400


def get_action_recommendations(context: OperationContext, request: Members) -> Members:
    """Scores are the chance that the user takes the action; of equal ones the action of more VALUE comes first."""
    for name in ("campaignArn", "userId"):
        if name not in request:
            raise invalid_input(f"{name} is required")
    count = request.get("numResults", DEFAULT_ACTIONS)
    if count > MOST_ACTIONS:
        raise invalid_input(f"numResults must be at most {MOST_ACTIONS}, got {count}")
    served = served_by(context, request)
    if served.recipe_type != PERSONALIZED_ACTIONS:
        raise invalid_input(
            f"GetActionRecommendations needs a campaign with a recipe of type {PERSONALIZED_ACTIONS}; "
            f"this one is of type {served.recipe_type}"
        )
    model, scored = served.trained.model, served.trained.scored
    worth = dict(zip(model.item_ids.tolist(), _numbers(served, "VALUE", missing=0).tolist(), strict=True))
    found = model.recommend(
        _history(served, request["userId"]), k=len(model.item_ids), candidates=_mask(served, request, context.now)
    )
    shown = [(each.item_id, round(float(each.score or 0.0), 7) if each.item_id in scored else 0.0) for each in found]
    shown.sort(key=lambda action: (-action[1], -worth[action[0]]))
    actions = [{"actionId": name, "score": score} for name, score in shown[:count]]
    return {"actionList": actions, "recommendationId": recommendation_id(request["campaignArn"])}


def _history(served: Served, person: str) -> list[str]:
    """What the user took, oldest first: what training knew of, then what PutActionInteractions has brought since."""
    learned = served.trained.events(person)
    known = {(event.item_id, event.timestamp) for event in learned}
    since = [
        action
        for time, kind, action in events_of(person, served.data.live_actions, ACTIONS.id_column)
        if action_event(kind) == TAKEN and (action, time) not in known
    ]
    return [event.item_id for event in learned] + since


def _mask(served: Served, request: Members, now: float) -> CandidateMask:
    """What the filter lets through of the actions that have not expired and that may be repeated by now."""
    model, person = served.trained.model, request["userId"]
    newest = dict.fromkeys(model.item_ids.tolist(), -np.inf)
    for time, _, action in events_of(person, served.data.of(ACTIONS.events), ACTIONS.id_column):
        newest[action] = time
    last = np.array([newest[action] for action in model.item_ids.tolist()])
    mask = _numbers(served, "EXPIRATION_TIMESTAMP", missing=np.inf) > now
    mask &= last + DAY * _numbers(served, "REPEAT_FREQUENCY", missing=0) <= now
    if served.filter is not None:
        values = request.get("filterValues", {})
        mask &= item_mask(served.filter, values, served.data, model, user_id=person, about=ACTIONS)
    return np.asarray(mask)


def _numbers(served: Served, column: str, *, missing: float) -> NDArray[np.float64]:
    """A column of the Actions dataset as it is now, shape (actions,)."""
    found = columns_about(served.data, served.trained.model, ACTIONS).get(column)
    if found is None:
        return np.full(len(served.trained.model.item_ids), missing)
    numbers, there = found.numbers
    return np.where(there, numbers.astype(np.float64), missing)
