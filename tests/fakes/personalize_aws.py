"""A Personalize of the embedded AWS alone, behind a loopback server, with IAM and S3 played by a fake.

Every answer that it gives is held against botocore's output shape.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from fakes.model_answers import differences
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.aws.request import plain_request
from personalize_sfn.local.personalize import PersonalizeService
from personalize_sfn.local.personalize.wire.protocol import find_operation

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/movies-personalize"
BUCKET = "movies-data"

INTERACTIONS_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]


def avro(*extra: dict[str, Any], name: str = "Interactions", fields: list[dict[str, Any]] | None = None) -> str:
    fields = INTERACTIONS_FIELDS if fields is None else fields
    return json.dumps({"type": "record", "name": name, "namespace": "n", "fields": [*fields, *extra], "version": "1.0"})


def csv_bytes(rows: list[tuple[Any, ...]], header: str = "USER_ID,ITEM_ID,TIMESTAMP") -> bytes:
    text = io.StringIO()
    text.write(header + "\n")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def two_tastes(users: int = 60, each: int = 25, seed: int = 1) -> list[tuple[str, str, int]]:
    """Even users like items 0-39, odd ones 40-79: a model that learned anything keeps them apart."""
    draw = random.Random(seed)
    rows = []
    for user in range(users):
        liked = draw.sample(range(40), each)
        rows += [
            (f"u{user}", f"i{item + 40 * (user % 2)}", 1_600_000_000 + 60 * place) for place, item in enumerate(liked)
        ]
    return rows


@dataclass
class Answer:
    allowed: bool
    reason: str = ""


@dataclass
class FakeEnvironment:
    """IAM and S3 that allow all until told otherwise, and a clock that can be moved."""

    objects: dict[str, bytes] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    trusts: bool = True
    bucket_allows: bool = True
    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def authorize(self, role_arn: str, action: str, resource: str) -> Answer:
        return Answer(action not in self.denied)

    def role_trusts(self, role_arn: str, service: str) -> bool:
        return self.trusts and service == "personalize.amazonaws.com"

    def bucket_allows_service(self, bucket: str, action: str, resource: str, *, account: str, source_arn: str) -> bool:
        return self.bucket_allows and bucket == BUCKET

    def s3_list(self, role_arn: str, bucket: str, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def s3_open(self, role_arn: str, bucket: str, key: str) -> BinaryIO:
        return io.BytesIO(self.objects[key])

    def s3_put(self, role_arn: str, bucket: str, key: str, content: bytes, kms_key_arn: str | None = None) -> None:
        self.objects[key] = content


class Aws:
    """The service with clients bound to it."""

    def __init__(self, service: PersonalizeService, environment: FakeEnvironment, endpoint_url: str) -> None:
        self.service, self.environment, self.endpoint_url = service, environment, endpoint_url
        self.broken_answers: list[str] = []
        self.personalize = self.client("personalize")
        self.runtime = self.client("personalize-runtime")
        self.events = self.client("personalize-events")

    def client(self, name: str, region: str = REGION) -> Any:
        return boto3.client(
            name,
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    # The way to a campaign, step by step.

    def schema(self, name: str = "movies-schema", **options: Any) -> str:
        options.setdefault("schema", avro())
        return self.personalize.create_schema(name=name, **options)["schemaArn"]

    def group(self, name: str = "movies", **options: Any) -> str:
        return self.personalize.create_dataset_group(name=name, **options)["datasetGroupArn"]

    def dataset(self, group: str | None = None, schema: str | None = None, kind: str = "Interactions") -> str:
        return self.personalize.create_dataset(
            name=f"movies-{kind.lower()}",
            datasetGroupArn=group or self.group(),
            schemaArn=schema or self.schema(),
            datasetType=kind,
        )["datasetArn"]

    def start_import(self, dataset: str, rows: Any = None, *, name: str = "import", **options: Any) -> str:
        content = rows if isinstance(rows, bytes) else csv_bytes(rows or two_tastes())
        self.environment.objects["interactions.csv"] = content
        options = {"roleArn": ROLE, "dataSource": {"dataLocation": f"s3://{BUCKET}/interactions.csv"}} | options
        return self.personalize.create_dataset_import_job(jobName=name, datasetArn=dataset, **options)[
            "datasetImportJobArn"
        ]

    def imported(self, dataset: str, rows: Any = None, **options: Any) -> dict[str, Any]:
        return self.settled("dataset_import_job", self.start_import(dataset, rows, **options))

    def solution(self, group: str, recipe: str = "aws-user-personalization-v2", **options: Any) -> str:
        options = {"name": recipe, "performAutoTraining": False} | options
        return self.personalize.create_solution(
            datasetGroupArn=group, recipeArn=f"arn:aws:personalize:::recipe/{recipe}", **options
        )["solutionArn"]

    def version(self, solution: str, **options: Any) -> str:
        return self.personalize.create_solution_version(solutionArn=solution, **options)["solutionVersionArn"]

    def trained(self, group: str, recipe: str = "aws-user-personalization-v2", **options: Any) -> str:
        arn = self.version(self.solution(group, recipe, **options))
        described = self.settled("solution_version", arn)
        assert described["status"] == "ACTIVE", described
        return arn

    def data(self) -> str:
        """A dataset group with the interactions of two tastes."""
        group = self.group()
        job = self.imported(self.dataset(group))
        assert job["status"] == "ACTIVE", job
        return group

    def campaign(self, version: str, name: str = "movies", **options: Any) -> str:
        return self.personalize.create_campaign(name=name, solutionVersionArn=version, **options)["campaignArn"]

    def describe(self, kind: str, arn: str) -> dict[str, Any]:
        key = re.sub("_(.)", lambda match: match[1].upper(), kind)
        return getattr(self.personalize, f"describe_{kind}")(**{f"{key}Arn": arn})[key]

    def gone(self, kind: str, arn: str) -> None:
        """Look twice at what is being deleted: the first look finds it, then it is gone."""
        assert self.describe(kind, arn)["status"] == "DELETE PENDING"
        with pytest.raises(ClientError, match="does not exist"):
            self.describe(kind, arn)

    def settled(self, kind: str, arn: str) -> dict[str, Any]:
        """The description once the background work is done."""
        deadline = time.monotonic() + 60
        while (described := self.describe(kind, arn))["status"].removeprefix("CREATE ") in ("PENDING", "IN_PROGRESS"):
            assert time.monotonic() < deadline, f"{arn} is still {described['status']} after 60 s"
            threading.Event().wait(0.01)
        return described


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # many clients at once


@contextmanager
def serving() -> Iterator[Aws]:
    environment = FakeEnvironment()
    service = PersonalizeService(environment)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            region = re.search(r"/\d{8}/([^/]+)/personalize/", self.headers["Authorization"])[1]
            request = plain_request("personalize", region, "POST", self.path, dict(self.headers.items()), body)
            status, headers, answer = service.handle(request, owner_of(ACCOUNT))
            if status == 200:
                operation = find_operation(request)
                aws.broken_answers += list(differences(operation.model.output_shape, answer, operation.name))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    aws = Aws(service, environment, f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()
        service.close()


def refusal(method, **request) -> tuple[str, str]:
    """Call, expect a ClientError, and answer its code and text."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        method(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]
