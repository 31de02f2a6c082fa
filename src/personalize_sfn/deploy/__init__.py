"""Put the roles, bucket, functions and state machines of a pipeline into an account, and take them out again.

First a plan is made, which only reads; then it is applied, which only writes.  Running it twice changes nothing:

    >>> deployment = deploy(session, config)                     # doctest: +SKIP
    >>> deploy(session, config, dry_run=True).changes            # doctest: +SKIP
    ()
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from personalize_sfn.config import Config
from personalize_sfn.deploy.apply import Progress, apply
from personalize_sfn.deploy.caller import caller_policy
from personalize_sfn.deploy.changes import Change, reading
from personalize_sfn.deploy.plan import Blueprint, blueprint, plan, plan_destroy
from personalize_sfn.session import Session

__all__ = ["Change", "Deployment", "apply", "caller_policy", "deploy", "describe", "destroy", "plan", "plan_destroy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where a pipeline is.  Keys are names without the project's: ``main``, ``create-campaign``, ``lambda``."""

    state_machine_arns: Mapping[str, str]
    function_arns: Mapping[str, str]
    role_arns: Mapping[str, str]
    """``step_functions``, ``lambda``, ``personalize``."""
    bucket: str
    changes: tuple[Change, ...] = field(default=(), compare=False)
    """What was changed; after a dry run, what would be."""


def deploy(session: Session, config: Config, *, dry_run: bool = False, progress: Progress | None = None) -> Deployment:
    """Make the account hold what ``config`` describes, and no more than that.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        dry_run: only plan; nothing is written.
        progress: called with each :class:`Change` once it is made.

    Raises:
        DeployError: the region lacks Personalize, or AWS refuses something; says what and what to do.
        NotOursError: something of a wanted name was not made by this project.
    """
    wanted = blueprint(session, config)
    changes = plan(session, config, wanted)
    if not dry_run:
        apply(session, changes, progress)
    return _deployment(session, config, wanted, changes)


def destroy(
    session: Session, config: Config, *, dry_run: bool = False, progress: Progress | None = None
) -> list[Change]:
    """Remove all that :func:`deploy` made and nothing else; returns what was removed, or would be.

    Personalize's own resources (campaigns cost money) are not part of it: use
    :func:`personalize_sfn.clean_up.clean_up` first.
    A bucket that the config names stays, with its data; of its policy our statement goes.

    Raises:
        DeployError: an execution is running, or AWS refuses something.
    """
    changes = plan_destroy(session, config)
    if not dry_run:
        apply(session, changes, progress)
    return changes


def describe(session: Session, config: Config) -> Deployment | None:
    """The deployment of ``config``, or None when its main state machine is not there."""
    from personalize_sfn.deploy.machines import is_deployed

    with reading("look at what is deployed"):
        if not is_deployed(session, config, config.name("main")):
            return None
    return _deployment(session, config, blueprint(session, config), [])


def _deployment(session: Session, config: Config, wanted: Blueprint, changes: list[Change]) -> Deployment:
    return Deployment(
        state_machine_arns={key: session.arns.state_machine(config.name(key)) for key in wanted.definitions},
        function_arns={key: session.arns.function(config.name(key)) for key in wanted.packages},
        role_arns=wanted.role_arns,
        bucket=config.bucket_name(session.region, session.account_id),
        changes=tuple(changes),
    )
