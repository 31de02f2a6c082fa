"""Asks IAM about every request, and keeps the record of what was asked: policies are tested against it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from personalize_sfn.local.aws.iam import Decision, Iam, Principal
from personalize_sfn.local.aws.iam_policy import UNKNOWN, Context
from personalize_sfn.local.aws.permission import Need
from personalize_sfn.local.aws.permissions import needs
from personalize_sfn.local.aws.request import Call
from personalize_sfn.local.aws.resource_tags import condition_keys, stored_tags
from personalize_sfn.local.aws.responses import RefusedError
from personalize_sfn.local.aws.s3_access import bucket_effect

__all__ = ["Guard", "Record"]

# What AWS lets anybody do: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_FREE = ("sts:GetCallerIdentity",)
_OWNERS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


@dataclass(frozen=True, slots=True)
class Record:
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

PersonalizeNeeds = Callable[[Call, Principal], list[Need]]


class Guard:
    """Authorisation of one embedded AWS.

    Args:
        iam: the identities.
        personalize_needs: the actions and resources of a Personalize request, which that service knows.
        personalize_tags: the tags of a Personalize resource by its ARN.
    """

    def __init__(
        self,
        iam: Iam,
        personalize_needs: PersonalizeNeeds,
        personalize_tags: Callable[[str], Mapping[str, str]] = lambda _arn: {},
    ) -> None:
        self.iam = iam
        self._personalize_needs = personalize_needs
        self._personalize_tags = personalize_tags
        self.records: deque[Record] = deque(maxlen=MAX_RECORDS)
        self._lock = threading.Lock()

    def ask(self, who: Principal | str, action: str, resource: str, context: Context | None = None) -> Decision:
        """As :meth:`Iam.authorize`, with the resource's tags as condition keys, and recorded."""
        keys = {**(context or {}), **condition_keys(resource, self._tags_of)}
        decision = Decision(True) if action in _FREE else self.iam.authorize(who, action, resource, keys)
        self._record(who, action, resource, decision.allowed)
        return decision

    def _record(self, who: Principal | str, action: str, resource: str, allowed: bool) -> None:
        resource = _shown(resource)
        name = who if isinstance(who, str) else who.identity_arn or who.arn
        with self._lock:
            self.records.append(Record(name, action, resource, allowed))

    def check(self, call: Call, who: Principal) -> None:
        """Refuse the request unless everything that it needs is allowed.

        Raises:
            RefusedError: AccessDeniedException (AccessDenied in S3, IAM and STS), HTTP 403.
        """
        if call.service not in ("s3", "personalize") and not call.operation and not who.is_owner:
            text = f"User: {who.arn} is not authorized to perform {call.name}: it is no operation of that service"
            raise RefusedError("AccessDeniedException", text, 403)
        for need in self._needs(call, who):
            decision = self._s3(need, who) if need.bucket else self._any_form(need, who)
            if not decision.allowed:
                raise _refusal(call, who, need, decision)

    def _needs(self, call: Call, who: Principal) -> list[Need]:
        if call.service == "personalize":
            return self._personalize_needs(call, who)
        return needs(call, who, self.iam)

    def _any_form(self, need: Need, who: Principal) -> Decision:
        """Allowed on any of the forms in which AWS accepts the resource, denied on none; recorded as what decided."""
        forms = (need.resource, *need.other_forms)
        if need.action in _FREE or who.is_owner:
            self._record(who, need.action, need.resource, True)
            return Decision(True)
        decisions = [self.iam.authorize(who, need.action, form, self._context(need, form)) for form in forms]
        denied = [each for each in decisions if each.explicit]
        allowed = [form for form, each in zip(forms, decisions, strict=True) if each.allowed]
        if denied or not allowed:
            self._record(who, need.action, need.resource, False)
            return (denied or decisions)[0]
        self._record(who, need.action, allowed[0], True)
        return Decision(True)

    def _context(self, need: Need, resource: str) -> Context:
        """The condition keys of the request and of the resource that it is about."""
        return {**need.context, **condition_keys(resource, self._tags_of)}

    def _tags_of(self, arn: str) -> Mapping[str, str]:
        return self._personalize_tags(arn) if arn.startswith("arn:aws:personalize:") else stored_tags(arn)

    def _s3(self, need: Need, who: Principal) -> Decision:
        """Within one account, identity policy or bucket policy may allow; either may deny.

        The account's owner cannot be locked out: the owner reads and replaces the policy whatever it says.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
        """
        decision = self.iam.authorize(who, need.action, need.resource, need.context)
        context = self.iam.context_of(who) | dict(need.context)
        effect = bucket_effect(who, need.bucket, need.action, need.resource, context)
        if who.is_owner and need.action in _OWNERS:
            effect = "allow"
        if effect == "deny":
            decision = Decision(False, "with an explicit deny in a resource-based policy", explicit=True)
        elif effect == "allow" and not decision.explicit:
            decision = Decision(True)
        self._record(who, need.action, need.resource, decision.allowed)
        return decision


def _refusal(call: Call, who: Principal, need: Need, decision: Decision) -> RefusedError:
    asked = f"perform: {need.action} on resource: {_shown(need.resource)}"
    text = f"User: {who.arn} is not authorized to {asked} {decision.reason}"
    code = "AccessDenied" if call.service in ("s3", "iam", "sts") else "AccessDeniedException"
    return RefusedError(code, text, 400 if code == "AccessDeniedException" and call.target else 403)


def _shown(resource: str) -> str:
    return "*" if resource == UNKNOWN else resource
