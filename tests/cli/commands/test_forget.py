"""Tests of ``forget``: the command; with real jobs in journeys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.forgetting import Forgotten
from personalize_sfn.forgetting.named_in_s3 import NamedIn


@pytest.fixture
def asked(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """What the command asks for; nothing is deleted."""
    (tmp_path / "shop.yaml").write_text("project: shop\nforgetting: true\n")
    (tmp_path / "users.csv").write_text("NAME,USER_ID\nAnn,u1\nBob,\nCleo,u2\n")
    calls: list[tuple[list[str], dict[str, Any]]] = []

    def forget(_session: Any, _config: Any, ids: list[str], **given: Any) -> Forgotten:
        calls.append((ids, {name: value for name, value in given.items() if name != "progress"}))
        return Forgotten(
            users=len(ids),
            deleted=61,
            jobs=3,
            ran_beside=("arn:version",),
            inputs=(NamedIn(key="shop/interactions.csv", etag="1", rows=60),),
            rewritten={},
            outputs=(),
            execution_arn="arn:shop-forget:1",
        )

    monkeypatch.setattr("personalize_sfn.forgetting.forget", forget)
    monkeypatch.chdir(tmp_path)
    return calls


def test_the_users_of_the_column_go_and_it_says_what_is_left_to_do(asked, command) -> None:
    result = command("--config", "shop.yaml", "forget", "users.csv", "--json")
    assert asked == [(["u1", "u2"], {"rewrite_inputs": False, "keep_old": True})]
    assert result.code == 1, "it has to be asked again"
    assert result.json["inputs"] == [{"key": "shop/interactions.csv", "etag": "1", "rows": 60}]
    assert "2 users forgotten: Personalize deleted 61 records." in result.err
    assert "Run it again when these have ended, they ran beside it: arn:version." in result.err
    assert "send no live events of these users" in result.err


def test_inputs_are_rewritten_and_the_old_ones_deleted_only_if_told(asked, command) -> None:
    command("--config", "shop.yaml", "forget", "users.csv", "--rewrite-inputs", "--delete-old")
    assert asked[0][1] == {"rewrite_inputs": True, "keep_old": False}
    refused = command("--config", "shop.yaml", "forget", "users.csv", "--delete-old")
    assert (refused.code, len(asked)) == (2, 1)
    assert "--delete-old goes with --rewrite-inputs: without it nothing in S3 is changed" in refused.err


def test_a_file_without_the_column_is_refused_before_anything_is_asked(asked, command) -> None:
    Path("users.csv").write_text("NAME\nAnn\n")
    refused = command("--config", "shop.yaml", "forget", "users.csv")
    assert refused.code == 2
    assert "users.csv: expected a column USER_ID, its columns are: NAME" in refused.err


def test_a_project_without_forgetting_says_what_to_set(asked, command) -> None:
    Path("shop.yaml").write_text("project: shop\n")
    refused = command("--config", "shop.yaml", "forget", "users.csv")
    assert refused.code == 2
    assert "is false: set `forgetting: true` and deploy, then users can be forgotten" in refused.err
    assert asked == []
