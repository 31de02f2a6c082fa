"""A campaign goes back to an older solution version: nothing is trained, and it answers all the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.errors import AlreadyRunningError, ConfigError, WorkflowError
from personalize_sfn.execution import Workflow
from personalize_sfn.execution.deployed import require_deployed
from personalize_sfn.execution.start import listed
from personalize_sfn.resources import ACTIVE, CAMPAIGN
from personalize_sfn.session import Session
from personalize_sfn.stages.campaign import request

if TYPE_CHECKING:
    from personalize_sfn.display import Run

__all__ = ["RolledBack", "rollback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """What a campaign serves again."""

    campaign: str
    """Its name."""
    campaign_arn: str
    version_arn: str
    """The solution version that it serves now."""
    trained: datetime
    """When that was created."""
    instead_of: str
    """The ARN of the version that it served until now."""
    execution_arn: str
    """Of the workflow that moved it."""

    def __str__(self) -> str:
        now, before = parse(self.version_arn).name, parse(self.instead_of).name
        return (
            f"campaign {self.campaign} serves version {now} of {self.trained:%Y-%m-%d %H:%M}, and no longer {before}. "
            "The next run moves it to the newest version"
        )

    def to_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "campaign": self.campaign,
            "campaignArn": self.campaign_arn,
            "solutionVersionArn": self.version_arn,
            "trained": self.trained,
            "insteadOf": self.instead_of,
            "executionArn": self.execution_arn,
        }


def rollback(
    session: Session,
    config: Config,
    solution: str | None = None,
    *,
    progress: Callable[[Run], object] | None = None,
) -> RolledBack:
    """Let a campaign serve the solution version before the one that it serves, and wait until it does.

    Called again it goes one more back.  The next run moves the campaign to the newest version.

    The campaign is looked at once, before its workflow starts.  If somebody deletes it in between, the workflow creates
    it again, with the older version and billed by the hour.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed as it is.
        solution: its key in ``config.solutions``; None: the only one with a campaign.
        progress: called with the execution as it stands, after each look at it.

    Raises:
        ConfigError: no solution of that key has a campaign, or several have one and none was named.
        AlreadyRunningError: the main workflow runs, which would move the campaign again.
        OtherConfigDeployedError: what is deployed is not what ``config`` describes.
        WorkflowError: the campaign does not exist, is not ACTIVE, is being updated, or serves a version that is not
            listed; there is no ACTIVE version before that; the workflow is not deployed or failed.
    """
    from botocore.exceptions import ClientError

    key = _key(config, solution)
    require_same_data(session, config.project)
    require_deployed(session, config, ("campaign",))
    _require_idle(session, config)
    name = config.campaign_name(key)
    arn = session.arns.personalize(f"campaign/{name}")
    try:
        served, target = _versions(session.client("personalize"), arn)
    except ClientError as error:
        code, message = code_of(error), message_of(error)
        if code == "ResourceNotFoundException":
            message = f"campaign {name} does not exist yet. Run the main workflow first: 'personalize-sfn run'"
        else:
            message = f"cannot read what campaign {name} serves: {message} ({code})"
        raise WorkflowError(message, error=code, arn=arn) from error
    machine = Workflow.attach(session.arns.state_machine(config.name("campaign")), session=session)
    version = target["solutionVersionArn"]
    moved = machine.execute(inputs={"campaign": request(config, key), "solutionVersionArn": version})
    moved.wait(progress=progress)
    return RolledBack(
        campaign=name,
        campaign_arn=arn,
        version_arn=version,
        trained=target["creationDateTime"],
        instead_of=served,
        execution_arn=moved.execution_arn,
    )


def _key(config: Config, solution: str | None) -> str:
    keys = list(config.campaigns)
    if solution in keys:
        return str(solution)
    expected = ", ".join(keys) or "none: the configuration has no campaign"
    if solution is not None or len(keys) != 1:
        raise ConfigError("solution", f"expected one with a campaign ({expected}), got {solution or 'no name'}")
    return keys[0]


def _require_idle(session: Session, config: Config) -> None:
    machine = session.arns.state_machine(config.name("main"))
    if running := listed(session.client("stepfunctions"), machine, statusFilter="RUNNING"):
        arn = running[0]["executionArn"]
        raise AlreadyRunningError(
            f"{config.name('main')} runs and will move the campaign to the newest version: {arn}. Wait for it "
            f"('personalize-sfn status --wait {arn}') or stop it, then roll back. Nothing was changed",
            tuple(each["executionArn"] for each in running),
        )


def _versions(personalize: Any, campaign: str) -> tuple[str, dict[str, Any]]:
    """The ARN of the version that the campaign serves, and the newest ACTIVE one that is older."""
    served = _served(personalize.describe_campaign(campaignArn=campaign)["campaign"], campaign)
    pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=served.rpartition("/")[0])
    versions = [each for page in pages for each in page["solutionVersions"]]
    created = [each["creationDateTime"] for each in versions if each["solutionVersionArn"] == served]
    if not created:
        raise WorkflowError(
            f"campaign {parse(campaign).name} serves {parse(served).name}: expected a version that "
            "ListSolutionVersions lists. Update the campaign to one of them, then roll back. Nothing was changed",
            arn=campaign,
        )
    older = [each for each in versions if each["status"] == ACTIVE and each["creationDateTime"] < created[0]]
    if not older:
        raise WorkflowError(
            f"campaign {parse(campaign).name} serves {parse(served).name}, the oldest ACTIVE version of its solution: "
            "there is none before it to go back to. Nothing was changed",
            arn=campaign,
        )
    return served, max(older, key=lambda each: each["creationDateTime"])


def _served(campaign: Mapping[str, Any], arn: str) -> str:
    """The ARN of the version that it serves, if it serves that one and goes on to.

    Raises:
        WorkflowError: it does not; its workflow would create it again, or go back from what it will not serve.
    """
    name, status = parse(arn).name, campaign["status"]
    if status != ACTIVE:
        raise WorkflowError(f"campaign {name}: expected status ACTIVE, got {status}. Nothing was changed", arn=arn)
    update = campaign.get(CAMPAIGN.latest_update or "", {})
    if update.get("status") in CAMPAIGN.pending_statuses:
        raise WorkflowError(
            f"campaign {name} is being updated to {parse(update['solutionVersionArn']).name} ({update['status']}). "
            "Wait until that has ended, then roll back. Nothing was changed",
            arn=arn,
        )
    return str(campaign["solutionVersionArn"])
