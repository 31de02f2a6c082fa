"""Plan and apply, against moto."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.config import Config, FunctionsConfig, RolesConfig
from personalize_sfn.deploy import apply, plan, plan_destroy
from personalize_sfn.deploy.changes import Change
from personalize_sfn.deploy.plan import Blueprint
from personalize_sfn.deploy.policies import bucket_sid, role_arns
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.session import Session

BUCKET = "movies-123456789012-us-east-1"
MakeBlueprint = Callable[..., Blueprint]


def deployed(session: Session, config: Config, wanted: Blueprint) -> list[Change]:
    changes = plan(session, config, wanted)
    apply(session, changes)
    return changes


def everything(session: Session) -> dict[str, Any]:
    """All that the account holds of what deploy makes."""
    lambdas = session.client("lambda").list_functions()["Functions"]
    return {
        "buckets": [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]],
        "roles": sorted(role["RoleName"] for role in session.client("iam").list_roles()["Roles"]),
        "functions": sorted(function["FunctionName"] for function in lambdas),
        "log groups": sorted(g["logGroupName"] for g in session.client("logs").describe_log_groups()["logGroups"]),
        "machines": sorted(m["name"] for m in session.client("stepfunctions").list_state_machines()["stateMachines"]),
    }


def test_a_first_deploy_makes_everything(session: Session, config: Config, make_blueprint: MakeBlueprint) -> None:
    changes = deployed(session, config, make_blueprint(config))

    assert [change.sentence for change in changes] == [
        f"create bucket {BUCKET}",
        f"let Personalize read bucket {BUCKET} (policy statement {bucket_sid(config)})",
        "create role movies-step-functions-us-east-1",
        "create role movies-lambda-read-us-east-1",
        "create role movies-lambda-change-us-east-1",
        "create role movies-personalize-us-east-1",
        "create function movies-create-campaign",
        "create function movies-create-schema",
        "create state machine movies-campaign",
        "create state machine movies-main",
    ]
    assert everything(session) == {
        "buckets": [BUCKET],
        "roles": [
            "movies-lambda-change-us-east-1",
            "movies-lambda-read-us-east-1",
            "movies-personalize-us-east-1",
            "movies-step-functions-us-east-1",
        ],
        "functions": ["movies-create-campaign", "movies-create-schema"],
        "log groups": ["/aws/lambda/movies-create-campaign", "/aws/lambda/movies-create-schema"],
        "machines": ["movies-campaign", "movies-main"],
    }
    function = session.client("lambda").get_function(FunctionName="movies-create-schema")
    assert function["Configuration"]["Runtime"] == "python3.13"
    assert function["Configuration"]["Timeout"] == 60
    assert function["Tags"] == {"team": "films", "personalize-sfn:project": "movies"}
    (group, _) = session.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30
    closed = session.client("s3").get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}


def test_a_second_deploy_has_an_empty_plan(session: Session, config: Config, make_blueprint: MakeBlueprint) -> None:
    deployed(session, config, make_blueprint(config))

    assert plan(session, config, make_blueprint(config)) == []


def test_a_plan_changes_nothing(session: Session, config: Config, make_blueprint: MakeBlueprint) -> None:
    before = everything(session)

    assert len(plan(session, config, make_blueprint(config))) == 10
    assert everything(session) == before


def test_what_changed_is_updated_and_nothing_else(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    deployed(session, config, make_blueprint(config))
    changed = dataclasses.replace(config, functions=FunctionsConfig(memory_mb=512), tags={"team": "series"})

    changes = deployed(session, changed, make_blueprint(changed, number=2, comment="second"))

    assert [change.sentence for change in changes] == [
        f"tag bucket {BUCKET}",
        "update role movies-step-functions-us-east-1: tags",
        "update role movies-lambda-read-us-east-1: tags",
        "update role movies-lambda-change-us-east-1: tags",
        "update role movies-personalize-us-east-1: tags",
        "update function movies-create-campaign: tags, code, MemorySize, log group",
        "update function movies-create-schema: tags, code, MemorySize, log group",
        "update state machine movies-campaign: definition, tags",
        "update state machine movies-main: definition, tags",
    ]
    assert plan(session, changed, make_blueprint(changed, number=2, comment="second")) == []
    arn = session.arns.state_machine("movies-main")
    described = session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"])["Comment"] == "second"


def test_a_role_that_someone_widened_is_set_back(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    deployed(session, config, make_blueprint(config))
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    session.client("iam").put_role_policy(
        RoleName="movies-lambda-change-us-east-1", PolicyName="personalize-sfn", PolicyDocument=json.dumps(wide)
    )

    changes = plan(session, config, make_blueprint(config))

    assert [change.sentence for change in changes] == ["update role movies-lambda-change-us-east-1: permissions"]


def test_a_role_that_is_not_ours_is_refused(session: Session, config: Config, make_blueprint: MakeBlueprint) -> None:
    session.client("iam").create_role(RoleName="movies-lambda-change-us-east-1", AssumeRolePolicyDocument="{}")

    with pytest.raises(NotOursError) as refused:
        plan(session, config, make_blueprint(config))

    assert str(refused.value) == (
        "role movies-lambda-change-us-east-1 exists and has no tag personalize-sfn:project: choose another project "
        "name in the config, or set adopt: true to take it over (clean-up and destroy will then remove it)"
    )


def test_adopt_takes_over_a_role_that_is_not_ours(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    session.client("iam").create_role(
        RoleName="movies-lambda-change-us-east-1", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
    )
    adopting = dataclasses.replace(config, adopt=True)

    changes = deployed(session, adopting, make_blueprint(adopting))

    assert "update role movies-lambda-change-us-east-1: trust, permissions, tags" in [
        change.sentence for change in changes
    ]
    assert plan(session, config, make_blueprint(config)) == []


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


def test_a_role_of_the_same_name_that_is_not_ours_survives_destroy(session: Session, config: Config) -> None:
    session.client("iam").create_role(RoleName="movies-lambda-change-us-east-1", AssumeRolePolicyDocument="{}")

    assert plan_destroy(session, config) == []


def test_destroy_refuses_while_an_execution_runs(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    deployed(session, config, make_blueprint(config))
    started = session.client("stepfunctions").start_execution(
        stateMachineArn=session.arns.state_machine("movies-main"), input="{}", name="first"
    )

    with pytest.raises(DeployError) as refused:
        plan_destroy(session, config)

    assert str(refused.value) == (
        "an execution of movies-main is running: wait for it, or stop it, then destroy again. "
        f"Execution.attach('{started['executionArn']}') has both"
    )


def test_roles_that_the_config_gives_are_neither_made_nor_removed(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    arn = session.client("iam").create_role(
        RoleName="notebook",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            }
        ),
    )["Role"]["Arn"]
    given = dataclasses.replace(config, roles=RolesConfig(step_functions_arn=arn, lambda_arn=arn, personalize_arn=arn))

    deployed(session, given, make_blueprint(given))

    assert everything(session)["roles"] == ["notebook"]
    configuration = session.client("lambda").get_function(FunctionName="movies-create-schema")["Configuration"]
    assert configuration["Role"] == arn
    apply(session, plan_destroy(session, given))
    assert everything(session)["roles"] == ["notebook"]


def test_roles_have_the_path_and_the_boundary_that_the_config_wants(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    limited = dataclasses.replace(config, roles=RolesConfig(path="/ml/", permissions_boundary_arn=boundary))

    deployed(session, limited, make_blueprint(limited))

    role = session.client("iam").get_role(RoleName="movies-lambda-change-us-east-1")["Role"]
    assert role["Path"] == "/ml/"
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert role["Arn"] == role_arns(limited, session.arns)["lambda_change"]
    assert plan(session, limited, make_blueprint(limited)) == []
    with pytest.raises(DeployError, match=r"IAM cannot move a role: destroy first, or set roles\.path back"):
        plan(session, config, make_blueprint(config))


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


def test_a_bucket_with_data_that_we_did_not_make_is_refused(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    session.client("s3").create_bucket(Bucket=BUCKET)
    session.client("s3").put_object(Bucket=BUCKET, Key="precious", Body=b"")

    with pytest.raises(NotOursError, match=f"bucket {BUCKET} exists and has no tag personalize-sfn:project"):
        plan(session, config, make_blueprint(config))


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
