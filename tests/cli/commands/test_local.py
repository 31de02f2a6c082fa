"""Tests of ``local``: ``personalize-sfn local``: the embedded AWS in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws, process


def test_local_status_tells_a_program_where_it_runs(aws: LocalAws, command: Callable) -> None:
    answer = command("local", "status", "--json").json
    assert (answer["running"], answer["endpoint_url"]) == (True, aws.endpoint_url)


def test_local_status_without_one_has_exit_code_1(command: Callable) -> None:
    result = command("local", "status", "--json")
    assert (result.code, result.json) == (1, {"running": False})


@pytest.mark.parametrize("given", ["0", "2", "1/0", "-1/100", "fast", "nan", "1e400"])
def test_a_pace_is_a_share_of_awss_time(command: Callable, given: str) -> None:
    result = command("local", "start", "--pace", given)
    assert result.code == 2
    assert f"expected a share of AWS's time such as 1/100 or 0.01, at most 1, got '{given}'" in result.err


def test_a_pace_is_not_silently_another_one(aws: LocalAws, command: Callable) -> None:
    result = command("local", "start", "--pace", "1/100")
    assert result.code == 1
    assert f"an embedded AWS runs already, at {aws.endpoint_url}, at once: stop it first" in result.err


def test_serve_scales_waits_and_durations_by_the_pace(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    made: dict[str, Any] = {}

    class Refusing(LocalAws):
        def __init__(self, **options: Any) -> None:
            made.update(options)
            raise LocalAwsError("enough is seen")

    monkeypatch.setattr("personalize_sfn.local.LocalAws", Refusing, raising=False)
    monkeypatch.setattr(process.signal, "signal", lambda *_: None)

    with pytest.raises(LocalAwsError, match="enough"):
        process.serve(pace=1 / 100)
    assert (made["wait_scale"], made["durations"].scale) == (1 / 100, 1 / 100)
    with pytest.raises(LocalAwsError, match="enough"):
        process.serve(pace=1 / 100, wait_scale=1 / 1000)
    assert (made["wait_scale"], made["durations"].scale) == (1 / 1000, 1 / 100)
