"""Which resource types AWS asks about for an action, and what their ARNs look like.

``service_authorization.json`` is made from AWS's own reference by ``tests/contracts/iam_reference.py``:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ResourceKind", "Service", "kind_of", "service"]

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_GIVEN = ("Partition", "Region", "Account")


@dataclass(frozen=True)
class ResourceKind:
    """One resource type of a service."""

    name: str
    """``campaign``, as the reference writes it."""
    arn: str
    """``arn:${Partition}:personalize:${Region}:${Account}:campaign/${ResourceId}``."""
    tagged: bool
    """Whether conditions on ``aws:ResourceTag/...`` work for it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What besides partition, region and account an ARN of it holds: ``("ResourceId",)``."""
        return tuple(name for name in _PLACEHOLDER.findall(self.arn) if name not in _GIVEN)

    def arn_of(self, values: Mapping[str, str]) -> str:
        """Its ARN, from a value for every placeholder."""
        return _PLACEHOLDER.sub(lambda match: values[match[1]], self.arn)

    def matches(self, arn: str) -> bool:
        """Whether ``arn`` looks like one of this type."""
        return _pattern(self.arn).fullmatch(arn) is not None


@dataclass(frozen=True)
class Service:
    """The part of the reference that is about one service."""

    kinds: Mapping[str, ResourceKind]
    required: Mapping[str, tuple[ResourceKind, ...]]
    """By action: the types on each of which the action must be allowed."""
    optional: Mapping[str, tuple[ResourceKind, ...]]
    """By action: the types of which a request names one or the other."""

    def knows(self, action: str) -> bool:
        return action in self.required

    def takes_no_resource(self, action: str) -> bool:
        """Whether no policy can narrow the action: it has to be allowed on ``*``."""
        return self.knows(action) and not self.required[action] and not self.optional[action]


@cache
def service(name: str) -> Service | None:
    """The reference of a service by its prefix in actions (``sns``); None when the table does not hold it."""
    rows = _table().get(name)
    if rows is None:
        return None
    kinds = {key: ResourceKind(key, row["arn"], row["tagged"]) for key, row in rows["resources"].items()}
    actions = rows["actions"].items()
    return Service(
        kinds,
        {key: tuple(kinds[each] for each in row if not each.endswith("?")) for key, row in actions},
        {key: tuple(kinds[each[:-1]] for each in row if each.endswith("?")) for key, row in actions},
    )


def kind_of(arn: str) -> ResourceKind | None:
    """The resource type that an ARN is of, by its form; None when the table holds none."""
    found = service(arn.split(":", 3)[2]) if arn.count(":") >= 5 else None
    fitting = [kind for kind in found.kinds.values() if kind.matches(arn)] if found else []
    # Of several forms the one with the most text of its own: an alias's is a function's with one more part.
    return max(fitting, key=lambda kind: len(_PLACEHOLDER.sub("", kind.arn)), default=None)


@cache
def _table() -> dict[str, Any]:
    text = files("personalize_sfn.local.aws").joinpath("service_authorization.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _pattern(arn: str) -> re.Pattern[str]:
    """A name at the end may hold anything; one before it ends at a colon."""
    literal, *rest = _PLACEHOLDER.split(arn)
    pattern = re.escape(literal)
    for name, following in zip(rest[::2], rest[1::2], strict=True):
        wild = "[^:]*" if name in _GIVEN else "[^:]+" if following else ".+"
        pattern += wild + re.escape(following)
    return re.compile(pattern)
