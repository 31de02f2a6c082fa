"""The state machines of a deployment."""

from __future__ import annotations

import dataclasses

import pytest

from fakes.deployments import MakeBlueprint, deployed
from personalize_sfn.config import Config
from personalize_sfn.deploy import plan_destroy
from personalize_sfn.deploy.apply import apply
from personalize_sfn.deploy.machines import plan_machine
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session

KEY, OTHER = (f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("one", "other"))
DEFINITION = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


def test_a_state_machine_gets_the_key_changes_it_and_loses_it(session: Session, config: Config) -> None:
    role = "arn:aws:iam::123456789012:role/r"
    arn = session.arns.state_machine("movies-main")

    def deployed(key: str | None) -> tuple[list[str], dict[str, str]]:
        given = dataclasses.replace(config, machines_kms_key_arn=key)
        changes = plan_machine(session, given, "movies-main", DEFINITION, role)
        apply(session, changes)
        found = session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        return [each.sentence for each in changes], found["encryptionConfiguration"]

    owned = {"type": "CUSTOMER_MANAGED_KMS_KEY"}
    assert deployed(KEY) == (["create state machine movies-main"], {**owned, "kmsKeyId": KEY})
    assert deployed(KEY)[0] == []
    assert deployed(OTHER) == (["update state machine movies-main: key"], {**owned, "kmsKeyId": OTHER})
    assert deployed(None) == (["update state machine movies-main: key"], {"type": "AWS_OWNED_KEY"})
    assert deployed(None)[0] == []


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
