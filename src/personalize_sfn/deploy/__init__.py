"""Put the roles, bucket, functions and state machines of a pipeline into an account, and take them out again.

First a plan is made, which only reads; then it is applied, which only writes.  Running it twice changes nothing:

    >>> deployment = deploy(session, config)                     # doctest: +SKIP
    >>> deploy(session, config, dry_run=True).changes            # doctest: +SKIP
    ()
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from personalize_sfn.config import Config
from personalize_sfn.data_directories import forget_project, remember_project, require_same_data
from personalize_sfn.deploy.apply import Progress, apply
from personalize_sfn.deploy.caller import caller_policy
from personalize_sfn.deploy.changes import Change, answers_otherwise, reading
from personalize_sfn.deploy.notes import deployment_notes, left_over
from personalize_sfn.deploy.plan import Blueprint, blueprint, plan, plan_destroy
from personalize_sfn.deploy.preflight_checks import Preflight, PreflightCheck, preflight
from personalize_sfn.deploy.role_template import role_template
from personalize_sfn.deploy.summary import Changes, changes_sentence
from personalize_sfn.display.tables import table
from personalize_sfn.errors import DeployError
from personalize_sfn.notices import notice
from personalize_sfn.session import Session

if TYPE_CHECKING:
    from personalize_sfn.clean_up import Found

__all__ = [
    "Change",
    "Deployment",
    "Preflight",
    "PreflightCheck",
    "apply",
    "caller_policy",
    "deploy",
    "describe",
    "destroy",
    "plan",
    "plan_destroy",
    "preflight",
    "role_template",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deployment:
    """Where a pipeline is.  It shows as a small table in a notebook.

    Keys are names without the project's: ``main``, ``create-campaign``, ``lambda``.
    """

    state_machine_arns: Mapping[str, str]
    function_arns: Mapping[str, str]
    role_arns: Mapping[str, str]
    """``step_functions``, ``lambda_read``, ``lambda_change``, ``personalize``."""
    bucket: str
    changes: tuple[Change, ...] = field(default=(), compare=False)
    """What was changed; after a dry run, what would be."""
    dry_run: bool = field(default=False, compare=False)
    """Whether the changes were only planned."""

    @property
    def _title(self) -> str:
        project = self.state_machine_arns["main"].rpartition(":")[2].removesuffix("-main")
        planned = "planned only, by a dry run: " if self.dry_run and self.changes else ""
        return f"{project}: {planned}{changes_sentence(self.changes)}"

    def _rows(self) -> list[tuple[str, str]]:
        return [
            ("main workflow", self.state_machine_arns["main"]),
            ("bucket", self.bucket),
            ("state machines", ", ".join(self.state_machine_arns)),
            ("functions", str(len(self.function_arns))),
            ("roles", ", ".join(self.role_arns)),
        ]

    def __repr__(self) -> str:
        return "\n".join([self._title, *(f"  {name:<14}  {value}" for name, value in self._rows())])

    def _repr_html_(self) -> str:
        return table(("", ""), self._rows(), self._title).html


def deploy(session: Session, config: Config, *, dry_run: bool = False, progress: Progress | None = None) -> Deployment:
    """Make the account hold what ``config`` describes, and no more than that.

    Where another config of the project is deployed, this one takes its place; a warning in the log says what the
    campaign will then answer otherwise.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        dry_run: only plan; nothing is written.
        progress: called with each :class:`Change` once it is made.

    Raises:
        DeployError: the region lacks Personalize, or AWS refuses something; says what and what to do.
        NotOursError: something of a wanted name was not made by this project.
        LocalAwsError: its data are in another data directory than the embedded AWS that runs.
    """
    require_same_data(session, config.project)
    wanted = blueprint(session, config)
    changes = plan(session, config, wanted)
    if not dry_run:
        if answers := answers_otherwise(changes):
            notice(logger, f"{config.project}: {answers}")
        for note in deployment_notes(session, config):
            notice(logger, f"{config.project}: {note}")
        if any(change.action != "create" for change in changes):
            for left in left_over(session, config):
                notice(logger, f"{config.project}: not in the config any more: {left}; prune() removes it")
        apply(session, changes, progress)
        remember_project(session, config.project)
    return _deployment(session, config, wanted, changes, dry_run=dry_run)


def destroy(
    session: Session,
    config: Config,
    *,
    dry_run: bool = False,
    infrastructure_only: bool = False,
    progress: Progress | None = None,
) -> Changes:
    """Remove the project's Personalize resources, then all that :func:`deploy` made, and nothing else.

    First :func:`personalize_sfn.clean_up` deletes what the project has in Personalize, for campaigns are billed until
    they are deleted, and the workflow that deletes them is part of what goes.  A bucket that the config names stays,
    with its data; of its policy our statement goes.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        dry_run: only tell what would go, or why nothing can.
        infrastructure_only: leave what is in Personalize; refused while something of it is billed by the hour.
        progress: called with each :class:`Change` of the infrastructure once it is made.

    Returns:
        What was removed, or would be: first the Personalize resources, then the infrastructure.

    Raises:
        DeployError: an execution is running, AWS refuses something, or something that is billed would stay.
        NotOursError: something that is not the project's stands in the way of the clean-up; nothing was removed.
        WorkflowError: the clean-up failed, or is not deployed; the infrastructure is still there.
    """
    from personalize_sfn.clean_up import billed, clean_up, ours

    changes = plan_destroy(session, config)  # before anything is deleted: it refuses while an execution runs
    if infrastructure_only:
        found: list[Found] = []
        if costing := billed(ours(session, config)):
            raise DeployError(
                f"{', '.join(map(str, costing))} would go on being billed by the hour, and nothing would be left that "
                "deletes it: call destroy(session, config) without infrastructure_only, or clean_up(session, config) "
                "first. Nothing was removed"
            )
    else:
        found = clean_up(session, config, dry_run=dry_run)
    if not dry_run:
        changes = plan_destroy(session, config) if found else changes
        apply(session, changes, progress)
        forget_project(session, config.project)
    return Changes([*(_removal(each) for each in found), *changes])


def _removal(found: Found) -> Change:
    """A Personalize resource among the changes; the clean-up workflow is what deletes it."""
    return Change(action="delete", kind="Personalize resource", name=found.name, sentence=f"delete {found}", steps=())


def describe(session: Session, config: Config) -> Deployment | None:
    """The deployment of ``config``, or None when its main state machine is not there."""
    from personalize_sfn.deploy.machines import is_deployed

    with reading("look at what is deployed"):
        if not is_deployed(session, config, config.name("main")):
            return None
    return _deployment(session, config, blueprint(session, config), [])


def _deployment(
    session: Session, config: Config, wanted: Blueprint, changes: list[Change], *, dry_run: bool = False
) -> Deployment:
    return Deployment(
        state_machine_arns={key: session.arns.state_machine(config.name(key)) for key in wanted.definitions},
        function_arns={key: session.arns.function(config.name(key)) for key in wanted.packages},
        role_arns=wanted.role_arns,
        bucket=config.bucket_name(session.region, session.account_id),
        changes=tuple(changes),
        dry_run=dry_run,
    )
