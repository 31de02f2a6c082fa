"""Asks IAM about every request, and keeps the record of what was asked: policies are tested against it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from personalize_sfn.local.aws.iam import Iam, Principal
from personalize_sfn.local.aws.iam_policy import UNKNOWN, ConditionKeys
from personalize_sfn.local.aws.kms_permissions import s3_key_permissions, states_key_permissions
from personalize_sfn.local.aws.permission import Decision, Permission
from personalize_sfn.local.aws.permissions import required_permissions
from personalize_sfn.local.aws.request import Request
from personalize_sfn.local.aws.resource_tags import condition_keys, stored_tags
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.aws.s3_access import bucket_effect

__all__ = ["AuthorizationRecord", "Authorizer"]

# What AWS lets anybody do: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_FREE = ("sts:GetCallerIdentity",)
_OWNERS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


@dataclass(frozen=True, slots=True)
class AuthorizationRecord:
    """One thing that a principal was allowed to do, or not."""

    principal: str
    """ARN of the role or user; ``...:root`` for the account's owner."""
    action: str
    """``personalize:CreateCampaign``."""
    resource: str
    allowed: bool

    @property
    def service(self) -> str:
        return self.action.partition(":")[0]


MAX_RECORDS = 1_000_000
"""A background process may run for weeks: the oldest records go."""


class KnowsPermissions(Protocol):
    """A service that knows itself what its requests need: Personalize."""

    def permissions(self, request: Request, principal: Principal) -> list[Permission]:
        """The actions and resources of a request."""

    def tags(self, arn: str) -> Mapping[str, str]:
        """The tags of a resource."""


class KnowsMachines(Protocol):
    """Step Functions."""

    def tags(self, arn: str) -> Mapping[str, str]:
        """The tags of a resource; those of an execution's machine."""

    def key_and_role(self, arn: str) -> tuple[Mapping[str, Any], str]:
        """The encryption configuration and the role of a machine; empty for none."""


class Authorizer:
    """Authorisation of one embedded AWS.

    Args:
        iam: the identities.
        personalize: gives the Personalize service, when it is loaded.
        states: gives Step Functions, when it is loaded.
    """

    def __init__(
        self, iam: Iam, personalize: Callable[[], KnowsPermissions], states: Callable[[], KnowsMachines]
    ) -> None:
        self.iam = iam
        self._personalize = personalize
        self._states = states
        self.records: deque[AuthorizationRecord] = deque(maxlen=MAX_RECORDS)
        self._lock = threading.Lock()

    def decide(
        self, who: Principal | str, action: str, resource: str, context: ConditionKeys | None = None
    ) -> Decision:
        """As :meth:`Iam.authorize`, with the resource's tags as condition keys, and recorded."""
        keys = {**(context or {}), **condition_keys(resource, self._tags_of)}
        decision = Decision(True) if action in _FREE else self.iam.authorize(who, action, resource, keys)
        self._record(who, action, resource, decision.allowed)
        if decision.allowed and action.startswith("s3:"):
            for each in s3_key_permissions(self.iam.account, action, resource):
                decision = self.iam.authorize(who, each.action, each.resource, each.context)
                self._record(who, each.action, each.resource, decision.allowed)
                if not decision.allowed:
                    return decision
        return decision

    def role_trusts(self, role_arn: str, service: str, *, region: str = "") -> bool:
        """As :meth:`Iam.role_trusts`."""
        return self.iam.role_trusts(role_arn, service, region=region)

    def _record(self, who: Principal | str, action: str, resource: str, allowed: bool) -> None:
        resource = _shown(resource)
        name = who if isinstance(who, str) else who.identity_arn or who.arn
        with self._lock:
            self.records.append(AuthorizationRecord(name, action, resource, allowed))

    def authorize(self, request: Request, who: Principal) -> None:
        """Refuse the request unless everything that it needs is allowed.

        Raises:
            AwsError: AccessDeniedException (AccessDenied in S3, IAM and STS), HTTP 403.
        """
        if request.service not in ("s3", "personalize") and not request.operation and not who.is_owner:
            text = f"User: {who.arn} is not authorized to perform {request.name}: it is no operation of that service"
            raise AwsError("AccessDeniedException", text, 403)
        for permission in self._permissions(request, who):
            decision = self._s3(permission, who) if permission.bucket else self._any_form(permission, who)
            if not decision.allowed:
                raise _refusal(request, who.arn, permission, decision)
        if request.service == "states":
            self._use_key_of_machine(request, who)

    def _use_key_of_machine(self, request: Request, who: Principal) -> None:
        """The caller looks at what a key encrypts, the machine's role runs what it encrypts."""
        of_caller, role, of_role = states_key_permissions(request, who.account, self._states().key_and_role)
        for name, asked, permissions in ((who.arn, who, of_caller), (role, role, of_role)):
            for each in permissions:
                decision = self.decide(asked, each.action, each.resource, each.context)
                if not decision.allowed:
                    raise _refusal(request, name, each, decision)

    def _permissions(self, request: Request, who: Principal) -> list[Permission]:
        if request.service == "personalize":
            return self._personalize().permissions(request, who)
        found = required_permissions(request, who, self.iam)
        if request.service != "s3":
            return found
        in_parts = not {"uploadId", "uploads"}.isdisjoint(request.query)
        looks = request.method == "HEAD" and request.headers.get("x-amz-checksum-mode", "").upper() != "ENABLED"
        asked = [] if looks else [each for each in found if each.bucket]
        return [
            *found,
            *(
                key
                for each in asked
                for key in s3_key_permissions(
                    who.account, each.action, each.resource, request.headers, in_parts=in_parts
                )
            ),
        ]

    def _any_form(self, permission: Permission, who: Principal) -> Decision:
        """Allowed on any of the forms in which AWS accepts the resource, denied on none; recorded as what decided."""
        forms = (permission.resource, *permission.other_forms)
        if permission.action in _FREE or who.is_owner:
            self._record(who, permission.action, permission.resource, True)
            return Decision(True)
        decisions = [
            self.iam.authorize(who, permission.action, form, self._context(permission, form)) for form in forms
        ]
        denied = [each for each in decisions if each.explicit]
        allowed = [form for form, each in zip(forms, decisions, strict=True) if each.allowed]
        if denied or not allowed:
            self._record(who, permission.action, permission.resource, False)
            return (denied or decisions)[0]
        self._record(who, permission.action, allowed[0], True)
        return Decision(True)

    def _context(self, permission: Permission, resource: str) -> ConditionKeys:
        """The condition keys of the request and of the resource that it is about."""
        return {**permission.context, **condition_keys(resource, self._tags_of)}

    def _tags_of(self, arn: str) -> Mapping[str, str]:
        if arn.startswith("arn:aws:states:"):
            return self._states().tags(arn)
        return self._personalize().tags(arn) if arn.startswith("arn:aws:personalize:") else stored_tags(arn)

    def _s3(self, permission: Permission, who: Principal) -> Decision:
        """Within one account, identity policy or bucket policy may allow; either may deny.

        The account's owner cannot be locked out: the owner reads and replaces the policy whatever it says.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
        """
        decision = self.iam.authorize(who, permission.action, permission.resource, permission.context)
        context = self.iam.context_of(who) | dict(permission.context)
        effect = bucket_effect(who, permission.bucket, permission.action, permission.resource, context)
        if who.is_owner and permission.action in _OWNERS:
            effect = "allow"
        if effect == "deny":
            decision = Decision(False, "with an explicit deny in a resource-based policy", explicit=True)
        elif effect == "allow" and not decision.explicit:
            decision = Decision(True)
        self._record(who, permission.action, permission.resource, decision.allowed)
        return decision


def _refusal(request: Request, who: str, permission: Permission, decision: Decision) -> AwsError:
    asked = f"perform: {permission.action} on resource: {_shown(permission.resource)}"
    text = f"User: {who} is not authorized to {asked} {decision.reason}"
    if request.service == "states" and permission.action.startswith("kms:"):
        return AwsError("KmsAccessDeniedException", text)
    code = "AccessDenied" if request.service in ("s3", "iam", "sts") else "AccessDeniedException"
    return AwsError(code, text, 400 if code == "AccessDeniedException" and request.target else 403)


def _shown(resource: str) -> str:
    return "*" if resource == UNKNOWN else resource
