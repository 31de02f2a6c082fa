"""Starting the main workflow of a deployed pipeline: once at a time, and only as its configuration describes it."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import DENIED, code_of
from personalize_sfn.config import Config
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.display import duration
from personalize_sfn.errors import AlreadyRunningError, ConfigError, WorkflowError
from personalize_sfn.execution.deployed import TO_RUN, require_deployed
from personalize_sfn.execution.execution import Execution
from personalize_sfn.quota_use import require_room
from personalize_sfn.session import Session

__all__ = ["check_name", "check_start", "listed", "run"]

#: What StartExecution takes as a name:
#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_RequestSyntax
_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff\U0010ffff]")
_LONGEST_NAME = 80
#: So many names in a row may be taken by executions that the list does not show yet.
_NAMES = 20


def run(
    session: Session,
    config: Config,
    *,
    train: Literal["auto", "always", "update"] = "auto",
    name: str | None = None,
    at_once: bool = False,
) -> Execution:
    """Start the main workflow; it continues when this process ends.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed as it is, and its data uploaded.
        train: ``"auto"`` trains when there is no solution version yet, or data was imported since the newest one;
            ``"always"`` trains a new one; ``"update"`` adds the items that are new to the newest one, for the hourly
            price of a shorter training, where the recipe can (aws-user-personalization), and is ``"auto"`` elsewhere.
        name: of the execution, 1 to 80 characters, used once in 90 days; None: one is made.
        at_once: start it even if another one runs.  Both may train, and the last to finish is served.

    Raises:
        ConfigError: Step Functions does not take the name.
        WorkflowError: it is not deployed, or an execution of that name exists.
        OtherConfigDeployedError: what is deployed is not what ``config`` describes; says what differs.
        AlreadyRunningError: it runs already; says since when, and how to follow it.
        QuotaError: a quota of AWS has no room for what the config makes; says what uses it and what to do.
        LocalAwsError: its data are in another data directory than the embedded AWS that runs.
    """
    check_start(session, config, name=name, at_once=at_once)
    machine = session.arns.state_machine(config.name("main"))
    if at_once or name is not None:
        return _start(session, machine, name, train)
    newest = listed(session.client("stepfunctions"), machine, maxResults=1)
    return _start_after(session, machine, newest, train)


def check_start(session: Session, config: Config, *, name: str | None = None, at_once: bool = False) -> None:
    """Whether :func:`run` would start; raises what it raises.  Reads only."""
    if name is not None:
        check_name(name)
    require_same_data(session, config.project)
    require_deployed(session, config, TO_RUN)
    client, machine = session.client("stepfunctions"), session.arns.state_machine(config.name("main"))
    if not at_once and (running := listed(client, machine, statusFilter="RUNNING")):
        raise _already_running(machine, running)
    require_room(session, config)


def check_name(name: str) -> None:
    """Refuse a name of an execution that Step Functions would refuse.

    Raises:
        ConfigError: says what is wrong with it.
    """
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ConfigError("name", f"expected 1 to {_LONGEST_NAME} characters, got {len(name)}")
    if found := _FORBIDDEN.search(name):
        raise ConfigError(
            "name", f"expected letters, digits, - and _ (no spaces, brackets or marks), got {found[0]!r} in {name!r}"
        )


def _start(session: Session, machine: str, name: str | None, train: str, **more: str) -> Execution:
    client = session.client("stepfunctions")
    named = {} if name is None else {"name": name}
    try:
        started = client.start_execution(stateMachineArn=machine, input=json.dumps({"train": train, **more}), **named)
    except ClientError as error:
        if code_of(error) != "ExecutionAlreadyExists" or more:
            raise
        raise WorkflowError(
            f"an execution {name!r} of {machine.rpartition(':')[2]} exists already, and a name is used once in 90 "
            "days: choose another name",
            status="UNKNOWN",
            arn=_execution_arn(machine, str(name)),
        ) from error
    return Execution(None, started["executionArn"], started["startDate"], "RUNNING", client, name, session=session)


def _start_after(session: Session, machine: str, newest: list[dict[str, Any]], train: str) -> Execution:
    """Start the execution that comes after the newest one.

    Two processes that ask at the same moment see the same newest one, so they choose the same name, which only one of
    them gets: their inputs differ.
    """
    token = str(uuid.uuid4())
    before = newest[0]["executionArn"] if newest else machine
    for _ in range(_NAMES):
        name = f"run-{hashlib.sha256(before.encode()).hexdigest()[:16]}"
        try:
            return _start(session, machine, name, train, runToken=token)
        except ClientError as error:
            if code_of(error) != "ExecutionAlreadyExists":
                raise
        if running := listed(session.client("stepfunctions"), machine, statusFilter="RUNNING"):
            raise _already_running(machine, running)
        before = _execution_arn(machine, name)  # it is over: the list was late, or the machine was made anew
    return _start(session, machine, None, train)


def listed(client: Any, machine: str, **asked: Any) -> list[dict[str, Any]]:
    """Its executions, newest first; none where they may not be listed."""
    try:
        found: list[dict[str, Any]] = client.list_executions(stateMachineArn=machine, **asked)["executions"]
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return []
    return found


def _already_running(machine: str, running: list[dict[str, Any]]) -> AlreadyRunningError:
    first = min(running, key=lambda one: one["startDate"])
    since, arn = first["startDate"].astimezone(UTC), first["executionArn"]
    others = f" (and {len(running) - 1} more)" if len(running) > 1 else ""
    return AlreadyRunningError(
        f"{machine.rpartition(':')[2]} is running since {since:%Y-%m-%d %H:%M:%S} UTC "
        f"({duration(datetime.now(UTC) - since)}){others}: {arn}. Wait for it: "
        f"Execution.attach({arn!r}, session=session).wait(), or 'personalize-sfn status --wait {arn}'. "
        "To start another beside it, whose training is billed too: run(..., at_once=True), or "
        "'personalize-sfn run --at-once'",
        tuple(one["executionArn"] for one in running),
    )


def _execution_arn(machine: str, name: str) -> str:
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
