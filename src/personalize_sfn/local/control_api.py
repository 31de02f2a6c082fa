"""``/_personalize_sfn/plan`` and ``/_personalize_sfn/clock``: what tests say over HTTP, for clients of any language.

The secret access key goes along as ``Authorization: Bearer <secret>``, a body as ``Content-Type: application/json``.
The plan is Personalize's of faults and times: GET reads it, POST adds to it, DELETE clears it; each answers the plan as
it then stands.  What it says: ``personalize_sfn.local.personalize.control_plan``.  The clock is that of Step Functions
and Personalize: GET says what it shows, and POST ``{"advance": seconds}`` moves it and answers the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.responses import Response, json_answer

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService

__all__ = ["CLOCK_PATH", "PLAN_PATH", "clock_answer", "plan_answer"]

PLAN_PATH = "/_personalize_sfn/plan"
CLOCK_PATH = "/_personalize_sfn/clock"


class MovingClock(Protocol):
    """What shows a time and can be advanced."""

    @property
    def ahead(self) -> float: ...

    def now(self) -> float: ...

    def advance(self, seconds: float, /) -> None: ...


def plan_answer(personalize: Callable[[], PersonalizeService], method: str, content_type: str, body: bytes) -> Response:
    """Answer one request: 200 with the plan; 400 with an ``error`` that names the spot; 405 and 415 as in HTTP."""
    from personalize_sfn.local.personalize.control_plan import PlanError, apply_plan, clear_plan, read_plan

    if refused := _refused(method, ("GET", "POST", "DELETE"), content_type):
        return refused
    service = personalize()
    if method == "POST":
        try:
            apply_plan(service, json.loads(body))
        except PlanError as error:
            return json_answer(400, {"error": str(error)})
        except ValueError as error:
            return json_answer(400, {"error": f"the body is no JSON: {error}"})
    elif method == "DELETE":
        clear_plan(service)
    return json_answer(200, read_plan(service))


def clock_answer(clock: MovingClock, method: str, content_type: str, body: bytes) -> Response:
    """Answer one request: 200 with the time; 400 with an ``error`` that says why not; 405 and 415 as in HTTP."""
    if refused := _refused(method, ("GET", "POST"), content_type):
        return refused
    if method == "POST":
        try:
            asked = json.loads(body)
            if not isinstance(asked, dict) or asked.keys() != {"advance"}:
                return json_answer(400, {"error": 'expected {"advance": seconds}'})
            clock.advance(asked["advance"])
        except LocalAwsError as error:
            return json_answer(400, {"error": str(error)})
        except ValueError as error:
            return json_answer(400, {"error": f"the body is no JSON: {error}"})
    return json_answer(200, {"now": clock.now(), "ahead": clock.ahead})


def _refused(method: str, allowed: tuple[str, ...], content_type: str) -> Response | None:
    if method not in allowed:
        expected = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
        return json_answer(405, {"error": f"expected {expected}, got {method}"}, [("Allow", ", ".join(allowed))])
    # A page in a browser cannot send this type to another address without asking first: it cannot change anything.
    if method == "POST" and content_type.partition(";")[0].strip().lower() != "application/json":
        return json_answer(415, {"error": f"expected Content-Type application/json, got {content_type!r}"})
    return None
