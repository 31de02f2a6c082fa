"""What a data directory keeps of moto's IAM, Lambda and Logs: each kind of resource as a document, and as it was again.

Not kept: users, groups and their keys, instance profiles, credentials that STS gave out (they end by themselves, and
roles are assumed anew), entries and resource policies of logs, event source mappings, event invoke configs and URLs of
functions.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from personalize_sfn.local.aws.iam import PARTITION

__all__ = ["KINDS", "KeptKind", "KeptResource"]

log = logging.getLogger(__name__)

_Document = dict[str, Any]


class KeptResource(NamedTuple):
    """``code`` is a zip, for kinds that have one."""

    arn: str
    document: _Document
    code: bytes = b""


@dataclass(frozen=True, slots=True)
class KeptKind:
    """Resources of one table of a data directory."""

    table: str
    found: Callable[[str], Iterator[KeptResource]]
    """All of an account."""
    restore: Callable[[str, str, _Document, bytes], None]
    """Into the empty backend: account, ARN, document, code."""
    has_code: bool = False


def _set(target: Any, names: tuple[str, ...], document: Mapping[str, Any]) -> None:
    for name in names:
        setattr(target, name, document[name])


def _plain(source: Any, names: tuple[str, ...]) -> _Document:
    return {name: getattr(source, name) for name in names}


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# --- IAM ------------------------------------------------------------------------------------------------------------

_POLICY = ("id", "description", "path", "name", "tags", "default_version_id", "next_version_num")
_ROLE = (
    *("id", "name", "assume_role_policy_document", "path", "permissions_boundary_arn", "description", "tags"),
    *("max_session_duration", "_linked_service", "policies"),
)


def _iam(account: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account][PARTITION]


def _policies(account: str) -> Iterator[KeptResource]:
    from moto.iam.models import AWSManagedPolicy

    for policy in list(_iam(account).managed_policies.values()):
        if not isinstance(policy, AWSManagedPolicy):
            versions = [[each.version_id, each.document, each.create_date.isoformat()] for each in policy.versions]
            times = {name: getattr(policy, name).isoformat() for name in ("create_date", "update_date")}
            yield KeptResource(policy.arn, {**_plain(policy, _POLICY), **times, "versions": versions})


def _restore_policy(account: str, arn: str, document: _Document, _: bytes) -> None:
    from moto.iam.models import ManagedPolicy, PolicyVersion

    made = ManagedPolicy(document["name"], account_id=account, region=PARTITION, path=document["path"], document="{}")
    _set(made, _POLICY, document)
    made.versions = [
        PolicyVersion(arn, text, version == document["default_version_id"], version, _time(created))
        for version, text, created in document["versions"]
    ]
    made.create_date, made.update_date = _time(document["create_date"]), _time(document["update_date"])
    _iam(account).managed_policies[made.arn] = made


def _roles(account: str) -> Iterator[KeptResource]:
    for role in list(_iam(account).roles.values()):
        more = {"created": role.create_date.isoformat(), "attached": sorted(role.managed_policies)}
        yield KeptResource(role.arn, {**_plain(role, _ROLE), **more})


def _restore_role(account: str, _: str, document: _Document, __: bytes) -> None:
    from moto.iam.models import Role

    backend = _iam(account)
    made = Role(
        account_id=account,
        partition=PARTITION,
        role_id=document["id"],
        name=document["name"],
        assume_role_policy_document="",
        path=document["path"],
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration=None,
    )
    _set(made, _ROLE, document)
    made.create_date = _time(document["created"])
    for arn in document["attached"]:
        policy = backend.managed_policies.get(arn)
        if policy is None:  # deleted while it was attached, which earlier versions accepted; AWS's own go as well
            log.warning("role %s: its policy %s is not there; the role is kept without it", made.name, arn)
        else:
            policy.attach_to(made)
    backend.roles[made.id] = made


# --- Lambda ---------------------------------------------------------------------------------------------------------

_FUNCTION = (
    *("handler", "role", "run_time", "environment_vars", "state", "reserved_concurrency", "description"),
    *("memory_size", "package_type", "kms_key_arn", "timeout", "layers", "tracing_config", "architectures"),
    *("ephemeral_storage", "_vpc_config", "version", "last_modified", "code_or_config_updated", "function_arn"),
    *("tags", "code_size", "code_sha_256", "function_name"),
)
_LAYER = (
    *("description", "compatible_architectures", "compatible_runtimes", "license_info", "created_date", "version"),
    *("code_size", "code_sha_256", "name"),
)


def _lambdas(account: str) -> Any:
    """By region, those that were asked for; of moto's two kinds the one that runs nothing itself."""
    from moto.awslambda_simple.models import lambda_simple_backends

    return lambda_simple_backends[account]


def _lambda(account: str, arn: str) -> Any:
    return _lambdas(account)[arn.split(":")[3]]


def _policy_of(source: Any) -> _Document:
    return {"statements": source.policy.statements, "policy_revision": source.policy.revision}


def _functions(account: str) -> Iterator[KeptResource]:
    for backend in list(_lambdas(account).values()):
        for kept in list(backend._lambdas._functions.values()):
            for function in (kept["latest"], *kept["versions"]):
                aliases = backend._lambdas._aliases.get(function.function_arn, {})
                more = {"aliases": [_alias(each) for each in aliases.values()], **_policy_of(function)}
                code = getattr(function, "code_bytes", b"")
                yield KeptResource(function.function_arn, {**_plain(function, _FUNCTION), **more}, code)


_ALIAS = ("name", "function_version", "description", "routing_config", "revision_id")


def _alias(alias: Any) -> _Document:
    return _plain(alias, _ALIAS)


def _restore_function(account: str, arn: str, document: _Document, code: bytes) -> None:
    from moto.awslambda.models import LambdaAlias, LambdaFunction

    backend, name = _lambda(account, arn), document["function_name"]
    spec = {"FunctionName": name, "Role": document["role"], "Code": {}}
    made = LambdaFunction(account_id=account, spec=spec, region=backend.region_name, version=document["version"])
    _set(made, _FUNCTION, document)
    made.code_bytes, made.code_digest = code, f"sha256:{document['code_sha_256']}"
    made.code = {"UUID": "kept", "S3Key": f"{name}-kept"}
    made.policy.statements, made.policy.revision = document["statements"], document["policy_revision"]
    functions = backend._lambdas._functions.setdefault(name, {"latest": None, "versions": []})
    if made.version == "$LATEST":
        functions["latest"] = made
    else:
        functions["versions"] = sorted([*functions["versions"], made], key=lambda each: int(each.version))
    backend._lambdas._arns[made.function_arn] = made
    for each in document["aliases"]:
        alias = LambdaAlias(account, backend.region_name, each["name"], name, "", "", "")
        _set(alias, _ALIAS, each)
        backend._lambdas._aliases[arn][alias.name] = alias


def _layers(account: str) -> Iterator[KeptResource]:
    for backend in list(_lambdas(account).values()):
        for layer in list(backend._layers._layers.values()):
            for version in list(layer.layer_versions.values()):
                more = {"latest": layer._latest_version, **_policy_of(version)}
                yield KeptResource(version.arn, {**_plain(version, _LAYER), **more}, version.code_bytes)


def _restore_layer(account: str, arn: str, document: _Document, code: bytes) -> None:
    from moto.awslambda.models import Layer, LayerVersion

    backend, name = _lambda(account, arn), document["name"]
    made = LayerVersion({"LayerName": name, "Content": {"ZipFile": ""}}, account, backend.region_name)
    layer = backend._layers._layers.setdefault(name, Layer(made))
    made.attach(layer, document["version"])
    _set(made, _LAYER, document)
    made.code_bytes, made.code_digest = code, f"sha256:{document['code_sha_256']}"
    made.policy.statements, made.policy.revision = document["statements"], document["policy_revision"]
    layer.layer_versions[str(made.version)] = made
    layer._latest_version = document["latest"]


# --- Logs -----------------------------------------------------------------------------------------------------------


def _log_groups(account: str) -> Iterator[KeptResource]:
    from moto.logs.models import logs_backends

    for backend in list(logs_backends[account].values()):
        for group in list(backend.groups.values()):
            document = {
                "name": group.name,
                "created": group.creation_time.isoformat(),
                "retention": group.retention_in_days,
                "key": group.kms_key_id,
                "tags": backend.list_tags_for_resource(group.arn),
            }
            yield KeptResource(group.arn, document)


def _restore_log_group(account: str, arn: str, document: _Document, _: bytes) -> None:
    from moto.logs.models import logs_backends

    backend = logs_backends[account][arn.split(":")[3]]
    group = backend.create_log_group(document["name"], document["tags"], kmsKeyId=document["key"])
    group.creation_time, group.retention_in_days = _time(document["created"]), document["retention"]


KINDS = (
    KeptKind("policies", _policies, _restore_policy),
    KeptKind("roles", _roles, _restore_role),
    KeptKind("layers", _layers, _restore_layer, has_code=True),
    KeptKind("functions", _functions, _restore_function, has_code=True),
    KeptKind("log_groups", _log_groups, _restore_log_group),
)
"""In the order in which they are restored: what others name comes first."""
