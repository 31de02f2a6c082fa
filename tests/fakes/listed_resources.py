"""A Personalize and a Service Quotas that only list."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.resources import RESOURCE_TYPES

PREFIX = "arn:aws:personalize:us-east-1:123456789012:"


class FakeListings:
    """Resources by kind, each in one parent; a page has three."""

    def __init__(self) -> None:
        self.resources: list[dict[str, str]] = []
        self.denied: set[str] = set()
        self.calls: list[str] = []

    def add(self, key: str, *names: str, parent: str = "", status: str = "ACTIVE") -> FakeListings:
        """Resources of the type ``key`` below the one of that name."""
        for name in names:
            self.resources.append({"key": key, "name": name, "parent": parent, "status": status})
        return self

    def __getattr__(self, method: str) -> Any:
        row = next((row for row in RESOURCE_TYPES if row.method("List") == method), None)
        if row is None:
            raise AttributeError(method)

        def answer(nextToken: str = "0", **scope: str) -> dict[str, Any]:
            self.calls.append(method)
            if method in self.denied:
                raise refused(method)
            start, (parent,) = int(nextToken), [*scope.values()] or [None]
            found = [
                {row.arn_field: f"{PREFIX}{each['name']}", row.name_field: each["name"], "status": each["status"]}
                for each in self.resources
                if each["key"] == row.key and parent in (None, f"{PREFIX}{each['parent']}")
            ]
            more = {"nextToken": str(start + 3)} if len(found) > start + 3 else {}
            return {row.list_key: found[start : start + 3], **more}

        return answer


class FakeServiceQuotas:
    """Limits by name; None: the caller may not read them."""

    def __init__(self, limits: dict[str, float] | None = None) -> None:
        self.limits = limits
        self.calls = 0

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda ServiceCode: self._pages(operation, ServiceCode))

    def _pages(self, operation: str, service: str) -> list[dict[str, Any]]:
        assert (operation, service) == ("list_service_quotas", "personalize")
        self.calls += 1
        if self.limits is None:
            raise refused(operation)
        return [{"Quotas": [{"QuotaName": name, "Value": value}]} for name, value in self.limits.items()]


def refused(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)


def session_that_lists(personalize: FakeListings, quotas: FakeServiceQuotas | None = None) -> Any:
    """A session with these two."""
    clients = {"personalize": personalize, "service-quotas": quotas or FakeServiceQuotas()}
    return SimpleNamespace(client=clients.__getitem__)
