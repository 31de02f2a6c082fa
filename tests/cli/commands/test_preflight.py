"""``preflight`` on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from personalize_sfn.local import LocalAws

TOO_MANY = "\n".join(f"  s{number}: {{recipe: aws-popularity-count}}" for number in range(11))


def test_nothing_in_the_way_ends_with_0_and_tells_each_limit(command: Callable, aws: LocalAws, config_file: Path):
    result = command("--config", str(config_file), "preflight")

    assert result.code == 0
    assert "solutions per dataset group" in result.out
    assert "nothing in the way, as far as it could be read" in result.out


def test_a_full_quota_ends_with_1_and_names_it(command: Callable, aws: LocalAws, config_file: Path):
    config_file.write_text(f"project: big\nsolutions:\n{TOO_MANY}\n")

    result = command("--config", str(config_file), "preflight", "--json")

    assert result.code == 1
    (refused,) = result.json["refused"]
    assert refused.startswith("quota: solutions per dataset group: 11 more needed")
    (solutions,) = (each for each in result.json["quotas"] if each["kind"] == "solution")
    assert (solutions["limit"], solutions["left"], solutions["full"]) == (10, 10, True)
    assert solutions["source"] == "Service Quotas"
    assert [each["what"] for each in result.json["checks"]][:3] == ["region", "accounts", "role"]
