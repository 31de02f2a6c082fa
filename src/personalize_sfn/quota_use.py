"""How much of AWS's quotas is used, and what the next run of a config will use besides.  Reads only.

A limit is read from Service Quotas where the caller may, for most can be raised; else it is AWS's default, and said to
be one.  What only is under way becomes free by itself, and the workflows wait for it: it is told, not refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import DENIED, code_of
from personalize_sfn.config import Config
from personalize_sfn.errors import QuotaError
from personalize_sfn.filter_expressions.moving import filter_hash, resolved
from personalize_sfn.quotas import QUOTAS, SERVICE_CODE, Quota
from personalize_sfn.resources import (
    BY_KEY,
    CAMPAIGN,
    DATASET_GROUP,
    DELETING_STATUSES,
    FILTER,
    RECOMMENDER,
    SCHEMA,
    SOLUTION,
    ResourceType,
)
from personalize_sfn.session import Session

__all__ = ["QuotaUse", "quota_uses", "require_room", "wanted_names"]

#: Names of what uses a quota that a message tells; there may be 500 schemas.
_NAMED = 12
_READ = "Service Quotas"
_DEFAULT = "default, not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """One quota: its limit, what uses it now, and what the next run makes besides."""

    quota: Quota
    limit: int
    source: str
    """Where the limit is from: ``Service Quotas``, or ``default, not read``."""
    used: tuple[str, ...] | None
    """Names; None: the caller may not list them."""
    needed: tuple[str, ...] = ()
    """Names of what the next run makes and is not there yet."""

    @property
    def left(self) -> int | None:
        return None if self.used is None else max(0, self.limit - len(self.used))

    @property
    def is_full(self) -> bool:
        """Whether the next run would be refused; never of what becomes free by itself."""
        return not self.quota.pending and self.left is not None and len(self.needed) > self.left

    @property
    def refusal(self) -> str:
        """What is full, what uses it, what to do; for one that :attr:`is_full`."""
        used = self.used or ()
        raised = (
            f"ask AWS for more (Service Quotas, {self.quota.name!r}, {self.quota.code})"
            if self.quota.adjustable
            else "AWS raises this one on no request"
        )
        users = f", used by {_listed(used)}" if used else ""
        return (
            f"{self.quota.words}: {len(self.needed)} more needed ({_listed(self.needed)}), {self.left} of {self.limit} "
            f"left ({self.source}){users}. Delete what is not needed, or take something out of the config; {raised}"
        )


def wanted_names(config: Config, now: datetime | None = None) -> dict[str, tuple[str, ...]]:
    """AWS names of what ``config`` makes at the time ``now``, by the key of the resource type."""
    return {
        DATASET_GROUP.key: (config.dataset_group_name,),
        SCHEMA.key: tuple(config.schema_name(kind) for kind in config.datasets.by_type()),
        SOLUTION.key: tuple(config.solution_name(key) for key in config.solutions),
        CAMPAIGN.key: tuple(config.campaign_name(key) for key in config.campaigns),
        RECOMMENDER.key: tuple(config.recommender_name(key) for key in config.recommenders),
        FILTER.key: tuple(_filter_name(config, key, now or datetime.now(UTC)) for key in config.filters),
    }


def _filter_name(config: Config, key: str, now: datetime) -> str:
    """As the function that makes it names it: a filter that moves with time needs a slot beside yesterday's."""
    return f"{config.name(key)}-{filter_hash(resolved(config.filters[key], now))}"


def quota_uses(session: Session, config: Config) -> list[QuotaUse]:
    """Every quota, with all that uses it."""
    reader = _Reader(session, config)
    return [reader.use(quota) for quota in QUOTAS]


def require_room(session: Session, config: Config) -> None:
    """Refuse what has no room for what the next run makes, before anything is billed.

    Costs one List call for each kind of resource that the config has; more only where those of the whole region and the
    new ones would be too many for a default.  What the caller may not list is not judged.

    Raises:
        QuotaError: names what is full, what uses it and what to do.
    """
    reader = _Reader(session, config)
    may_be_full = [each for each in QUOTAS if not each.pending and not reader.fits_for_sure(each)]
    full = [use.refusal for use in map(reader.use, may_be_full) if use.is_full]
    if full:
        raise QuotaError(f"{'; '.join(full)}. Nothing was started")


class _Reader:
    """Lists each kind once, and asks Service Quotas once, when it is needed."""

    def __init__(self, session: Session, config: Config) -> None:
        self._session = session
        self._group = config.dataset_group_name
        self._wanted = wanted_names(config)
        self._listings: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    def use(self, quota: Quota) -> QuotaUse:
        limit = self._limits.get((quota.name or "").casefold())
        try:
            listed = self._of_region(quota.row) if quota.per == "region" else self._of_group(quota.row)
            used = tuple(_name(quota.row, each) for each in listed if _counts(quota, each))
            needed = self._needed(quota)
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            used, needed = None, ()
        return QuotaUse(
            quota=quota,
            limit=quota.default if limit is None else int(limit),
            source=_DEFAULT if limit is None else _READ,
            used=used,
            needed=needed,
        )

    def fits_for_sure(self, quota: Quota) -> bool:
        """Whether there is room even if all of the region counted, and nothing had been raised."""
        if not self._wanted.get(quota.row.key):
            return True
        try:
            used = sum(_counts(quota, each) for each in self._of_region(quota.row))
            return used + len(self._needed(quota)) <= quota.default
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return True

    def _needed(self, quota: Quota) -> tuple[str, ...]:
        """What the config makes and is not there."""
        wanted = self._wanted.get(quota.row.key, ())
        listed = self._of_region(quota.row) if wanted else []
        there = {_name(quota.row, each) for each in listed if each.get("status") not in DELETING_STATUSES}
        return tuple(name for name in wanted if name not in there)

    def _of_region(self, row: ResourceType, **scope: str) -> list[dict[str, Any]]:
        """All pages of a List operation.  ListDataDeletionJobs has no paginator in botocore."""
        place = (row.key, *scope.values())
        if place not in self._listings:
            ask = getattr(self._session.client("personalize"), row.method("List"))
            page = ask(**scope)
            found = list(page[row.list_key])
            while token := page.get("nextToken"):
                page = ask(**scope, nextToken=token)
                found += page[row.list_key]
            self._listings[place] = found
        return self._listings[place]

    def _of_group(self, row: ResourceType) -> list[dict[str, Any]]:
        """Those of the config's dataset group: by its ARN, or by the ARNs of what stands between."""
        if row is DATASET_GROUP:
            return [each for each in self._of_region(row) if each["name"] == self._group]
        above = BY_KEY[row.scope or DATASET_GROUP.key]
        arns = [each[above.arn_field] for each in self._of_group(above)]
        return [each for arn in arns for each in self._of_region(row, **{above.arn_field: arn})]

    @cached_property
    def _limits(self) -> dict[str, float]:
        """The account's limits by the quota's name in small letters; none where they cannot be read."""
        try:
            pages = self._session.client("service-quotas").get_paginator("list_service_quotas")
            return {
                each["QuotaName"].casefold(): each["Value"]
                for page in pages.paginate(ServiceCode=SERVICE_CODE)
                for each in page["Quotas"]
            }
        except (BotoCoreError, ClientError):  # no permission, no way to its endpoint, none in the region
            return {}


def _counts(quota: Quota, summary: Mapping[str, Any]) -> bool:
    """Whether AWS counts it: what is under way, or what is there and neither failed nor going."""
    status = summary.get("status")
    if quota.pending:
        return status in quota.row.pending_statuses
    return status not in (*DELETING_STATUSES, quota.row.failed_status)


def _name(row: ResourceType, summary: Mapping[str, Any]) -> str:
    """Its name; of a solution version, which has none in a list, its solution's and its own."""
    return str(summary.get(row.name_field) or parse(summary[row.arn_field]).resource)


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
