"""A fake Amazon Personalize (and as much of S3) on a clock that only moves when told.

It knows the rows' operations and what the handlers rely on: statuses that change with time, names that are taken, tags,
deletion that takes time, answers that get lost.  It validates nothing; the embedded AWS does that.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns, parse
from personalize_sfn.handlers import aws, create, filters
from personalize_sfn.recipes import OFFERED
from personalize_sfn.resources import DATASET_GROUP, RESOURCE_TYPES, ResourceType

ARNS = Arns("us-east-1", "123456789012")
CONTEXT = SimpleNamespace(invoked_function_arn=ARNS.function("movies-any"))
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def seconds(self) -> float:
        return (self.now - START).total_seconds()


def error(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)  # type: ignore[arg-type]


class VirtualPersonalize:
    """The client; ``seconds`` says how long each kind of resource takes, by its key (updates: ``campaignUpdate``)."""

    def __init__(self, clock: Clock, seconds: dict[str, float] | None = None) -> None:
        self.clock = clock
        self.seconds: dict[str, float] = defaultdict(float, seconds or {})
        self.failing: dict[str, str] = {}
        """failureReason by key: creations of that kind end in CREATE FAILED."""
        self.raising: dict[str, list[ClientError]] = defaultdict(list)
        """Errors by operation, raised one a call in place of doing anything."""
        self.losing: list[str] = []
        """Operations that are done but whose next answer is lost."""
        self.recipes = {ARNS.recipe(name) for name in OFFERED}
        self.found: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = defaultdict(dict)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._ids = itertools.count(1)
        self._methods: dict[str, Callable[..., Any]] = {}
        for row in RESOURCE_TYPES:
            for verb, do in (("Create", self._create), ("Describe", self._describe), ("Delete", self._delete)):
                self._methods[row.method(verb)] = self._recorded(row.operation(verb), do, row)  # type: ignore[arg-type]
            self._methods[row.method("List")] = self._recorded(row.operation("List"), self._list, row)
            if row.latest_update:
                self._methods[row.method("Update")] = self._recorded(row.operation("Update"), self._update, row)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            return self._methods[name]
        except KeyError:
            raise AttributeError(name) from None

    def names(self, *operations: str) -> list[str]:
        """The operations called, in order; only these if some are given."""
        return [name for name, _ in self.calls if not operations or name in operations]

    def get_paginator(self, method: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=lambda **scope: [getattr(self, method)(**scope)])

    def list_tags_for_resource(self, *, resourceArn: str) -> dict[str, Any]:
        self.calls.append(("ListTagsForResource", {"resourceArn": resourceArn}))
        return {"tags": [{"tagKey": k, "tagValue": v} for k, v in self.tags[resourceArn].items()]}

    def tag_resource(self, *, resourceArn: str, tags: list[dict[str, str]]) -> dict[str, Any]:
        self.calls.append(("TagResource", {"resourceArn": resourceArn}))
        self.tags[resourceArn].update({tag["tagKey"]: tag["tagValue"] for tag in tags})
        return {}

    def describe_recipe(self, *, recipeArn: str) -> dict[str, Any]:
        if recipeArn not in self.recipes:
            raise error("DescribeRecipe", "ResourceNotFoundException", f"Resource Arn {recipeArn} does not exist.")
        return {"recipe": {"recipeArn": recipeArn}}

    def get_solution_metrics(self, *, solutionVersionArn: str) -> dict[str, Any]:
        self.calls.append(("GetSolutionMetrics", {"solutionVersionArn": solutionVersionArn}))
        return {"solutionVersionArn": solutionVersionArn, "metrics": {"precision_at_5": 0.04}}

    def list_metric_attribution_metrics(self, *, metricAttributionArn: str) -> dict[str, Any]:
        return {"metrics": self.found[metricAttributionArn]["members"]["metrics"]}

    def get_recommendations(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("GetRecommendations", request))
        return {"recommendationId": "RID-1", "itemList": [{"itemId": "1", "score": 0.5}]}

    def _recorded(self, operation: str, do: Callable[..., Any], row: ResourceType) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append((operation, request))
            if self.raising[operation]:
                raise self.raising[operation].pop(0)
            answer = do(row, request)
            if operation in self.losing:
                self.losing.remove(operation)
                raise error(operation, "ServiceUnavailable", "the answer was lost", 503)
            return answer

        return call

    def _create(self, row: ResourceType, request: dict[str, Any]) -> dict[str, Any]:
        names = {**request, **{p: parse(request[f"{p}Arn"]).name for p in row.parents if f"{p}Arn" in request}}
        names.setdefault("name", f"{next(self._ids):08x}")
        names.setdefault("id", f"{next(self._ids):08x}")
        arn = ARNS.personalize(row.arn_path.format_map(names))
        alone = {f"{row.scope}Arn": request.get(f"{row.scope}Arn")} if row.one_per_parent else None
        if self._status(arn) is not None or (alone and self._list(row, alone)[row.list_key]):
            text = f"Another resource with Arn {arn} already exists."
            raise error(row.operation("Create"), "ResourceAlreadyExistsException", text)
        members = {name: value for name, value in request.items() if name != "tags"}
        ends = {"reason": self.failing.get(row.key), "at": self.clock.seconds + self.seconds[row.key]}
        self.found[arn] = {
            "row": row,
            "made": ends,
            "members": {**members, row.arn_field: arn, "creationDateTime": self.clock.now},
        }
        self.tags[arn] = {tag["tagKey"]: tag["tagValue"] for tag in request.get("tags", [])}
        return {row.arn_field: arn}

    def _status(self, arn: str) -> str | None:
        """Its status now; None when it is not there."""
        item = self.found.get(arn)
        if item is None:
            return None
        if "gone_at" in item:
            if self.clock.seconds >= item["gone_at"]:
                del self.found[arn]
                return None
            return "DELETE IN_PROGRESS"
        return self._reached(item["made"], item["row"])

    def _reached(self, ends: dict[str, Any], row: ResourceType = DATASET_GROUP) -> str:
        if self.clock.seconds < ends["at"]:
            return "CREATE IN_PROGRESS" if "CREATE IN_PROGRESS" in row.pending_statuses else row.pending_statuses[-1]
        return row.ready_status if ends["reason"] is None else row.failed_status

    def _view(self, arn: str) -> dict[str, Any]:
        item, row = self.found[arn], self.found[arn]["row"]
        view = dict(item["members"])
        if update := item.get("update"):
            status = self._reached(update["ends"])
            view[row.latest_update] = {**update["members"], "status": status, "creationDateTime": update["since"]}
            if status == "ACTIVE":
                view |= update["members"]
            if status == "CREATE FAILED":
                view[row.latest_update]["failureReason"] = update["ends"]["reason"]
        if row.has_status:
            view["status"] = self._status(arn)
            view["lastUpdatedDateTime"] = START + timedelta(seconds=item["made"]["at"])
        if row.has_failure_reason and item["made"]["reason"] and view.get("status") == row.failed_status:
            view["failureReason"] = item["made"]["reason"]
        return view

    def _require(self, operation: str, row: ResourceType, arn: str) -> None:
        if self._status(arn) is None:
            raise error(operation, "ResourceNotFoundException", f"The given {row.words} does not exist: {arn}")

    def _describe(self, row: ResourceType, request: dict[str, Any]) -> dict[str, Any]:
        self._require(row.operation("Describe"), row, request[row.arn_field])
        return {row.key: self._view(request[row.arn_field])}

    def _list(self, row: ResourceType, scope: dict[str, Any]) -> dict[str, Any]:
        arns = [arn for arn, item in list(self.found.items()) if item["row"] is row and self._status(arn)]
        views = [self._view(arn) for arn in arns]
        return {row.list_key: [v for v in views if all(v.get(name) == value for name, value in scope.items())]}

    def _delete(self, row: ResourceType, request: dict[str, Any]) -> dict[str, Any]:
        arn = request[row.arn_field]
        self._require(row.operation("Delete"), row, arn)
        self.found[arn]["gone_at"] = self.clock.seconds + self.seconds["deletion"]
        return {}

    def _update(self, row: ResourceType, request: dict[str, Any]) -> dict[str, Any]:
        arn = request[row.arn_field]
        self._require(row.operation("Update"), row, arn)
        key = f"{row.key}Update"
        self.found[arn]["update"] = {
            "members": {name: value for name, value in request.items() if name != row.arn_field},
            "ends": {"reason": self.failing.get(key), "at": self.clock.seconds + self.seconds[key]},
            "since": self.clock.now,
        }
        return {row.arn_field: arn}


class VirtualS3:
    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.written: dict[str, datetime] = {}
        """When the objects of ``put_object`` were written, if not at the start."""

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:
        self.etags[f"{Bucket}/{Key}"] = f'"{hashlib.md5(Body, usedforsecurity=False).hexdigest()}"'
        return {}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self.etags.pop(f"{Bucket}/{Key}", None)
        return {}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if f"{Bucket}/{Key}" not in self.etags:
            raise error("HeadObject", "404", "Not Found", 404)
        return {"ETag": self.etags[f"{Bucket}/{Key}"], "Metadata": self.metadata.get(f"{Bucket}/{Key}", {})}

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:
        del Range
        return {"Body": BytesIO(self.headers.get(f"{Bucket}/{Key}", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE").encode())}

    def get_paginator(self, _method: str) -> SimpleNamespace:
        def paginate(*, Bucket: str, Prefix: str, Delimiter: str = "") -> Iterator[dict[str, Any]]:
            del Delimiter
            keys = [name.partition("/")[2] for name in self.etags if name.startswith(f"{Bucket}/{Prefix}")]
            names = {key: f"{Bucket}/{key}" for key in keys}
            yield {
                "Contents": [
                    {"Key": key, "ETag": self.etags[name], "LastModified": self.written.get(name, START)}
                    for key, name in names.items()
                ]
            }

        return SimpleNamespace(paginate=paginate)


@contextmanager
def handlers_use(personalize: VirtualPersonalize, s3: VirtualS3) -> Iterator[None]:
    """While inside, the real handlers talk to these, at this clock's time."""
    clients = {"personalize": personalize, "personalize-runtime": personalize, "s3": s3}
    aws.client.cache_clear()
    try:
        with (
            patch("boto3.client", lambda name, **_: clients[name]),
            patch.object(aws, "logged", lambda client: client),
            patch.object(aws, "now", lambda: personalize.clock.now),
            patch.object(create, "now", lambda: personalize.clock.now),
            patch.object(filters, "now", lambda: personalize.clock.now),
        ):
            yield
    finally:
        aws.client.cache_clear()
