"""Decide what is to be done.  Reads only: what a plan says is carried out by :mod:`personalize_sfn.deploy.apply`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from personalize_sfn.config import Config
from personalize_sfn.deploy import bucket, functions, machines, policies, roles
from personalize_sfn.deploy.changes import Change, reading
from personalize_sfn.deploy.packages import Package, packages
from personalize_sfn.deploy.role_arns import function_role, require_own_account, role_arns
from personalize_sfn.deploy.summary import Changes
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session

__all__ = ["Blueprint", "blueprint", "plan", "plan_destroy"]

#: Reads and writes at a time; boto3 keeps ten connections a client.
PARALLEL = 8
SERVICES = ("iam", "lambda", "logs", "s3", "stepfunctions", "sts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What is to be deployed, made from the config alone; keys are names without the project."""

    packages: dict[str, Package]
    definitions: dict[str, dict[str, object]]
    role_arns: dict[str, str]


def blueprint(session: Session, config: Config) -> Blueprint:
    """The code, definitions and role ARNs that ``config`` asks for in the session's account.

    Only functions that a definition invokes are among the code.
    """
    from personalize_sfn import workflows

    states = workflows.definitions(config, session.arns)
    definitions = {key: workflows.to_dict(state) for key, state in states.items()}
    return Blueprint(
        packages=packages(workflows.functions(config, definitions.values())),
        definitions=definitions,
        role_arns=role_arns(config, session.arns),
    )


def plan(session: Session, config: Config, wanted: Blueprint | None = None) -> Changes:
    """What to change so that the account holds what ``config`` describes; empty when it does.

    What a campaign will answer otherwise comes first.

    Args:
        session: the AWS to look at.
        config: the pipeline.
        wanted: its :func:`blueprint`, if there is one already.

    Raises:
        DeployError: Personalize is not offered in the region, the bucket cannot be used, or AWS refuses a read.
        NotOursError: something of a wanted name was not made by this project.
    """
    require_region(session)
    require_own_account(config, session.arns)
    make_clients(session, SERVICES)
    with reading("look at what is deployed"):
        wanted = blueprint(session, config) if wanted is None else wanted
        log_groups = functions.list_log_groups(session, config)
        wanted_roles = policies.roles(
            config,
            session.arns,
            functions=wanted.packages,
            machines=(key for key in wanted.definitions if key != "main"),
        )
        machine_role = wanted.role_arns["step_functions"]
        changes = _gather(
            [
                lambda: bucket.plan_bucket(session, config),
                *(lambda role=role: roles.plan_role(session, config, role) for role in wanted_roles),
                *(
                    lambda name=name, package=package: functions.plan_function(
                        session, config, package, wanted.role_arns[function_role(name)], log_groups
                    )
                    for name, package in wanted.packages.items()
                ),
                *(
                    lambda key=key, definition=definition: machines.plan_machine(
                        session, config, config.name(key), definition, machine_role
                    )
                    for key, definition in wanted.definitions.items()
                ),
            ]
        )
        return Changes(sorted(changes, key=lambda change: not change.answers))


def plan_destroy(session: Session, config: Config) -> Changes:
    """What to remove so that nothing is left of what deploy made; what does not carry our tag is not touched.

    Functions and state machines are found by their names' prefix, so that those of an older version of this package go
    too, and state machines of other names by their tag: workflows that people made of the project's stages.  Roles that
    the config gives by ARN and a bucket that it names stay.

    Raises:
        DeployError: an execution is running, or AWS refuses a read.
    """
    make_clients(session, SERVICES)
    with reading("look at what is deployed"):
        log_groups = functions.list_log_groups(session, config)
        function_names = {*functions.list_functions(session, config), *map(functions.function_of, log_groups)}
        made_roles = policies.roles(config, session.arns, functions=(), machines=())
        return _gather(
            [
                *(
                    lambda name=name: machines.plan_destroy_machine(session, config, name)
                    for name in machines.list_machines(session, config)
                ),
                *(
                    lambda name=name: functions.plan_destroy_function(session, config, name, log_groups)
                    for name in sorted(function_names)
                ),
                *(lambda role=role: roles.plan_destroy_role(session, config, role.name) for role in made_roles),
                *(
                    lambda name=name: roles.plan_destroy_old_role(session, config, name)
                    for name in roles.old_role_names(config, session.arns)
                ),
                lambda: bucket.plan_destroy_bucket(session, config),
            ]
        )


def require_region(session: Session) -> None:
    """Personalize is in few regions; better to know before anything is made.

    Raises:
        DeployError: the installed boto3 does not list the region for Personalize.
    """
    partition = session.arns.partition
    offered: Sequence[str] = session.boto_session.get_available_regions("personalize", partition_name=partition)
    if session.region not in offered:
        raise DeployError(
            f"Amazon Personalize is not offered in {session.region}, as far as the installed boto3 knows: "
            f"choose one of {', '.join(sorted(offered))}"
        )


def make_clients(session: Session, services: Iterable[str]) -> None:
    """Make the clients before threads share them: a boto3 client is safe for threads, the making of one is not.

    Source: https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    """
    for service in services:
        session.client(service)


def _gather(reads: Iterable[Callable[[], list[Change]]]) -> Changes:
    """The results of ``reads`` in their order, several at a time; the first error stops it."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        return Changes(change for changes in list(pool.map(lambda read: read(), reads)) for change in changes)
