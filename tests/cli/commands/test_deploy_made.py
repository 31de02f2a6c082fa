"""Tests of ``deploy``: ``personalize-sfn deploy`` and ``personalize-sfn destroy``."""

from __future__ import annotations

from personalize_sfn.cli.commands.deploy import counted
from personalize_sfn.deploy import Change


def change(action: str, kind: str) -> Change:
    return Change(action=action, kind=kind, name="n", sentence="s", steps=())  # type: ignore[arg-type]


def test_what_was_made_is_counted_by_kind() -> None:
    made = [change("create", "bucket"), change("create", "bucket policy"), *[change("create", "role")] * 3]
    assert counted(made) == "1 bucket, 3 roles"
    assert counted([change("update", "function")]) == "1 function updated"
    assert counted([change("update", "bucket policy"), change("create", "function")]) == (
        "1 function created; 1 bucket policy updated"
    )
    assert counted([]) == "nothing to change"
