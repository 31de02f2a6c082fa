"""Plan and apply, against moto."""

from __future__ import annotations

import dataclasses
import json

import pytest

from fakes.deployments import BUCKET, MakeBlueprint, deployed, everything
from personalize_sfn.config import Config, FunctionsConfig, RolesConfig
from personalize_sfn.deploy import apply, plan, plan_destroy
from personalize_sfn.deploy.policies import bucket_sid
from personalize_sfn.deploy.role_arns import role_arns
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.session import Session


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


def test_deploy_is_idempotent_a_second_plan_is_empty(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
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


def test_a_role_of_the_same_name_that_is_not_ours_survives_destroy(session: Session, config: Config) -> None:
    session.client("iam").create_role(RoleName="movies-lambda-change-us-east-1", AssumeRolePolicyDocument="{}")

    assert plan_destroy(session, config) == []


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


def test_a_bucket_with_data_that_we_did_not_make_is_refused(
    session: Session, config: Config, make_blueprint: MakeBlueprint
) -> None:
    session.client("s3").create_bucket(Bucket=BUCKET)
    session.client("s3").put_object(Bucket=BUCKET, Key="precious", Body=b"")

    with pytest.raises(NotOursError, match=f"bucket {BUCKET} exists and has no tag personalize-sfn:project"):
        plan(session, config, make_blueprint(config))
