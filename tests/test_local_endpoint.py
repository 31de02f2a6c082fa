"""Where the embedded AWS of the background answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personalize_sfn.errors import SessionError
from personalize_sfn.local_endpoint import local_health, require_loopback, running_local_endpoint
from personalize_sfn.state_folder import local_state_file

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path))


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:4566", "http://127.8.8.8:1", "http://[::1]:4566"])
def test_loopback_addresses_are_taken(endpoint: str):
    require_loopback(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    ["http://192.0.2.1:4566", "https://127.0.0.1:4566", "http://localhost.example:4566", "127.0.0.1:4566", ""],
)
def test_any_other_address_is_refused_with_what_was_expected(endpoint: str):
    with pytest.raises(SessionError) as raised:
        require_loopback(endpoint)
    assert str(raised.value) == (
        f"the embedded AWS is only reached on this machine: expected http://127.0.0.1:<port>, got {endpoint!r}"
    )


def test_where_nothing_answers_there_is_no_health():
    assert local_health(NOBODY) is None
    assert local_health("http://192.0.2.1:4566") is None, "never asked: it is not on this machine"


def test_without_a_state_file_nothing_runs():
    assert running_local_endpoint() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"endpoint_url": NOBODY})])
def test_a_state_file_that_is_broken_or_left_behind_counts_as_none(text: str):
    local_state_file().parent.mkdir(parents=True, exist_ok=True)
    local_state_file().write_text(text)
    assert running_local_endpoint() is None
