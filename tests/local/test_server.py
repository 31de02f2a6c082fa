"""Tests of ``server``: the embedded AWS as a context manager."""

from __future__ import annotations

import pytest

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws


def test_it_listens_on_loopback_only(aws: LocalAws):
    assert aws.endpoint_url.startswith("http://127.0.0.1:")
    assert aws._server.socket.getsockname()[0] == "127.0.0.1"


def test_two_in_one_process_are_refused(aws: LocalAws):
    with pytest.raises(LocalAwsError, match="runs in this process already, at http"):
        LocalAws().start()


def test_asking_a_stopped_one_says_how_to_start_it():
    with pytest.raises(LocalAwsError, match="not running: use it in a with statement"):
        LocalAws().endpoint_url  # noqa: B018
