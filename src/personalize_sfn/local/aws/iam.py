"""Who calls, and what they may do: the identities and policies kept by the IAM backend, evaluated here.

An access key that no user and no assumed role has (the dummy keys of a local session) is the account's owner's, who may
do all.
"""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from personalize_sfn.arns import Arns, parse
from personalize_sfn.botocore_sessions import bare_botocore_session
from personalize_sfn.local.aws.iam_policy import ConditionKeys, Effect, evaluate, matches_principal
from personalize_sfn.local.aws.permission import Decision

__all__ = ["Iam", "Keys", "Principal", "Secret", "owner_of"]

PARTITION = "aws"
_ALLOW_ALL = [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]


class Keys(NamedTuple):
    """Temporary credentials."""

    access_key: str
    secret_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class Secret:
    """What belongs to a known access key."""

    secret_key: str
    token: str = ""
    """Of temporary keys; empty for those that last."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who signed a request."""

    arn: str
    """``arn:aws:iam::123456789012:root`` for the owner; of a user, or of an assumed role's session."""
    account: str
    identity_arn: str = ""
    """ARN of the role or user that carries the policies; empty for the owner."""
    session_policy: Mapping[str, Any] | None = None
    """The policy passed to AssumeRole; it can only take away."""

    @property
    def is_owner(self) -> bool:
        return not self.identity_arn


def owner_of(account: str) -> Principal:
    """The account's owner, who may do all."""
    return Principal(f"arn:{PARTITION}:iam::{account}:root", account)


@dataclass(frozen=True)
class Iam:
    """The account's identities.

    Args:
        account: the account of keys that no one created.
    """

    account: str
    _sessions: dict[str, Principal] = field(default_factory=dict, repr=False)
    _issued: dict[str, Secret] = field(default_factory=dict, repr=False)

    @staticmethod
    def arns(region: str, account: str) -> Arns:
        return Arns(region, account, PARTITION)

    def principal(self, access_key: str) -> Principal:
        """Who the key belongs to."""
        from moto.iam.models import iam_backends

        if access_key in self._sessions:
            return self._sessions[access_key]
        for account, partitions in list(iam_backends.items()):
            key = partitions[PARTITION].access_keys.get(access_key)
            if key is None:
                continue
            if key.user_name is not None:
                user = partitions[PARTITION].get_user(key.user_name)
                return Principal(user.arn, account, user.arn)
            return self._session(access_key, account)
        return owner_of(self.account)

    def secret_of(self, access_key: str) -> Secret | None:
        """The secret of a key that IAM or STS made and that is active; None when there is none."""
        from moto.iam.models import iam_backends
        from moto.sts.models import sts_backends

        if access_key in self._issued:
            return self._issued[access_key]
        for account, partitions in list(iam_backends.items()):
            key = partitions[PARTITION].access_keys.get(access_key)
            if key is None or key.status != "Active":
                continue
            if key.user_name is not None:
                return Secret(key.secret_access_key)
            role = sts_backends[account][PARTITION].get_assumed_role_from_access_key(access_key)
            if role is None:
                return Secret(key.secret_access_key)
            self._issued[access_key] = Secret(key.secret_access_key, role.session_token)
            return self._issued[access_key]
        return None

    def issue(self, who: Principal, policy: Mapping[str, Any] | None = None) -> Keys:
        """Temporary keys of the same identity; ``policy`` can only take away."""
        keys = Keys(f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(120))
        self._issued[keys.access_key] = Secret(keys.secret_key, keys.session_token)
        self._sessions[keys.access_key] = replace(who, session_policy=policy or who.session_policy)
        return keys

    def is_temporary(self, access_key: str) -> bool:
        """Does the key end by itself?"""
        found = self.secret_of(access_key)
        return found is not None and bool(found.token)

    def _session(self, access_key: str, account: str) -> Principal:
        from moto.sts.models import sts_backends

        role = sts_backends[account][PARTITION].get_assumed_role_from_access_key(access_key)
        if role is None:  # GetSessionToken: temporary keys of the owner
            return owner_of(account)
        policy = json.loads(role.policy) if role.policy else None
        self._sessions[access_key] = Principal(role.arn, account, role.role_arn, policy)
        return self._sessions[access_key]

    def assume(self, role_arn: str, session_name: str, region: str) -> Keys:
        """Keys of the role, as STS would give them to the service that runs under it."""
        from moto.sts.models import sts_backends

        account = parse(role_arn).account_id
        role = sts_backends[account][PARTITION].assume_role(
            region_name=region,
            role_session_name=session_name[:64],
            role_arn=role_arn,
            policy=None,
            duration=3600,
            external_id=None,
        )
        return Keys(role.access_key_id, role.secret_access_key, role.session_token)

    def authorize(
        self, who: Principal | str, action: str, resource: str, context: ConditionKeys | None = None
    ) -> Decision:
        """May the principal, or the role of this ARN, do ``action`` on ``resource`` by its identity-based policies?

        Permissions boundaries and session policies only take away; an explicit deny anywhere refuses.
        """
        if isinstance(who, str):
            who = Principal(who, parse(who).account_id, who)
        if who.is_owner:
            return Decision(True)
        effect = self.identity_effect(who, action, resource, self.context_of(who) | dict(context or {}))
        if effect == "allow":
            return Decision(True)
        if effect == "deny":
            return Decision(False, "with an explicit deny in an identity-based policy", explicit=True)
        return Decision(False, f"because no identity-based policy allows the {action} action")

    def identity_effect(self, who: Principal, action: str, resource: str, context: ConditionKeys) -> Effect:
        """The combined effect of identity policies, boundary and session policy."""
        policies, boundary = self._policies(who.identity_arn)
        limits = [[boundary] if boundary else _ALLOW_ALL, [who.session_policy] if who.session_policy else _ALLOW_ALL]
        effects = [evaluate(documents, action, resource, context) for documents in (policies, *limits)]
        if "deny" in effects:
            return "deny"
        return "allow" if all(effect == "allow" for effect in effects) else "none"

    @staticmethod
    def context_of(who: Principal) -> dict[str, str | list[str]]:
        """Condition keys that every request has: ours counts as encrypted, for it never leaves the machine.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        now = datetime.now(UTC)
        kind = "Account" if who.is_owner else "User" if ":user/" in who.identity_arn else "AssumedRole"
        keys: dict[str, str | list[str]] = {
            "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "aws:EpochTime": str(int(now.timestamp())),
            "aws:PrincipalArn": who.identity_arn or who.arn,
            "aws:PrincipalAccount": who.account,
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalType": kind,
            "aws:ResourceAccount": who.account,
            "aws:SecureTransport": "true",
            "aws:SourceIp": "127.0.0.1",
            "aws:ViaAWSService": "false",
        }
        return keys | ({"aws:username": parse(who.arn).name} if kind == "User" else {})

    def _policies(self, identity_arn: str) -> tuple[list[Mapping[str, Any]], Mapping[str, Any] | None]:
        """The documents of a role or user (and its groups), and its permissions boundary; none when it is gone."""
        from moto.iam.exceptions import NotFoundException
        from moto.iam.models import iam_backends

        arn = parse(identity_arn)
        backend = iam_backends[arn.account_id][PARTITION]
        try:
            if arn.resource.startswith("user/"):
                identity = backend.get_user(arn.name)
                holders = [identity, *backend.get_groups_for_user(arn.name)]
            else:
                identity = backend.get_role_by_arn(identity_arn)
                holders = [identity]
        except NotFoundException:
            return [], None
        texts = [text for holder in holders for text in holder.policies.values()]
        texts += [_managed(policy) for holder in holders for policy in holder.managed_policies.values()]
        boundary_arn = getattr(identity, "permissions_boundary_arn", None)
        boundary = _document(_managed(backend.get_policy(boundary_arn))) if boundary_arn else None
        return [_document(text) for text in texts], boundary

    def boundary_arn(self, identity_arn: str) -> str:
        """ARN of the permissions boundary of a role or user; empty when it has none, or is not there."""
        from moto.iam.models import iam_backends

        backend = iam_backends[self.account][PARTITION]
        for identity in (*list(backend.roles.values()), *list(backend.users.values())):
            if identity.arn == identity_arn:
                return str(getattr(identity, "permissions_boundary_arn", None) or "")
        return ""

    def role_trusts(
        self, role_arn: str, service: str, context: ConditionKeys | None = None, *, region: str = ""
    ) -> bool:
        """Does the role exist, and does its trust policy let the service assume it?

        Step Functions may be trusted by the principal of ``region`` too (``states.us-east-1.amazonaws.com``), or of any
        region when it is not given.
        ``context`` are the condition keys that the service sends (``aws:SourceAccount``, ``aws:SourceArn``).  Where the
        caller does not know for which resource the service acts, conditions on ``aws:SourceArn`` are not looked at.
        """
        document = self.trust_policy(role_arn)
        if document is None:
            return False
        statements = [s for s in _statements(document) if matches_principal(s, "Service", _principals(service, region))]
        arn = parse(role_arn)
        known: ConditionKeys = {"aws:SourceAccount": arn.account_id, **(context or {})}
        if "aws:SourceArn" not in known:
            statements = [_without_source_arn(statement) for statement in statements]
        return evaluate([{"Statement": statements}], "sts:AssumeRole", role_arn, known) == "allow"

    def role_trusts_principal(self, role_arn: str, names: Set[str], context: ConditionKeys) -> bool:
        """Does the role's trust policy let one of these (ARNs of users, roles, accounts) assume it?"""
        document = self.trust_policy(role_arn)
        statements = [s for s in _statements(document or {}) if matches_principal(s, "AWS", names)]
        return evaluate([{"Statement": statements}], "sts:AssumeRole", role_arn, context) == "allow"

    def trust_policy(self, role_arn: str) -> Mapping[str, Any] | None:
        """The role's trust policy; None when there is no such role."""
        from moto.iam.exceptions import NotFoundException
        from moto.iam.models import iam_backends

        try:
            arn = parse(role_arn)
            role = iam_backends[arn.account_id][PARTITION].get_role_by_arn(role_arn)
        except (NotFoundException, ValueError):
            return None
        return _document(role.assume_role_policy_document)

    def role_arn(self, account: str, name: str) -> str:
        """ARN of the role of that name, with its path; that of the default path when there is none."""
        from moto.iam.models import iam_backends

        for role in iam_backends[account][PARTITION].roles.values():
            if role.name == name:
                return str(role.arn)
        return f"arn:{PARTITION}:iam::{account}:role/{name}"


@functools.cache
def _principals(service: str, region: str) -> list[str]:
    """The names under which a trust policy may mean ``service`` (``states.amazonaws.com``)."""
    name = service.removesuffix(".amazonaws.com")
    if name != "states":
        return [service]
    regions = [region] if region else bare_botocore_session().get_available_regions("stepfunctions")
    return [service, *(f"{name}.{each}.amazonaws.com" for each in regions)]


def _managed(policy: Any) -> Any:
    """The text of a managed policy's default version."""
    versions = [version for version in policy.versions if version.version_id == policy.default_version_id]
    return versions[0].document


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _document(text: Any) -> Mapping[str, Any]:
    if isinstance(text, Mapping):
        return text
    value = str(text)
    loaded: Mapping[str, Any] = json.loads(unquote(value) if value.startswith("%7B") else value)
    return loaded


def _without_source_arn(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    conditions = {
        operator: {key: value for key, value in keys.items() if key.lower() != "aws:sourcearn"}
        for operator, keys in statement.get("Condition", {}).items()
    }
    return {**statement, "Condition": conditions}
