"""What deploy and destroy show: counted by kind, then one by one, in a table of a few rows."""

from __future__ import annotations

from personalize_sfn.deploy import Change, Deployment
from personalize_sfn.deploy.changes import Kind
from personalize_sfn.deploy.summary import Changes, changes_sentence


def made(kind: Kind, number: int = 1) -> list[Change]:
    return [
        Change(action="create", kind=kind, name=f"n{i}", sentence=f"create {kind} n{i}", steps=())
        for i in range(number)
    ]


def deployment(changes: list[Change], *, dry_run: bool = False) -> Deployment:
    return Deployment(
        state_machine_arns={"main": "arn:aws:states:us-east-1:1:stateMachine:movies-main"},
        function_arns={"create-schema": "arn:aws:lambda:us-east-1:1:function:movies-create-schema"},
        role_arns={"lambda": "arn:aws:iam::1:role/movies-lambda"},
        bucket="movies-1-us-east-1",
        changes=tuple(changes),
        dry_run=dry_run,
    )


def test_changes_are_counted_by_what_is_done_and_kind() -> None:
    updated = Change(action="update", kind="bucket policy", name="b", sentence="update bucket policy b", steps=())
    assert (
        changes_sentence([*made("bucket"), *made("role", 3), updated])
        == "1 bucket, 3 roles created; 1 bucket policy updated"
    )
    assert changes_sentence([]) == "nothing to change"


def test_a_long_list_shows_its_first_changes_and_counts_the_rest() -> None:
    first, *lines = repr(Changes(made("function", 30))).splitlines()
    assert first == "30 functions created"
    assert lines[0] == "  create function n0"
    assert len(lines) == 13
    assert lines[-1] == "  and 18 more"
    assert Changes(made("function", 30))._repr_html_().count("<tr") == 13


def test_a_change_never_shows_its_calls() -> None:
    assert repr(made("role")[0]) == "<Change: create role n0>"


def test_a_deployment_says_what_it_made_and_where() -> None:
    first, second, *_ = repr(deployment(made("bucket"))).splitlines()
    assert first == "movies: 1 bucket created"
    assert second == "  main workflow   arn:aws:states:us-east-1:1:stateMachine:movies-main"
    assert "movies-1-us-east-1" in deployment([])._repr_html_()


def test_a_dry_run_says_that_nothing_was_made() -> None:
    planned = repr(deployment(made("bucket"), dry_run=True))
    assert planned.startswith("movies: planned only, by a dry run: 1 bucket created")
    assert repr(deployment([], dry_run=True)).startswith("movies: nothing to change")
