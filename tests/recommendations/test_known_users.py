"""Whether a user is known: the embedded AWS tells it, AWS does not."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from personalize_sfn.recommendations.known_users import items_of
from personalize_sfn.session import connect
from personalize_sfn.state_folder import local_keys

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/shop-for-you"


def test_the_secret_key_is_not_sent_to_what_listens() -> None:
    sent: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(str(self.headers))
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        session = connect("local", endpoint_url=f"http://127.0.0.1:{server.server_port}")
        assert items_of(session, CAMPAIGN, "u1") is None
    assert local_keys().secret_access_key not in sent[0]
    assert "Authorization: Proof " in sent[0]


@pytest.mark.parametrize(
    "session",
    [SimpleNamespace(is_local=False, endpoint_url="http://x"), SimpleNamespace(is_local=True, endpoint_url=None)],
)
def test_on_aws_nobody_tells(session: Any) -> None:
    assert items_of(session, CAMPAIGN, "u1") is None
