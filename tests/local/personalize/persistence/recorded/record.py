"""Writes a small data directory with something of everything in it, and what is answered from it, into this folder.

Run it in a checkout of the commit whose format is to be kept (`git worktree add`, install it there), and name both:

    PYTHONPATH=src python record.py 35d1be9

It leaves ``35d1be9.tar.gz``: the directory as a killed process leaves it (the WAL is in it), the answers of
`questions.answers`, and the moment at which they were given.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from questions import BUCKET, answers

from personalize_sfn.local import LocalAws
from personalize_sfn.session import connect

HERE = Path(__file__).parent
NULLABLE, TEXT = ["null", "string"], {"type": ["null", "string"], "categorical": True}
START = 1_700_000_000
YEARS = 3e8


def record(name: str) -> None:
    """Write the archive."""
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(scratch, "data")
        with LocalAws(data_dir=kept) as aws:
            _fill(aws)
            found = {"at": time.time(), "answers": answers(aws.session().client)}
            killed = Path(scratch, "killed")
            shutil.copytree(kept, killed)
        answered = Path(scratch, "answers.json")
        answered.write_text(json.dumps(found, sort_keys=True))
        with tarfile.open(HERE / f"{name}.tar.gz", "w:gz", compresslevel=9) as archive:
            archive.add(killed, arcname="data")
            archive.add(answered, arcname="answers.json")


def _fill(aws: LocalAws) -> None:
    client = aws.session().client
    _buckets(client("s3"))
    world = _World(aws, _role(client("iam")))
    group = world.group("movies", tags=[{"tagKey": "personalize-sfn:project", "tagValue": "movies"}])
    items = world.dataset(group, "items", _ITEMS, "ITEM_ID,GENRES,YEAR", _items())
    world.dataset(group, "users", _USERS, "USER_ID,AGE,LOVES", _users())
    attribution = {"roleArn": world.role, "s3DataDestination": {"path": f"s3://{BUCKET}/reports/"}}
    metrics = [{"eventType": "watch", "metricName": "minutes", "expression": "SUM(Interactions.EVENT_VALUE)"}]
    interactions = world.dataset(group, "interactions", _EVENTS, _EVENTS_HEADER, _events())
    world.make("metric_attribution", datasetGroupArn=group, metrics=metrics, metricsOutputConfig=attribution)
    world.make("dataset_export_job", datasetArn=interactions, roleArn=world.role, jobOutput=world.output("exported/"))
    tracking = world.personalize.create_event_tracker(name="movies", datasetGroupArn=group)["trackingId"]
    put = client("personalize-events")
    put.put_items(datasetArn=items, items=[{"itemId": "brand-new", "properties": '{"genres": "Drama", "year": 2024}'}])
    _put_events(put, tracking)
    world.make("filter", datasetGroupArn=group, filterExpression="INCLUDE ItemID WHERE Items.GENRES IN ($G)")
    versions = [world.version(group, recipe, **options) for recipe, options in _RECIPES]
    for version in versions[:5]:
        world.make("campaign", solutionVersionArn=version, minProvisionedTPS=1)
    _put_events(put, tracking, users=("stranger", "u1"))  # after the training
    batch = {"jobInput": world.input("asked.json", '{"userId": "u1"}\n{"userId": "u2"}\n'), "roleArn": world.role}
    world.make("batch_inference_job", solutionVersionArn=versions[0], jobOutput=world.output("batch/"), **batch)
    batch["jobInput"] = world.input("segments.json", '{"itemId": "i1"}\n')
    world.make("batch_segment_job", solutionVersionArn=versions[-1], jobOutput=world.output("segments/"), **batch)
    world.make(
        "data_deletion_job", datasetGroupArn=group, roleArn=world.role, dataSource=world.csv("gone", "USER_ID\nu59\n")
    )
    _actions(world, put)
    _domain(world)
    _elsewhere(aws)
    _under_way(aws, world, interactions)


class _World:
    """Makes resources and waits for them."""

    def __init__(self, aws: LocalAws, role: str) -> None:
        self.aws, self.role = aws, role
        self.s3, self.personalize = aws.session().client("s3"), aws.session().client("personalize")
        self.made: dict[str, int] = {}

    def make(self, kind: str, *, wait: bool = True, name: str | None = None, **request: Any) -> str:
        self.made[kind] = self.made.get(kind, 0) + 1
        names = "jobName" if kind.endswith("_job") else "name"
        if kind != "solution_version":
            request[names] = name or f"{kind.replace('_', '-')}-{self.made[kind]}"
        answer = getattr(self.personalize, f"create_{kind}")(**request)
        key = "".join(part.title() for part in kind.split("_"))
        key = key[0].lower() + key[1:]
        arn = str(answer[f"{key}Arn"])
        while wait and kind != "schema":
            described = getattr(self.personalize, f"describe_{kind}")(**{f"{key}Arn": arn})[key]
            status = described["status"]
            if "PENDING" not in status and "IN_PROGRESS" not in status:
                assert "FAILED" not in status, described
                break
            threading.Event().wait(0.02)
        return arn

    def group(self, name: str, **options: Any) -> str:
        return self.make("dataset_group", name=name, **options)

    def csv(self, key: str, text: str) -> dict[str, str]:
        self.s3.put_object(Bucket=BUCKET, Key=f"in/{key}.csv", Body=text.encode())
        return {"dataLocation": f"s3://{BUCKET}/in/{key}.csv"}

    def input(self, key: str, text: str) -> dict[str, Any]:
        self.s3.put_object(Bucket=BUCKET, Key=f"in/{key}", Body=text.encode())
        return {"s3DataSource": {"path": f"s3://{BUCKET}/in/{key}"}}

    def output(self, folder: str) -> dict[str, Any]:
        return {"s3DataDestination": {"path": f"s3://{BUCKET}/{folder}"}}

    def dataset(self, group: str, kind: str, fields: list[Any], header: str, rows: list[Any], **options: Any) -> str:
        schema = {
            "type": "record",
            "name": kind.title().replace("_", ""),
            "namespace": "n",
            "fields": fields,
            "version": "1.0",
        }
        name = f"{group.rpartition('/')[2]}-{kind}"
        arn = self.make("schema", name=name, schema=json.dumps(schema), **options)
        dataset = self.make("dataset", name=name, datasetGroupArn=group, schemaArn=arn, datasetType=kind)
        if rows:
            text = "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"
            source = self.csv(name, text)
            self.make("dataset_import_job", datasetArn=dataset, roleArn=self.role, dataSource=source)
        return dataset

    def version(self, group: str, recipe: str, **options: Any) -> str:
        recipe_arn = f"arn:aws:personalize:::recipe/{recipe}"
        name = f"{recipe}-{self.made.get('solution', 0)}"
        options = {"performAutoTraining": False} | options
        solution = self.make("solution", name=name, datasetGroupArn=group, recipeArn=recipe_arn, **options)
        return self.make("solution_version", solutionArn=solution)


_EVENTS = [
    *({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")),
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "DEVICE", **TEXT},
]
_EVENTS_HEADER = "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP,DEVICE"
_ITEMS = [{"name": "ITEM_ID", "type": "string"}, {"name": "GENRES", **TEXT}, {"name": "YEAR", "type": ["null", "int"]}]
_USERS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "AGE", "type": ["null", "int"]},
    {"name": "LOVES", "type": ["null", "string"], "categorical": True},
]
_WEIGHTED = [
    {"eventType": "watch", "weight": 0.5},
    {"eventType": "buy", "weight": 1.0, "eventValueThreshold": 1.5},
]
_RECIPES: list[tuple[str, dict[str, Any]]] = [
    ("aws-user-personalization-v2", {"solutionConfig": {"eventsConfig": {"eventParametersList": _WEIGHTED}}}),
    ("aws-user-personalization", {"solutionConfig": {"algorithmHyperParameters": {"hidden_dimension": "32"}}}),
    ("aws-popularity-count", {"eventType": "watch"}),
    ("aws-sims", {}),
    ("aws-trending-now", {}),
    ("aws-item-affinity", {}),
]


def _events() -> list[tuple[Any, ...]]:
    """Even users like the items 0-29, odd ones 30-59."""
    draw = random.Random(1)
    rows: list[tuple[Any, ...]] = []
    for user in range(60):
        for place, item in enumerate(draw.sample(range(30), 26)):
            kind, value = ("buy", 1 + place % 3) if place % 4 == 0 else ("watch", "" if place % 5 == 0 else 2.5)
            device = "tv" if place % 2 else ("phone" if place % 3 else "")
            rows.append((f"u{user}", f"i{item + 30 * (user % 2)}", kind, value, START + 3600 * place + user, device))
    return rows


def _items() -> list[tuple[Any, ...]]:
    return [
        (f"i{item}", "Comedy|Drama" if item < 30 else "Crime", "" if item == 7 else 1960 + item) for item in range(60)
    ]


def _users() -> list[tuple[Any, ...]]:
    return [(f"u{user}", 20 + user, "cats" if user % 2 else "dogs") for user in range(62)]


def _put_events(put: Any, tracking: str, users: tuple[str, ...] = ("newcomer", "ü-user")) -> None:
    for user in users:
        for item in range(3):
            event = {"eventType": "watch", "itemId": f"i{item + 30}", "sentAt": START + 90_000 + item}
            event |= {"eventId": f"{user}-{item}", "eventValue": 1.5, "properties": '{"device": "tv"}'}
            put.put_events(trackingId=tracking, userId=user, sessionId=f"session-{user}", eventList=[event])


def _actions(world: _World, put: Any) -> None:
    group = world.group("actions")
    long = ["null", "long"]
    fields = [{"name": "ACTION_ID", "type": "string"}, {"name": "VALUE", "type": long}]
    actions = world.dataset(group, "actions", fields, "", [])
    rows = [{"actionId": f"action{number}", "properties": json.dumps({"value": number + 1})} for number in range(8)]
    put.put_actions(datasetArn=actions, actions=rows)
    world.dataset(group, "interactions", _EVENTS, _EVENTS_HEADER, _events())
    fields = [{"name": name, "type": "string"} for name in ("USER_ID", "ACTION_ID", "EVENT_TYPE")]
    fields.append({"name": "TIMESTAMP", "type": "long"})
    taken = []
    for user in range(160):
        own = [4 * (user % 2) + (user // 2 + turn) % 4 for turn in range(3)]
        taken += [(f"u{user}", f"action{action}", "Taken", START + turn) for turn, action in enumerate(own)]
        taken += [(f"u{user}", f"action{action}", "Viewed", START) for action in range(8)]
    done = world.dataset(group, "action_interactions", fields, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP", taken)
    tracking = world.personalize.describe_dataset(datasetArn=done)["dataset"]["trackingId"]
    version = world.version(group, "aws-next-best-action")
    world.make("campaign", solutionVersionArn=version, name="next-best-action")
    event = {"userId": "stranger", "sessionId": "s", "eventType": "Taken", "eventId": "one"}
    put.put_action_interactions(
        trackingId=tracking, actionInteractions=[event | {"actionId": "action1", "timestamp": START + 60}]
    )


def _domain(world: _World) -> None:
    group = world.group("shop", domain="ECOMMERCE")
    fields = [*({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE"))]
    rows = [
        (user, item, kind.title().replace("Watch", "View").replace("Buy", "Purchase"), at)
        for user, item, kind, _, at, _ in _events()
    ]
    header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"
    world.dataset(
        group, "interactions", [*fields, {"name": "TIMESTAMP", "type": "long"}], header, rows, domain="ECOMMERCE"
    )
    recipe = "arn:aws:personalize:::recipe/aws-ecomm-popular-items-by-views"
    world.make("recommender", datasetGroupArn=group, recipeArn=recipe, name="popular")


def _elsewhere(aws: LocalAws) -> None:
    """A dataset group in a second region."""
    personalize = connect("local", region="eu-west-1", endpoint_url=aws.endpoint_url).client("personalize")
    personalize.create_dataset_group(name="elsewhere", tags=[{"tagKey": "a", "tagValue": ""}])


def _under_way(aws: LocalAws, world: _World, interactions: str) -> None:
    """An import and a campaign's update that take ten years, and a deletion."""
    personalize = world.personalize
    doomed = world.group("doomed")
    for kind in ("dataset_import_job", "campaign", "deletion"):
        aws.personalize.durations.set(kind, YEARS)
    campaign = personalize.list_campaigns()["campaigns"][0]["campaignArn"]
    personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=3)
    text = "\n".join([_EVENTS_HEADER, *(f"late{row},i1,watch,,{START},tv" for row in range(1000))]) + "\n"
    source = world.csv("late", text)
    world.make(
        "dataset_import_job", wait=False, name="late", datasetArn=interactions, roleArn=world.role, dataSource=source
    )
    personalize.delete_dataset_group(datasetGroupArn=doomed)


def _role(iam: Any) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="movies-personalize", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": ["s3:*", "cloudwatch:PutMetricData"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="movies-personalize", PolicyName="all", PolicyDocument=policy)
    return str(arn)


def _buckets(s3: Any) -> None:
    s3.create_bucket(Bucket=BUCKET)
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [let_in]}))
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "personalize-sfn:project", "Value": "movies"}]})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    keys = ("plain", "a b/ü ?#%25&+=.txt", "folder/", "..", "../up", "C:\\x", "x" * 1000, "\U0001f3ac", "./.", "NUL")
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"key": "value"}, ContentType="text/csv")
    s3.put_object(Bucket=BUCKET, Key="empty", Body=b"", Tagging="project=movies")
    s3.create_bucket(Bucket="versioned", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        s3.put_object(Bucket="versioned", Key="twice", Body=body)
    s3.put_object(Bucket="versioned", Key="deleted", Body=b"x")
    s3.delete_object(Bucket="versioned", Key="deleted")


if __name__ == "__main__":
    record(sys.argv[1])
