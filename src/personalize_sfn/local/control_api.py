"""``/_personalize_sfn/plan``: Personalize's fault and time plan over HTTP, for clients of any language.

The secret access key goes along as ``Authorization: Bearer <secret>``.  GET reads it, POST adds to it
(``Content-Type: application/json``), DELETE clears it; each answers the plan as it then stands.  What it says:
``personalize_sfn.local.personalize.control_plan``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from personalize_sfn.local.aws.responses import Response, json_answer

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService

__all__ = ["PLAN_PATH", "plan_answer"]

PLAN_PATH = "/_personalize_sfn/plan"


def plan_answer(personalize: Callable[[], PersonalizeService], method: str, content_type: str, body: bytes) -> Response:
    """Answer one request: 200 with the plan; 400 with an ``error`` that names the spot; 405 and 415 as in HTTP."""
    from personalize_sfn.local.personalize.control_plan import PlanError, apply_plan, clear_plan, read_plan

    if method not in ("GET", "POST", "DELETE"):
        return json_answer(
            405, {"error": f"expected GET, POST or DELETE, got {method}"}, [("Allow", "GET, POST, DELETE")]
        )
    service = personalize()
    if method == "POST":
        # A page in a browser cannot send this type to another address without asking first: it cannot set a plan.
        if content_type.partition(";")[0].strip().lower() != "application/json":
            return json_answer(415, {"error": f"expected Content-Type application/json, got {content_type!r}"})
        try:
            apply_plan(service, json.loads(body))
        except PlanError as error:
            return json_answer(400, {"error": str(error)})
        except ValueError as error:
            return json_answer(400, {"error": f"the body is no JSON: {error}"})
    elif method == "DELETE":
        clear_plan(service)
    return json_answer(200, read_plan(service))
