"""Whether a user is known to what answers, and with which items: the embedded AWS tells it, AWS does not."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException
from urllib.parse import urlencode

from personalize_sfn.session import Session
from personalize_sfn.state_folder import HISTORY_PATH, history_proof, keys_of

__all__ = ["items_of"]

_MOST_BYTES = 16 << 20


def items_of(session: Session, arn: str, user_id: str) -> tuple[str, ...] | None:
    """Items of the events that a campaign or recommender knows of a user, oldest first; empty: it knows none.

    None: nobody tells, as on AWS, or the embedded AWS is an older one or not this user's.
    """
    if not session.is_local or session.endpoint_url is None:
        return None
    query = urlencode({"arn": arn, "userId": user_id})
    # No proxy of the environment: a session's endpoint is of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    # Not the key itself: the port may have passed to another user's program.
    opener.addheaders = [("Authorization", f"Proof {history_proof(keys_of(session.endpoint_url), query)}")]
    try:
        with opener.open(f"{session.endpoint_url}{HISTORY_PATH}?{query}", timeout=10) as answer:
            return tuple(map(str, json.loads(answer.read(_MOST_BYTES))["items"]))
    except (OSError, ValueError, KeyError, TypeError, HTTPException):
        return None
