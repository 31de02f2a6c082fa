"""What the tests of control plan and its neighbours share."""

from __future__ import annotations

import json

from fakes.personalize_aws import Aws
from personalize_sfn.local.control_api import plan_answer

__all__ = ["Plan"]


class Plan:
    """The endpoint, as the gateway calls it."""

    def __init__(self, aws: Aws) -> None:
        self._service = aws.service

    def __call__(self, method: str, document=None, content_type: str = "application/json"):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        status, _, answer = plan_answer(lambda: self._service, method, content_type, body)
        return status, json.loads(answer)
