"""moto, which answers for every service that is not ours: configured, made ready, emptied."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from personalize_sfn.botocore_sessions import bare_botocore_session, botocore_loader
from personalize_sfn.local.aws.s3_access import judge_once
from personalize_sfn.local.moto.forgotten_tags import forget_tags_with_resources
from personalize_sfn.local.moto.forwarded import NO_FORM, execute_what_was_judged
from personalize_sfn.local.moto.large_objects import keep_parts_on_disk
from personalize_sfn.local.moto.log_group_keys import change_keys_of_log_groups
from personalize_sfn.local.moto.policy_deletion import refuse_to_delete_policies_in_use

__all__ = ["make_backend", "reset_backends"]


def make_backend() -> Any:
    """The WSGI application of all of moto's services; each is loaded when it is first used."""
    from moto.core.config import default_user_config
    from moto.moto_server import werkzeug_app

    from personalize_sfn.local.moto.dispatch import Dispatcher

    _read_nothing_of_the_users()
    werkzeug_app.DISABLE_GLOBAL_CORS = True  # else each page's Origin is let in by the answer's headers
    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["iam"] = {"load_aws_managed_policies": True}
    _load_managed_policies(True)
    execute_what_was_judged()
    _build_routers_one_at_a_time()
    # An object's type is what its owner says: without this one that is typed as a form is kept without its content.
    werkzeug_app.BackendRequest.want_form_data_parsed = property(
        lambda request: (
            request.method != "PUT"
            and bool(request.environ.get("CONTENT_TYPE"))
            and not request.environ.get(NO_FORM, False)
        )
    )

    def create(service: str) -> Any:
        application = werkzeug_app.create_backend_app(service)
        for prepare in _ON_FIRST_USE.get(service, ()):
            prepare()
        return application

    return Dispatcher(create)


def _read_nothing_of_the_users() -> None:
    """moto asks boto3 for the names of services and regions, and boto3 fails when AWS_PROFILE names no profile."""
    import boto3
    from moto.core import base_backend, utils

    base_backend.Session = lambda: boto3.Session(botocore_session=bare_botocore_session())
    utils.Session = bare_botocore_session
    utils.create_loader = botocore_loader


def _build_routers_one_at_a_time() -> None:
    """Threads that build the router of one service at the same time share botocore's model of it, which fills itself
    without a lock: now and then one of them met an ``OperationModel`` without ``http_trait``, and its caller a 500."""
    from moto.core.routing import ServiceOperationRouter

    if hasattr(ServiceOperationRouter._get_router, "original"):
        return
    original, lock = ServiceOperationRouter._get_router, threading.Lock()

    def router(service: Any, protocol: str) -> Any:
        if protocol in service._routers:
            return service._routers[protocol]
        with lock:
            return original(service, protocol)

    router.original = original  # type: ignore[attr-defined]
    ServiceOperationRouter._get_router = router


def _run_no_functions_in_docker() -> None:
    """moto runs functions of S3, SNS and others in Docker, and swallows or raises what becomes of that."""
    from moto.awslambda.models import LambdaFunction

    LambdaFunction.invoke = lambda *_, **__: ""


def _deliver_only_what_arrives() -> None:
    """What was taken though nothing comes of it (see ``inert.py``) must not break what does come.

    moto stops at the first target of a rule to which it cannot deliver (``events/models.py``, ``send_to_targets``).
    """
    import copy

    from moto.events.models import Rule

    from personalize_sfn.local.schedules.inert import delivers

    send = getattr(Rule.send_to_targets, "original", Rule.send_to_targets)

    def send_where_it_arrives(rule: Any, *arguments: Any, **more: Any) -> None:
        reached = copy.copy(rule)
        reached.targets = [target for target in rule.targets if target["Arn"].count(":") < 6 or delivers(target["Arn"])]
        send(reached, *arguments, **more)

    send_where_it_arrives.original = send  # type: ignore[attr-defined]
    Rule.send_to_targets = send_where_it_arrives


_S3 = (judge_once, keep_parts_on_disk, partial(forget_tags_with_resources, "s3"))
_ON_FIRST_USE: dict[str, tuple[Callable[[], None], ...]] = {
    "s3": _S3,
    "s3bucket_path": _S3,
    "awslambda": (_run_no_functions_in_docker,),
    "events": (_deliver_only_what_arrives,),
    "iam": (refuse_to_delete_policies_in_use,),
    "logs": (partial(forget_tags_with_resources, "logs"), change_keys_of_log_groups),
}
"""What is corrected of a service of moto before it answers for the first time: each imports much."""


def _load_managed_policies(wanted: bool) -> None:
    """AWS's own policies (1,500 of them, 0.14 s) only where they are used: in partition ``aws``, and not by a reset.

    moto makes an IAM backend for each of six partitions to look up a key, and makes each anew to forget it.  What it
    reads once serves every account and every embedded AWS of the process: each gets copies to attach and count.
    """
    from moto.iam.models import IAMBackend

    original = getattr(IAMBackend._init_aws_policies, "original", IAMBackend._init_aws_policies)

    def policies(backend: Any) -> Any:
        if not wanted or backend.region_name != "aws":
            return []
        if not _managed_policies:
            _managed_policies[:] = original(backend)
        return [_copy_for(backend.account_id, policy) for policy in _managed_policies]

    policies.original = original  # type: ignore[attr-defined]
    IAMBackend._init_aws_policies = policies


_managed_policies: list[Any] = []


def _copy_for(account: str, policy: Any) -> Any:
    versions = [_copied(version) for version in policy.versions]
    return _copied(policy, account_id=account, tags={}, versions=versions)


def _copied(it: Any, **changed: Any) -> Any:
    """What ``copy.copy`` makes of a plain object, ten times as fast."""
    own = object.__new__(type(it))
    vars(own).update(vars(it), **changed)
    return own


def reset_backends() -> None:
    """Forget everything in every service, account and region: moto's state is the process's."""
    from moto.core.base_backend import BackendDict

    _load_managed_policies(False)
    BackendDict.reset()
    _load_managed_policies(True)
