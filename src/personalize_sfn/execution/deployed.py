"""Whether what is deployed under a project's name is what a configuration describes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn import workflows
from personalize_sfn.aws_errors import DENIED, code_of
from personalize_sfn.config import Config
from personalize_sfn.differences import differences, sentence
from personalize_sfn.errors import OtherConfigDeployedError, WorkflowError
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.session import Session

__all__ = ["TO_ASK", "TO_RUN", "require_deployed"]

#: The workflows that a run uses, and those that decide what asking the campaign by the workflow answers.
TO_RUN = (
    "solution",
    "campaign",
    "recommender",
    "dataset",
    "dataset-import",
    "filters",
    "attribution",
    "main",
)
TO_ASK = ("main", "recommendation")


def require_deployed(session: Session, config: Config, keys: Sequence[str]) -> None:
    """Go on only if the workflows ``keys`` are deployed and ask for what ``config`` says.

    A definition that the caller may not read (``states:DescribeStateMachine``) is not compared.

    Raises:
        WorkflowError: one of them is not deployed.
        OtherConfigDeployedError: one of them asks for something else; says what.
    """
    client = session.client("stepfunctions")
    wanted = workflows.definitions(config, session.arns, keys)
    arns = {key: session.arns.state_machine(config.name(key)) for key in wanted}
    with ThreadPoolExecutor(len(arns)) as pool:
        deployed = dict(zip(arns, pool.map(lambda arn: _definition(client, arn), arns.values()), strict=True))
    found = [
        one
        for key, there in deployed.items()
        if there is not None
        for one in differences(there, workflows.to_dict(wanted[key]))
    ]
    if found:
        found.sort(key=lambda one: not one.is_answer)
        raise OtherConfigDeployedError(
            f"what is deployed as {config.project} is not what this config describes: {sentence(found)} "
            "(deployed -> this config). Deploy first: deploy(session, config), or 'personalize-sfn deploy'. "
            "Nothing was started"
        )


def _definition(client: Any, arn: str) -> dict[str, Any] | None:
    try:
        return definition_of(client, arn)
    except ClientError as error:
        code = code_of(error)
        if code in DENIED:
            return None
        if code not in {"StateMachineDoesNotExist", "InvalidArn"}:
            raise
        raise WorkflowError(
            f"there is no state machine {arn!r} in this account and region. "
            "Deploy first: deploy(session, config), or 'personalize-sfn deploy'",
            status="UNKNOWN",
            arn=arn,
        ) from error
