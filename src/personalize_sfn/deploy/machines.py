"""The state machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from personalize_sfn.aws_errors import DENIED, code_of
from personalize_sfn.config import Config
from personalize_sfn.deploy.changes import ApiCall, Change, ChangeStep, is_ours, missing_tags
from personalize_sfn.differences import Difference, differences, sentence
from personalize_sfn.errors import DeployError
from personalize_sfn.ownership import require_ours, tag_dict, tag_list
from personalize_sfn.session import Session

__all__ = ["is_deployed", "list_machines", "plan_destroy_machine", "plan_machine"]


def plan_machine(
    session: Session, config: Config, name: str, definition: Mapping[str, Any], role_arn: str
) -> list[Change]:
    """What the state machine ``name`` lacks; definitions are compared as JSON, not as text."""
    arn = session.arns.state_machine(name)
    wanted: dict[str, Any] = {"definition": json.dumps(definition), "roleArn": role_arn}
    present = _read(session, arn)
    encryption = _encryption(config)
    if present is None:
        create = {"name": name, "type": "STANDARD", **wanted, "tags": tag_list(config.all_tags, "key", "value")}
        if config.machines_kms_key_arn is not None:
            create["encryptionConfiguration"] = encryption
        steps: list[ChangeStep] = [ApiCall("stepfunctions", "create_state_machine", create)]
        return [_change("create", name, f"create state machine {name}", steps)]
    tags = _tags(session, arn)
    require_ours(tags, config.project, f"state machine {name}", adopt=config.adopt)
    reasons = []
    steps = []
    there = json.loads(present["definition"])
    different = differences(there, definition)
    if there != definition:
        reasons.append(f"definition ({sentence(different)})" if different else "definition")
    if present["roleArn"] != role_arn:
        reasons.append("role")
    if not _same_key(present.get("encryptionConfiguration"), encryption):
        reasons.append("key")
        wanted["encryptionConfiguration"] = encryption
    if reasons:
        steps.append(ApiCall("stepfunctions", "update_state_machine", {"stateMachineArn": arn, **wanted}))
    if missing := missing_tags(tags, config):
        reasons.append("tags")
        tagging = {"resourceArn": arn, "tags": tag_list(missing, "key", "value")}
        steps.append(ApiCall("stepfunctions", "tag_resource", tagging))
    if not steps:
        return []
    answers = tuple(one for one in different if one.is_answer)
    return [_change("update", name, f"update state machine {name}: {', '.join(reasons)}", steps, answers)]


def _encryption(config: Config) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html"""
    if config.machines_kms_key_arn is None:
        return {"type": "AWS_OWNED_KEY"}
    return {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": config.machines_kms_key_arn}


def _same_key(there: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Whether the same key encrypts it; for how long data keys are used again is the user's to change."""
    there = there or {"type": "AWS_OWNED_KEY"}
    return there["type"] == wanted["type"] and there.get("kmsKeyId") == wanted.get("kmsKeyId")


def plan_destroy_machine(session: Session, config: Config, name: str) -> list[Change]:
    """Delete the state machine if it is ours.

    Raises:
        DeployError: one of its executions is running; what it is making would be left behind.
    """
    arn = session.arns.state_machine(name)
    if _read(session, arn) is None or not is_ours(_tags(session, arn), config):
        return []
    running = session.client("stepfunctions").list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
    if running:
        raise DeployError(
            f"an execution of {name} is running: wait for it, or stop it, then destroy again. "
            f"Execution.attach({running[0]['executionArn']!r}) has both"
        )
    steps: list[ChangeStep] = [ApiCall("stepfunctions", "delete_state_machine", {"stateMachineArn": arn})]
    return [_change("delete", name, f"delete state machine {name}", steps)]


def is_deployed(session: Session, config: Config, name: str) -> bool:
    """Whether the state machine ``name`` exists and is ours."""
    arn = session.arns.state_machine(name)
    return _read(session, arn) is not None and is_ours(_tags(session, arn), config)


def list_machines(session: Session, config: Config) -> list[str]:
    """Names of all state machines that start with the project's, and of the others that carry its tag."""
    names = [
        machine["name"]
        for page in session.client("stepfunctions").get_paginator("list_state_machines").paginate()
        for machine in page["stateMachines"]
    ]
    return [name for name in names if name.startswith(config.name("")) or _is_tagged_so(session, config, name)]


def _is_tagged_so(session: Session, config: Config, name: str) -> bool:
    """Whether a state machine of any name is ours; one whose tags may not be read is not."""
    from botocore.exceptions import ClientError

    try:
        return is_ours(_tags(session, session.arns.state_machine(name)), config)
    except ClientError as error:
        if code_of(error) in {*DENIED, "ResourceNotFound"}:
            return False
        raise


def _change(
    action: Any, name: str, sentence: str, steps: list[ChangeStep], answers: tuple[Difference, ...] = ()
) -> Change:
    return Change(
        action=action, kind="state machine", name=name, sentence=sentence, steps=tuple(steps), answers=answers
    )


def _read(session: Session, arn: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        answer: dict[str, Any] = session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    except ClientError as error:
        if code_of(error) == "StateMachineDoesNotExist":
            return None
        raise
    # It is gone for us: apply waits until its name is free.
    return None if answer["status"] == "DELETING" else answer


def _tags(session: Session, arn: str) -> dict[str, str]:
    return tag_dict(session.client("stepfunctions").list_tags_for_resource(resourceArn=arn)["tags"], "key", "value")
