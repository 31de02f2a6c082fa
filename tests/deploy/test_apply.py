"""Tests of ``apply``: carry a plan out.  Writes only; when it stops half-way, a new plan holds what is left."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.deployments import BUCKET, MakeBlueprint, deployed, everything
from personalize_sfn.config import Config
from personalize_sfn.deploy import apply, plan, plan_destroy
from personalize_sfn.deploy.changes import Change
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session


def test_destroy_leaves_no_trace_and_removes_nothing_else(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    other = Config(project="movies-too")
    deployed(session, other, make_blueprint(other))
    before = everything(session)
    deployed(session, config, make_blueprint(config))
    session.client("s3").put_object(Bucket=BUCKET, Key="movies/interactions.csv", Body=b"USER_ID,ITEM_ID,TIMESTAMP\n")
    session.client("iam").attach_role_policy(
        RoleName="movies-lambda-change-us-east-1", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )

    changes = plan_destroy(session, config)
    apply(session, changes)

    assert f"delete bucket {BUCKET} with 1 object" in [change.sentence for change in changes]
    assert everything(session) == before
    assert plan_destroy(session, config) == []
    assert plan(session, other, make_blueprint(other)) == []


def test_destroy_empties_a_versioned_bucket(session: Session, config: Config, make_blueprint: MakeBlueprint) -> None:
    deployed(session, config, make_blueprint(config))
    s3 = session.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=BUCKET, Key="movies/interactions.csv", Body=body)
    s3.delete_object(Bucket=BUCKET, Key="movies/interactions.csv")

    apply(session, plan_destroy(session, config))

    assert everything(session)["buckets"] == []


def test_a_half_made_deployment_is_finished_by_the_next(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    session.client("s3").create_bucket(Bucket=BUCKET)  # and then the network went away
    changes = deployed(session, config, make_blueprint(config))

    assert changes[0].sentence == f"finish the half-made bucket {BUCKET}"
    assert plan(session, config, make_blueprint(config)) == []
    session.client("lambda").delete_function(FunctionName="movies-create-schema")
    assert [change.sentence for change in plan(session, config, make_blueprint(config))] == [
        "create function movies-create-schema"
    ]


def test_a_refusal_by_aws_names_the_change_and_says_how_to_go_on(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    changes = plan(session, config, make_blueprint(config))
    functions = [change for change in changes if change.kind == "function"]

    with pytest.raises(DeployError) as refused:  # without the roles
        apply(session, functions, sleep=lambda seconds: None)

    assert str(refused.value).startswith("cannot create function movies-create-")
    assert str(refused.value).endswith("What was done stays done; run the same again and it resumes there")


def test_errors_of_new_roles_are_waited_out_with_growing_pauses(
    session: Session, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [
        ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
        ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
    ]
    client = FakeClient(refusals)
    monkeypatch.setitem(session._clients, "lambda", client)
    pauses: list[float] = []
    change = Change(action="create", kind="function", name="f", sentence="create f", steps=(call("lambda"),))

    apply(session, [change], sleep=pauses.append)

    assert pauses == [0.5, 1.0]
    assert client.calls == 3


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            "the provided role.",
        ),
        ("AccessDeniedException", "'arn:aws:iam::1:role/r' is not authorized to create managed-rule."),
        ("StateMachineDeleting", "State Machine is being deleted"),
    ],
)
def test_a_state_machine_that_cannot_be_made_yet_is_made_later(
    session: Session, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    client = FakeClient([(code, message)])
    monkeypatch.setitem(session._clients, "stepfunctions", client)
    change = Change(
        action="create", kind="state machine", name="m", sentence="create m", steps=(call("stepfunctions"),)
    )

    apply(session, [change], sleep=lambda seconds: None)

    assert client.calls == 2


def test_waiting_for_a_new_role_has_an_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
    monkeypatch.setitem(session._clients, "lambda", FakeClient([refusal] * 100))
    pauses: list[float] = []
    change = Change(action="create", kind="function", name="f", sentence="create f", steps=(call("lambda"),))

    with pytest.raises(DeployError, match="cannot create f: The role defined for the function cannot be assumed"):
        apply(session, [change], sleep=pauses.append)

    assert 120 <= sum(pauses) < 130
    assert max(pauses) == 8.0


class FakeClient:
    """Refuses as told, then does it."""

    def __init__(self, refusals: list[tuple[str, str]]) -> None:
        self.refusals = refusals
        self.calls = 0

    def make(self) -> None:
        self.calls += 1
        if self.calls <= len(self.refusals):
            code, message = self.refusals[self.calls - 1]
            raise ClientError({"Error": {"Code": code, "Message": message}}, "Make")


def call(service: str) -> Any:
    from personalize_sfn.deploy.changes import ApiCall

    return ApiCall(service, "make", {})
