"""Tests of ``local``: ``personalize-sfn local``: the embedded AWS in the background."""

from __future__ import annotations

from collections.abc import Callable

from personalize_sfn.local import LocalAws


def test_local_status_tells_a_program_where_it_runs(aws: LocalAws, command: Callable) -> None:
    answer = command("local", "status", "--json").json
    assert (answer["running"], answer["endpoint_url"]) == (True, aws.endpoint_url)


def test_local_status_without_one_has_exit_code_1(command: Callable) -> None:
    result = command("local", "status", "--json")
    assert (result.code, result.json) == (1, {"running": False})
